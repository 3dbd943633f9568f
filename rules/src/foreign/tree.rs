//! A configuration as a tree whose values know where they stand, whether it is TOML or YAML.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Bytes before it in the file.
    pub(super) at: usize,
    pub(super) data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Item>),
    Table(Vec<(String, Item)>),
}

/// What is wrong with a value, and where it stands.
pub(super) type Fault = (usize, String);

impl Item {
    pub(super) fn text(&self) -> Result<&str, Fault> {
        match &self.data {
            Data::Text(text) => Ok(text),
            _ => Err((self.at, "it is not text".into())),
        }
    }

    pub(super) fn number(&self) -> Result<f64, Fault> {
        match self.data {
            Data::Number(number) if number.is_finite() => Ok(number),
            _ => Err((self.at, "it is not a number".into())),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, Fault> {
        match self.data {
            Data::Bool(flag) => Ok(flag),
            _ => Err((self.at, "it is neither true nor false".into())),
        }
    }

    pub(super) fn list(&self) -> Result<&[Item], Fault> {
        match &self.data {
            Data::List(items) => Ok(items),
            Data::Null => Ok(&[]),
            _ => Err((self.at, "it is not a list".into())),
        }
    }

    pub(super) fn table(&self) -> Result<&[(String, Item)], Fault> {
        match &self.data {
            Data::Table(fields) => Ok(fields),
            _ => Err((self.at, "it is not a table".into())),
        }
    }

    pub(super) fn texts(&self) -> Result<Vec<String>, Fault> {
        self.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Item> {
        match &self.data {
            Data::Table(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, item)| item),
            _ => None,
        }
    }
}

/// Reads TOML.
pub(super) fn toml(text: &str) -> Result<Item, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        (error.span().map_or(0, |span| span.start), reason)
    })?;
    Ok(Item { at: 0, data: from_table(table.get_ref()) })
}

fn from_table(table: &DeTable<'_>) -> Data {
    let mut fields: Vec<(usize, String, Item)> = table
        .iter()
        .map(|(key, value)| (key.span().start, key.get_ref().to_string(), Item { at: key.span().start, data: from_toml(value.get_ref()) }))
        .collect();
    fields.sort_by_key(|(at, ..)| *at);
    Data::Table(fields.into_iter().map(|(_, key, item)| (key, item)).collect())
}

fn from_toml(value: &DeValue<'_>) -> Data {
    match value {
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Boolean(flag) => Data::Bool(*flag),
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).map_or(Data::Null, |n| Data::Number(n as f64)),
        DeValue::Float(digits) => digits.as_str().parse().map_or(Data::Null, Data::Number),
        DeValue::Datetime(time) => Data::Text(time.to_string()),
        DeValue::Array(items) => {
            Data::List(items.iter().map(|item| Item { at: item.span().start, data: from_toml(item.get_ref()) }).collect())
        }
        DeValue::Table(table) => from_table(table),
    }
}

/// Reads YAML: one document.
pub(super) fn yaml(text: &str) -> Result<Item, Fault> {
    let lines: Vec<usize> =
        core::iter::once(0).chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1)).collect();
    let place = |line: usize, column: usize| {
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let before: usize = text[start..].chars().take(column).map(char::len_utf8).sum();
        start + before
    };
    let documents = MarkedYaml::load_from_str(text)
        .map_err(|error| (place(error.marker().line(), error.marker().col()), error.info().lines().collect::<Vec<_>>().join(", ")))?;
    match documents.as_slice() {
        [document] => from_yaml(document, &place),
        [] => Err((0, "the file is empty".into())),
        [_, second, ..] => Err((place(second.span.start.line(), second.span.start.col()), "the file holds more than one document".into())),
    }
}

fn from_yaml(node: &MarkedYaml<'_>, place: &impl Fn(usize, usize) -> usize) -> Result<Item, Fault> {
    let at = place(node.span.start.line(), node.span.start.col());
    let data = match &node.data {
        YamlData::Value(Scalar::String(text)) => Data::Text(text.to_string()),
        YamlData::Value(Scalar::Boolean(flag)) => Data::Bool(*flag),
        YamlData::Value(Scalar::Integer(number)) => Data::Number(*number as f64),
        YamlData::Value(Scalar::FloatingPoint(number)) => Data::Number(number.into_inner()),
        YamlData::Value(Scalar::Null) => Data::Null,
        YamlData::Sequence(items) => Data::List(items.iter().map(|item| from_yaml(item, place)).collect::<Result<_, _>>()?),
        YamlData::Mapping(fields) => {
            let mut table = Vec::new();
            for (key, value) in fields {
                let key = from_yaml(key, place)?;
                let value = from_yaml(value, place)?;
                table.push((key.text()?.to_owned(), Item { at: key.at, ..value }));
            }
            Data::Table(table)
        }
        YamlData::Tagged(_, inner) => from_yaml(inner, place)?.data,
        _ => return Err((at, "aliases are not read".into())),
    };
    Ok(Item { at, data })
}
