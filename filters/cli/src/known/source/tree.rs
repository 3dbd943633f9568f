//! JSON, as vaults and password managers export it.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::{Value, bad};
use crate::failure::Failure;
use crate::known::choice::Choice;

/// Members that say what an object is about, the best first.
const NAMES: [&str; 6] = ["name", "title", "key", "label", "account", "id"];

/// The values of the members that are named, or else of those that are secrets; `value` goes by its object's name.
pub(super) fn values(path: &Path, text: &str, lines: bool, fields: &[String]) -> Result<Vec<Value>, Failure> {
    let mut walk = Walk { path, fields, choice: Choice::new(), values: Vec::new() };
    if lines {
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let json =
                serde_json::from_str(line).map_err(|error| bad(path, number, format_args!("column {}: it is not JSON", error.column())))?;
            walk.visit(&json, "", None);
        }
    } else {
        let json = serde_json::from_str(text)
            .map_err(|error| bad(path, error.line(), format_args!("column {}: it is not JSON", error.column())))?;
        walk.visit(&json, "", None);
    }
    Ok(walk.values)
}

struct Walk<'a> {
    path: &'a Path,
    fields: &'a [String],
    choice: Choice,
    values: Vec<Value>,
}

impl Walk<'_> {
    /// Visits a value under its member's name; `about` is what the objects around it are called.
    fn visit(&mut self, json: &Json, member: &str, about: Option<&str>) {
        match json {
            Json::Object(object) => {
                let own = name_of(object).or(about);
                object.iter().for_each(|(name, value)| self.visit(value, name, own));
            }
            Json::Array(items) => items.iter().for_each(|item| self.visit(item, member, about)),
            Json::String(text) => self.take(text, member, about),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn take(&mut self, text: &str, member: &str, about: Option<&str>) {
        let secrets = if self.fields.is_empty() {
            let named = if member.eq_ignore_ascii_case("value") { about.unwrap_or(member) } else { member };
            self.choice.secrets(named, text)
        } else {
            let taken = self.fields.iter().any(|field| field.eq_ignore_ascii_case(member)) && !text.is_empty();
            taken.then_some(text).into_iter().collect()
        };
        for secret in secrets {
            let name = about.unwrap_or(member);
            let place = format!("{}: {name}", self.path.display());
            self.values.push(Value { name: Some(name.to_owned()), bytes: secret.into(), place });
        }
    }
}

fn name_of(object: &Map<String, Json>) -> Option<&str> {
    NAMES.iter().find_map(|name| object.get(*name)?.as_str())
}
