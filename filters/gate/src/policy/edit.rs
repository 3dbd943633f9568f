//! Changes to a file of exceptions that leave everything else in it as it was.

use core::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::file::row_path;
use super::written::{Reason, WrittenExceptions};
use crate::document::{Diagnostic, Document, Problem, Step};

/// An exception to be written down.
///
/// ```
/// use tamis::policy::{NewException, Reason, add_exception};
///
/// let new = NewException {
///     id: "key-in-tests".into(),
///     rule: vec!["stripe.*".into()],
///     path: vec!["tests/**".into()],
///     reason: Some(Reason::UsedInTests),
///     requested_by: "ana@example.com".into(),
///     approved_by: "bo@example.com".into(),
///     created: "2026-11-01".into(),
///     expires: "2026-12-01".into(),
///     ..NewException::default()
/// };
/// let text = add_exception("tamis.exceptions.toml", "# ours\n", &new).unwrap();
/// assert!(text.starts_with("# ours\n\n[[exception]]\nid = \"key-in-tests\"\nscope = { rule = \"stripe.*\", path = \"tests/**\" }\n"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewException {
    /// Its id.
    pub id: String,
    /// Fingerprints of secrets.
    pub fingerprint: Vec<String>,
    /// Ids of rules.
    pub rule: Vec<String>,
    /// Paths.
    pub path: Vec<String>,
    /// Hosts it goes to.
    pub host: Vec<String>,
    /// The gateway's ways there.
    pub route: Vec<String>,
    /// Models.
    pub model: Vec<String>,
    /// Why; it has to be there.
    pub reason: Option<Reason>,
    /// Why, in words.
    pub note: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// Who approved it.
    pub approved_by: String,
    /// Where it was talked about.
    pub ticket: Option<String>,
    /// From when on it holds: a day or a time.
    pub created: String,
    /// Until when it holds: a day or a time.
    pub expires: String,
}

impl NewException {
    fn scope(&self) -> Map<String, Value> {
        let one_or_more = |texts: &[String]| match texts {
            [] => None,
            [one] => Some(json!(one)),
            more => Some(json!(more)),
        };
        let table = |pairs: &[(&str, &[String])]| -> Map<String, Value> {
            pairs.iter().filter_map(|(key, texts)| Some(((*key).to_owned(), one_or_more(texts)?))).collect()
        };
        let mut scope = table(&[("fingerprint", &self.fingerprint), ("rule", &self.rule), ("path", &self.path)]);
        let destination = table(&[("host", &self.host), ("route", &self.route), ("model", &self.model)]);
        if !destination.is_empty() {
            scope.insert("destination".to_owned(), Value::Object(destination));
        }
        scope
    }

    /// Its keys in the order that people read them.
    fn pairs(&self) -> Vec<(&'static str, Value)> {
        let mut pairs = vec![("id", json!(self.id)), ("scope", Value::Object(self.scope()))];
        pairs.extend(self.reason.map(|reason| ("reason", json!(reason))));
        pairs.extend(self.note.as_ref().map(|note| ("note", json!(note))));
        pairs.push(("requested_by", json!(self.requested_by)));
        pairs.push(("approved_by", json!(self.approved_by)));
        pairs.extend(self.ticket.as_ref().map(|ticket| ("ticket", json!(ticket))));
        pairs.push(("created", json!(self.created)));
        pairs.push(("expires", json!(self.expires)));
        pairs
    }

    fn to_toml(&self) -> String {
        let mut text = String::from("[[exception]]\n");
        for (key, value) in self.pairs() {
            // What is a date as it stands needs no quotes.
            let dated = ["created", "expires"].contains(&key).then(|| value.as_str()).flatten();
            let value =
                dated.filter(|date| date.parse::<toml::value::Datetime>().is_ok()).map_or_else(|| toml_value(&value), str::to_owned);
            let _ = writeln!(text, "{key} = {value}");
        }
        text
    }
}

/// A value as TOML writes it within a line.
fn toml_value(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            // Rules before paths before destinations, as people say it.
            let order = ["fingerprint", "rule", "path", "destination", "host", "route", "model"];
            let pairs = order.iter().filter_map(|key| Some(format!("{key} = {}", toml_value(table.get(*key)?))));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        other => other.to_string(),
    }
}

/// Adds an exception to the text of a file, after those that are there.
///
/// # Errors
///
/// A file that cannot be read, an id that is taken, an exception that could not be read back.
pub fn add_exception(name: &str, text: &str, new: &NewException) -> Result<String, Vec<Diagnostic>> {
    let (document, written) = read(name, text)?;
    if let Some(i) = written.exceptions.iter().position(|old| old.id.0 == new.id) {
        let mut path = row_path(&[], "exception", i);
        path.push(Step::Value("id"));
        return Err(vec![document.diagnose(&path, Problem::DuplicateId, format!("exception {}: this id is taken", new.id))]);
    }
    let text = if name.ends_with(".json") { with_json(text, new) } else { with_toml(text, new) };
    read(name, &text)?;
    Ok(text)
}

fn with_toml(text: &str, new: &NewException) -> String {
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{gap}{}", new.to_toml())
}

fn with_json(text: &str, new: &NewException) -> String {
    let mut file: Value = serde_json::from_str(text).unwrap_or_else(|_| json!({}));
    let pairs = new.pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
    let new = Value::Object(pairs.collect());
    match file.get_mut("exception").and_then(Value::as_array_mut) {
        Some(list) => list.push(new),
        None => file["exception"] = json!([new]),
    }
    format!("{file:#}\n")
}

/// Ends an exception now: its `expires` is replaced, and nothing else. `None` if there is no exception of this id.
///
/// # Errors
///
/// A file that cannot be read.
pub fn expire_exception(name: &str, text: &str, id: &str, now: Timestamp) -> Result<Option<String>, Vec<Diagnostic>> {
    let (document, written) = read(name, text)?;
    let Some(i) = written.exceptions.iter().position(|exception| exception.id.0 == id) else { return Ok(None) };
    let mut path = row_path(&[], "exception", i);
    path.push(Step::Value("expires"));
    let Some(span) = document.span(&path) else { return Ok(None) };
    let quote = if name.ends_with(".json") { "\"" } else { "" };
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    Ok(Some(format!("{}{quote}{now}{quote}{}", &text[..span.start], &text[span.end..])))
}

fn read(name: &str, text: &str) -> Result<(Document, WrittenExceptions), Vec<Diagnostic>> {
    let text = if text.is_empty() && name.ends_with(".json") { "{}" } else { text };
    let mut document = Document::parse(name, text).map_err(|diagnostic| vec![diagnostic])?;
    let (written, diagnostics) = document.read();
    if diagnostics.is_empty() { Ok((document, written)) } else { Err(diagnostics) }
}
