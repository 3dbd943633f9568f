//! The arguments of a tool call.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::failure::Failure;
use crate::fd;

/// Longest arguments that are read: they are decided as a whole.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads a file, or standard input: its text, and the object that it says.
pub(crate) fn read(path: Option<&Path>) -> Result<(Vec<u8>, Value), Failure> {
    let path = path.unwrap_or(Path::new("-"));
    let source = if path.as_os_str() == "-" { fd::stdin() } else { File::open(path) };
    let mut text = Vec::new();
    let read: io::Result<usize> = source.and_then(|source| source.take(LONGEST).read_to_end(&mut text));
    read.map_err(|error| Failure::file("cannot read the arguments", path, &error))?;
    let bad = |place: String| Failure::new("bad arguments", place, "a tool's arguments are a JSON object that names nothing twice");
    match serde_json::from_slice(&text) {
        Ok(Arguments(arguments @ Value::Object(_))) => Ok((text, arguments)),
        Ok(_) => Err(bad(path.display().to_string())),
        Err(error) => Err(bad(format!("{}:{}:{}", path.display(), error.line(), error.column()))),
    }
}

/// A JSON value in which no object names a member twice. The tool could take the other one than the policy did.
pub(crate) struct Arguments(pub(crate) Value);

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(Once).map(Arguments)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Arguments(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a name stands there twice"));
            }
            let Arguments(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
