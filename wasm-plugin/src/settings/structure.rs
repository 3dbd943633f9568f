//! A configuration that the host hands over as the bytes of a protobuf `Struct`, as Envoy does: made JSON again.
//!
//! A `Struct` maps names to values, field 1; a map's entry is a message of key, field 1, and value, field 2; a value is one
//! of null 1, number 2, text 3, bool 4, struct 5, list 6; and a list holds values, field 1.

use serde_json::{Map, Value};

/// Deepest value that is read.
const DEEPEST: usize = 64;

/// The JSON of a `Struct`; none where the bytes are something else, such as JSON.
///
/// Nothing is both: the second byte of each entry's value, its tag, is a control character, and JSON holds none.
pub(super) fn json(bytes: &[u8]) -> Option<String> {
    let object = object(bytes, 0).filter(|object| !object.is_empty())?;
    serde_json::to_string_pretty(&Value::Object(object)).ok()
}

/// What stands in one field.
enum Field<'b> {
    Number(u64),
    Fixed([u8; 8]),
    Bytes(&'b [u8]),
}

fn object(bytes: &[u8], depth: usize) -> Option<Map<String, Value>> {
    let mut object = Map::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (1, Field::Bytes(entry)) = field(&mut rest)? else { return None };
        let (mut entry, mut key, mut found) = (entry, None, None);
        while !entry.is_empty() {
            match field(&mut entry)? {
                (1, Field::Bytes(text)) => key = Some(str::from_utf8(text).ok()?),
                (2, Field::Bytes(bytes)) => found = Some(value(bytes, depth)?),
                _ => return None,
            }
        }
        object.insert(key?.to_owned(), found?);
    }
    Some(object)
}

fn value(bytes: &[u8], depth: usize) -> Option<Value> {
    if depth >= DEEPEST {
        return None;
    }
    let mut rest = bytes;
    let value = match field(&mut rest)? {
        (1, Field::Number(0)) => Value::Null,
        (2, Field::Fixed(bytes)) => number(f64::from_le_bytes(bytes)),
        (3, Field::Bytes(text)) => Value::String(str::from_utf8(text).ok()?.to_owned()),
        (4, Field::Number(truth @ 0..=1)) => Value::Bool(truth == 1),
        (5, Field::Bytes(inner)) => Value::Object(object(inner, depth.saturating_add(1))?),
        (6, Field::Bytes(inner)) => Value::Array(list(inner, depth.saturating_add(1))?),
        _ => return None,
    };
    rest.is_empty().then_some(value)
}

fn list(bytes: &[u8], depth: usize) -> Option<Vec<Value>> {
    let (mut list, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let (1, Field::Bytes(item)) = field(&mut rest)? else { return None };
        list.push(value(item, depth)?);
    }
    Some(list)
}

/// A `Struct` knows no whole numbers, and configurations hardly any others.
fn number(number: f64) -> Value {
    const EXACT: f64 = (1_u64 << 53) as f64;
    if number.trunc() == number && number.abs() <= EXACT { (number as i64).into() } else { number.into() }
}

/// The next field, and its number.
fn field<'b>(rest: &mut &'b [u8]) -> Option<(u64, Field<'b>)> {
    let tag = varint(rest)?;
    let field = match tag & 7 {
        0 => Field::Number(varint(rest)?),
        1 => Field::Fixed(*take(rest, 8)?.first_chunk()?),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Field::Bytes(take(rest, length)?)
        }
        _ => return None,
    };
    Some((tag >> 3, field))
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            out.push(length as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend_from_slice(content);
        out
    }

    fn entries(object: &Map<String, Value>) -> Vec<u8> {
        let entry = |(key, item): (&String, &Value)| bytes(1, &[bytes(1, key.as_bytes()), bytes(2, &encoded(item))].concat());
        object.iter().flat_map(entry).collect()
    }

    fn encoded(value: &Value) -> Vec<u8> {
        match value {
            Value::Null => vec![1 << 3, 0],
            Value::Bool(truth) => vec![4 << 3, u8::from(*truth)],
            Value::Number(number) => [&[2 << 3 | 1][..], &number.as_f64().unwrap().to_le_bytes()].concat(),
            Value::String(text) => bytes(3, text.as_bytes()),
            Value::Object(object) => bytes(5, &entries(object)),
            Value::Array(items) => bytes(6, &items.iter().flat_map(|item| bytes(1, &encoded(item))).collect::<Vec<_>>()),
        }
    }

    #[test]
    fn a_struct_says_what_its_json_says() {
        for text in [
            r#"{"default":"block"}"#,
            r#"{"boundary":[{"id":"é","class":["a","b"],"restore":true}],"gateway":{"hold":1048576,"body_limit":null,"x":0.5,"y":-3}}"#,
            r#"{"a":{},"b":[],"c":""}"#,
        ] {
            let Value::Object(object) = serde_json::from_str(text).unwrap() else { panic!("{text}") };
            let wire = entries(&object);
            assert_eq!(serde_json::from_str::<Value>(&json(&wire).unwrap()).unwrap(), Value::Object(object));
            for end in 1..wire.len() {
                assert!(json(&wire[..end]).is_none_or(|part| part != text), "cut at {end}");
            }
        }
    }

    #[test]
    fn what_is_no_struct_is_left_to_others() {
        let deep = (0..2 * DEEPEST).fold(encoded(&Value::Null), |inner, _| bytes(6, &bytes(1, &inner)));
        let deep = bytes(1, &[bytes(1, b"a"), bytes(2, &deep)].concat());
        let cases: [&[u8]; 9] = [
            b"",
            b"{}",
            b"\n{\"default\": \"block\"}",
            b"\n",
            b"\n\x02\n\x00",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            b"\n\xff\xff\xff\xff\x0f",
            b" ",
            &deep,
        ];
        for case in cases {
            assert_eq!(json(case), None, "{}", case.escape_ascii());
        }
    }
}
