//! CSV with a header, as password managers and vaults export it.

use std::path::Path;

use super::{Value, bad};
use crate::failure::Failure;
use crate::known::choice::{Choice, speaks_of_secrets};

/// Columns that say what a row is about, the best first.
const NAMES: [&str; 6] = ["name", "title", "key", "account", "label", "id"];

/// The values of the columns that are named, or else of those whose headers speak of secrets, and of a column `value` in
/// the rows whose names do.
pub(super) fn values(path: &Path, text: &str, fields: &[String]) -> Result<Vec<Value>, Failure> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let fault = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line) as usize;
        bad(path, line, "it is not CSV")
    };
    let header = reader.headers().map_err(|error| fault(&error))?.clone();
    let is = |column: &str, wanted: &str| column.trim().eq_ignore_ascii_case(wanted);
    let about = NAMES.iter().find_map(|name| header.iter().position(|column| is(column, name)));
    let taken: Vec<usize> = (0..header.len()).filter(|at| takes(&header[*at], fields)).collect();
    let value = header.iter().position(|column| is(column, "value")).filter(|_| fields.is_empty());
    if let Some(missing) = fields.iter().find(|field| !header.iter().any(|column| is(column, field))) {
        return Err(bad(path, 1, format_args!("it has no column {missing}")));
    }
    if taken.is_empty() && value.is_none() {
        return Err(bad(path, 1, "no column speaks of secrets: name them with --known-field"));
    }
    let mut choice = Choice::new();
    let mut values = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fault(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let name = about.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        let mut add = |secret: &str, column: &str| {
            let shown = if name.is_empty() { column } else { &name };
            let place = format!("{}:{line}: {shown}", path.display());
            values.push(Value { name: Some(shown.to_owned()), bytes: secret.into(), place });
        };
        for at in &taken {
            record.get(*at).filter(|secret| !secret.is_empty()).into_iter().for_each(|secret| add(secret, &header[*at]));
        }
        if let Some(secret) = value.filter(|at| !taken.contains(at)).and_then(|at| record.get(at)) {
            choice.secrets(&name, secret).into_iter().for_each(|secret| add(secret, "value"));
        }
    }
    Ok(values)
}

fn takes(column: &str, fields: &[String]) -> bool {
    if fields.is_empty() { speaks_of_secrets(column.trim()) } else { fields.iter().any(|field| field.eq_ignore_ascii_case(column.trim())) }
}
