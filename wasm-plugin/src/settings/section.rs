//! The section `gateway`, taken out of a policy so that every other byte keeps its line and column.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::written::Written;

const KEY: &str = "gateway";

/// The policy's text with blanks where the section stood, and the section.
pub(super) fn split(name: &str, text: &str) -> Result<(String, Written), String> {
    if text.trim().is_empty() {
        return Ok(("{}".to_owned(), Written::default()));
    }
    if !text.trim_start().starts_with('{') {
        return Err(format!("{name}:1:1: a configuration is a JSON object"));
    }
    // What is no JSON is the policy's reader to complain about.
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else {
        return Ok((text.to_owned(), Written::default()));
    };
    let Some(value) = members.get(KEY) else { return Ok((text.to_owned(), Written::default())) };
    let start = value.get().as_ptr() as usize - text.as_ptr() as usize;
    let end = start + value.get().len();
    let written = serde_json::from_str(value.get()).map_err(|error| place(name, text, start, &error))?;
    Ok((without(text, start, end), written))
}

/// The text without the member whose value stands here, and without the comma that goes with it.
fn without(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or_default();
    let key = before.rfind(&format!("\"{KEY}\"")).unwrap_or(start);
    let rest = text.get(end..).unwrap_or_default();
    let (mut from, mut to) = (key, end);
    if rest.trim_start().starts_with(',') {
        to += rest.find(',').map_or(0, |at| at + 1);
    } else if text.get(..key).unwrap_or_default().trim_end().ends_with(',') {
        from = text.get(..key).and_then(|before| before.rfind(',')).unwrap_or(key);
    }
    let blank = |(at, c): (usize, char)| {
        if (from..to).contains(&at) && c != '\n' { " ".repeat(c.len_utf8()) } else { c.to_string() }
    };
    text.char_indices().map(blank).collect()
}

/// One line with the place of a mistake inside the section.
fn place(name: &str, text: &str, start: usize, error: &serde_json::Error) -> String {
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + error.line().max(1);
    let own = before.rfind('\n').map_or(start, |at| start - at - 1);
    let column = if error.line() > 1 { error.column() } else { own + error.column() };
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    format!("{name}:{line}:{column}: {KEY}: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_byte_keeps_its_place() {
        let section = r#""gateway": {"hold": 7, "labels": ["é, }"]}"#;
        for (text, policy) in [
            (format!("{{{section}}}"), "{ }"),
            (format!("{{{section}, \"default\": \"block\"}}"), "{ \"default\": \"block\"}"),
            (format!("{{\"default\": \"block\" , {section}\n}}"), "{\"default\": \"block\"  \n}"),
            (format!("{{\"a\": 1,\n{section},\n\"b\": 2}}"), "{\"a\": 1,\n \n\"b\": 2}"),
        ] {
            let (found, written) = split("c", &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(found.len(), text.len());
            assert_eq!(found.split(' ').filter(|part| !part.is_empty()).collect::<String>(), policy.split(' ').collect::<String>());
            assert_eq!((written.hold, written.labels.len()), (7, 1));
        }
        assert_eq!(split("c", " \n").map(|(policy, _)| policy), Ok("{}".to_owned()));
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, says) in [
            ("{\"gateway\": {\"holt\": 1}}", "c:1:19: gateway: unknown field `holt`, expected one of"),
            ("{\n  \"gateway\": {\n    \"hold\": -1\n  }\n}", "c:3:14: gateway: invalid value: integer `-1`, expected usize"),
        ] {
            let error = split("c", text).map(|_| ()).unwrap_err();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
