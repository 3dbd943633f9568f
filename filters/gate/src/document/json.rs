//! JSON with places.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::node::{Entry, Kind, Node};

/// JSON as RFC 8259 has it, and nothing more.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_extended_string_escapes: false,
    allow_non_finite_numbers: false,
};

/// Parses a text, or says where and why it is no JSON.
pub(super) fn parse(text: &str) -> Result<Node, (usize, String)> {
    let parsed =
        parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| (error.range().start, error.kind().to_string()))?;
    parsed.value.as_ref().map(node).ok_or((0, "the file is empty".to_owned()))
}

fn node(value: &ast::Value<'_>) -> Node {
    let range = value.range();
    let kind = match value {
        ast::Value::Object(object) => Kind::Table(object.properties.iter().map(entry).collect()),
        ast::Value::Array(array) => Kind::List(array.elements.iter().map(node).collect()),
        ast::Value::StringLit(text) => Kind::Leaf(Value::String(text.value.to_string())),
        ast::Value::NumberLit(number) => {
            Kind::Leaf(number.value.parse().map_or_else(|_| Value::String(number.value.to_owned()), Value::Number))
        }
        ast::Value::BooleanLit(truth) => Kind::Leaf(Value::Bool(truth.value)),
        ast::Value::NullKeyword(_) => Kind::Leaf(Value::Null),
    };
    Node { at: range.start, end: range.end, kind }
}

fn entry(property: &ast::ObjectProp<'_>) -> Entry {
    Entry { key: property.name.as_str().to_owned(), at: property.name.range().start, node: node(&property.value) }
}
