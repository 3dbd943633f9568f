//! The JSON Schemas of policies, files of exceptions and tables of cases, from the types that read them.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::cases::WrittenCases;
use super::written::{Written, WrittenExceptions};

/// The JSON Schema of a policy (`tamis.toml`).
///
/// ```
/// let schema = tamis::policy::schema();
/// assert_eq!(schema["title"], "Tamis policy");
/// ```
#[must_use]
pub fn schema() -> Value {
    of::<Written>()
}

/// The JSON Schema of a file of exceptions.
#[must_use]
pub fn exceptions_schema() -> Value {
    of::<WrittenExceptions>()
}

/// The JSON Schema of a table of cases.
#[must_use]
pub fn cases_schema() -> Value {
    of::<WrittenCases>()
}

fn of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// What may be left out is no reason to write `null`: TOML has none. Descriptions are one line, however they are wrapped
/// in the source.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
                if let [Value::Object(only)] = &choices[..] {
                    let only = only.clone();
                    object.remove("anyOf");
                    only.into_iter().for_each(|(key, value)| {
                        object.entry(key).or_insert(value);
                    });
                }
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
