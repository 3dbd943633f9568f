//! What a host says on standard input.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::fd;

/// Longest payload that is read: it is decided as a whole.
const LONGEST: u64 = 64 << 20;

/// A payload: an object, with the texts of its members as they were sent.
#[derive(Debug)]
pub(super) struct Payload {
    text: Vec<u8>,
    members: Members,
}

impl Payload {
    /// Reads it from standard input.
    pub(super) fn read() -> Result<Self, Failure> {
        let mut text = Vec::new();
        let read = fd::stdin().and_then(|stdin| stdin.take(LONGEST + 1).read_to_end(&mut text));
        read.map_err(|error| Failure::file("cannot read the payload", Path::new("standard input"), &error))?;
        if text.len() as u64 > LONGEST {
            return Err(Failure::new("bad payload", "standard input", "it is longer than 64 MiB"));
        }
        Payload::parse(text)
    }

    /// Takes it apart.
    pub(super) fn parse(text: Vec<u8>) -> Result<Self, Failure> {
        let members = serde_json::from_slice(&text).map_err(|error| {
            let place = format!("standard input:{}:{}", error.line(), error.column());
            Failure::new("bad payload", place, "a hook gets a JSON object that names nothing twice")
        })?;
        Ok(Payload { text, members })
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// A member, as it was sent. What is `null` is not there.
    pub(super) fn raw(&self, name: &str) -> Option<&RawValue> {
        self.members.0.get(name).map(AsRef::as_ref).filter(|raw| raw.get() != "null")
    }

    /// A member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }
}

/// Members of an object that names none twice: the host could take the other one.
#[derive(Debug)]
struct Members(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(Once).map(Members)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = BTreeMap<String, Box<RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = source.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands there twice"));
            }
        }
        Ok(members)
    }
}
