//! TOML with places.

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entry, Kind, Node};

/// Parses a text, or says where and why it is no TOML.
pub(super) fn parse(text: &str) -> Result<Node, (usize, String)> {
    let table = DeTable::parse(text).map_err(|error| {
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        (error.span().map_or(0, |span| span.start), reason)
    })?;
    Ok(Node { at: 0, end: text.len(), kind: entries(table.get_ref()) })
}

fn entries(table: &DeTable<'_>) -> Kind {
    Kind::Table(
        table.iter().map(|(key, value)| Entry { key: key.get_ref().to_string(), at: key.span().start, node: node(value) }).collect(),
    )
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let kind = match value.get_ref() {
        DeValue::Table(table) => entries(table),
        DeValue::Array(items) => Kind::List(items.iter().map(node).collect()),
        DeValue::String(text) => Kind::Leaf(Value::String(text.to_string())),
        DeValue::Boolean(truth) => Kind::Leaf(Value::Bool(*truth)),
        DeValue::Integer(number) => Kind::Leaf(integer(&number.to_string())),
        DeValue::Float(number) => Kind::Leaf(float(number.as_str())),
        // JSON has no dates: they are text there.
        DeValue::Datetime(date) => Kind::Leaf(Value::String(date.to_string())),
    };
    Node { at: span.start, end: span.end, kind }
}

fn integer(text: &str) -> Value {
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(prefix, radix)| Some((text.strip_prefix(prefix)?, radix)));
    let (digits, radix) = radix.unwrap_or((text, 10));
    // One that fits nowhere is text, so that whoever expects a number says what it is.
    i64::from_str_radix(digits, radix).map_or_else(|_| Value::String(text.to_owned()), Value::from)
}

fn float(text: &str) -> Value {
    text.parse().ok().and_then(Number::from_f64).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}
