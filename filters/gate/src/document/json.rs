//! JSON with places.

use std::collections::HashSet;

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
    let value = parsed.value.as_ref().ok_or((0, "the file is empty".to_owned()))?;
    match value {
        ast::Value::Object(_) => node(value),
        // A list would be read as a table without keys: as a file that says nothing.
        _ => Err((value.range().start, "the file must hold an object".to_owned())),
    }
}

fn node(value: &ast::Value<'_>) -> Result<Node, (usize, String)> {
    let range = value.range();
    let kind = match value {
        ast::Value::Object(object) => Kind::Table(entries(object)?),
        ast::Value::Array(array) => Kind::List(array.elements.iter().map(node).collect::<Result<_, _>>()?),
        ast::Value::StringLit(text) => Kind::Leaf(Value::String(text.value.to_string())),
        ast::Value::NumberLit(number) => {
            Kind::Leaf(number.value.parse().map_or_else(|_| Value::String(number.value.to_owned()), Value::Number))
        }
        ast::Value::BooleanLit(truth) => Kind::Leaf(Value::Bool(truth.value)),
        ast::Value::NullKeyword(_) => Kind::Leaf(Value::Null),
    };
    Ok(Node { at: range.start, end: range.end, kind })
}

/// A key may stand there once, as in TOML: which one holds, readers do not agree on.
fn entries(object: &ast::Object<'_>) -> Result<Vec<Entry>, (usize, String)> {
    let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
    let mut seen = HashSet::new();
    for property in &object.properties {
        let (key, at) = (property.name.as_str(), property.name.range().start);
        if !seen.insert(key) {
            return Err((at, format!("duplicate key `{key}`")));
        }
        entries.push(Entry { key: key.to_owned(), at, node: node(&property.value)? });
    }
    Ok(entries)
}
