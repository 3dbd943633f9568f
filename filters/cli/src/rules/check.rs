//! `tamis rules check`: what of other scanners' rule files cannot be honoured, and how much can.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use tamis::rules::{self, Dialect};

use super::print;
use crate::failure::{Exit, Failure, complain};
use crate::harmless::without_secrets;
use crate::setup::read;

/// Runs the command.
pub(super) fn run(files: &[PathBuf]) -> Result<Exit, Failure> {
    let (mut text, mut stated, mut usable, mut refused) = (String::new(), 0, 0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for path in files {
        let (name, content) = read(path)?;
        let converted = match Dialect::of(&content) {
            Dialect::Tamis => own(&name, &content),
            _ => rules::convert(&name, &content),
        };
        stated += converted.stated;
        usable += converted.stated - converted.refused.len().min(converted.stated);
        refused += converted.refused.len();
        for error in &converted.refused {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{}", without_secrets(&error.to_string()));
            *reasons.entry(kind(error.reason())).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for (reason, count) in reasons {
        let _ = writeln!(text, "{count:>6}  {}", without_secrets(&reason));
    }
    print(text.as_bytes())?;
    let share = usable as f64 * 100.0 / (stated.max(1)) as f64;
    complain(format_args!("{usable} of {stated} rules can be used as they are ({share:.1} %)"));
    Ok(if refused == 0 { Exit::Clean } else { Exit::Findings })
}

/// Our own format is right as a whole or not at all.
fn own(name: &str, content: &str) -> rules::Converted {
    match rules::read(name, content) {
        Ok(loaded) => rules::Converted { stated: loaded.specs.len(), loaded, refused: Vec::new() },
        Err(error) => rules::Converted { stated: 1, refused: vec![error], ..rules::Converted::default() },
    }
}

/// A reason without the rule that it is about.
fn kind(reason: &str) -> String {
    let rest = reason.strip_prefix("rule ").and_then(|named| named.split_once(": ")).map_or(reason, |(_, rest)| rest);
    rest.to_owned()
}
