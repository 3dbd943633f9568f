//! The small values that policies are made of.

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Many<T>, E> {
                T::deserialize(StrDeserializer::new(text)).map(|one| Many(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Many<T>, A::Error> {
                let all = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if all.is_empty() {
                    Err(A::Error::custom("the list is empty: name something, or leave the key out"))
                } else {
                    Ok(Many(all))
                }
            }
        }

        deserializer.deserialize_any(OneOrMore(PhantomData))
    }
}

impl<T: Serialize> Serialize for Many<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Always a list, so that both ways to write one value have the same digest.
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Many{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one.clone(), { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// A text that is checked as it is read.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $schema:tt, $objection:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) String);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                match $objection(&text) {
                    Some(reason) => Err(<D::Error as serde::de::Error>::custom(format_args!("{text:?} {reason}"))),
                    None => Ok($name(text)),
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(super) use checked_text;

checked_text! {
    /// A pattern: `*` and `?` are wildcards, and `!` before it takes away.
    PatternText, { "type": "string", "pattern": "^!?[^!]" }, no_pattern
}

checked_text! {
    /// The id of a row, which reports and logs show.
    Id, { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }, no_id
}

fn no_pattern(text: &str) -> Option<&'static str> {
    let name = text.strip_prefix('!').unwrap_or(text);
    let bad = name.is_empty() || name.starts_with('!') || name.trim() != name || name.chars().any(char::is_control);
    bad.then_some("is no pattern: write a name with the wildcards * and ?, and ! before it to take it away")
}

pub(super) fn no_id(text: &str) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let good = text.len() <= 64 && text.bytes().all(plain) && text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
    (!good).then_some("is no id: use letters, digits, `-`, `_` and `.`, 64 at most")
}

/// The engine's words, for the schema: the engine itself does not know of schemas.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Confidence")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum ConfidenceWord {
    Low,
    Medium,
    High,
    Certain,
}

/// As [`ConfidenceWord`].
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Verdict")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum VerdictWord {
    Valid,
    Invalid,
    Abstain,
}
