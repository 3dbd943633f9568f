//! `tamis rules explain`: what counted for each finding in a text. It shows names, and never a value.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use tamis::engine::{Account, Counted};
use tamis::{Confidence, Finding, LineCounter, Position, Rule, Scanner, Span};

use super::print;
use crate::args::{ExplainRuleArgs, Listing};
use crate::failure::{Exit, Failure};
use crate::harmless::without_secrets;
use crate::setup;
use crate::{fd, jsonl};

/// A finding and its evidence.
#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    class: &'a str,
    confidence: Confidence,
    line: u64,
    column: u64,
    bytes: u64,
    lane: &'a str,
    name: Option<String>,
    syntax: Option<&'static str>,
    quote: Option<char>,
    layer: Option<&'static str>,
    stated: Confidence,
    validator: Option<&'static str>,
    verdict: &'static str,
    randomness: f32,
    least_randomness: Option<f32>,
    placeholder: Option<&'static str>,
    /// In nats: above zero it speaks for a secret.
    score: Option<f32>,
    counted: Vec<Weight>,
}

#[derive(Serialize)]
struct Weight {
    what: &'static str,
    weight: f32,
}

impl From<&Counted> for Weight {
    fn from(counted: &Counted) -> Self {
        Weight { what: counted.what, weight: counted.weight as f32 / 256.0 }
    }
}

/// Runs the command.
pub(super) fn run(args: &ExplainRuleArgs) -> Result<Exit, Failure> {
    let text = read(args.file.as_deref())?;
    let scanner = setup::scanner(&args.pack)?;
    let findings = scanner.find(&text);
    let mut lines = LineCounter::default();
    let mut passed = 0;
    let mut out = Vec::new();
    for finding in &findings {
        let start = finding.span.range().start;
        lines.advance(&text[passed..start]);
        passed = start;
        let row = Row::of(&scanner, &text, &findings, finding, lines.position());
        match args.format {
            Listing::Human => out.extend_from_slice(row.sheet().as_bytes()),
            Listing::Jsonl => jsonl::line(&mut out, &row).map_err(|error| crate::scan::cannot_write(&error))?,
        }
    }
    print(&out)?;
    Ok(if findings.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// The text is held as a whole, as evidence may stand around a finding.
fn read(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let stdin = Path::new("standard input");
    let (path, read) = match file.filter(|path| *path != Path::new("-")) {
        Some(path) => (path, std::fs::read(path).map(|read| bytes = read)),
        None => (stdin, fd::stdin().and_then(|mut input| input.read_to_end(&mut bytes)).map(drop)),
    };
    read.map_err(|error| Failure::file("cannot read the text", path, &error))?;
    Ok(bytes)
}

impl<'a> Row<'a> {
    fn of(scanner: &'a Scanner, text: &[u8], findings: &[Finding], finding: &Finding, position: Position) -> Self {
        let rule: &Rule = scanner.rule(finding.rule);
        let Account { name, tie, quote, randomness, least, placeholder, counted } = scanner.account(text, finding);
        let score = (!counted.is_empty()).then(|| counted.iter().map(|c| c.weight as f32 / 256.0).sum());
        Row {
            rule: &rule.id,
            class: &rule.class,
            confidence: finding.confidence,
            line: position.line,
            column: position.column,
            bytes: finding.span.len(),
            lane: rule.lane.as_str(),
            // A name in which something is found would be shown with it.
            name: name.filter(|name| !findings.iter().any(|f| f.span.overlaps(*name))).map(|name| harmless(text, name)),
            syntax: tie,
            quote,
            layer: finding.layer.map(|layer| layer.as_str()),
            stated: rule.confidence,
            validator: rule.validator.map(|validator| validator.name()),
            verdict: finding.verdict.as_str(),
            randomness,
            least_randomness: least,
            placeholder,
            score,
            counted: counted.iter().map(Weight::from).collect(),
        }
    }

    fn sheet(&self) -> String {
        let mut sheet = format!("{}:{}  {}  {}\n", self.line, self.column, self.rule, self.confidence.as_str());
        let mut field = |name: &str, value: &str| {
            // Writing into a string cannot fail.
            let _ = writeln!(sheet, "  {name:<11}  {value}");
        };
        field("value", &format!("{} bytes", self.bytes));
        field("found by", self.lane);
        self.name.iter().for_each(|name| field("name", name));
        if let Some(syntax) = self.syntax {
            let quote = self.quote.map(|quote| format!(", in {quote}")).unwrap_or_default();
            field("syntax", &format!("{syntax}{quote}"));
        }
        self.layer.iter().for_each(|layer| field("written as", layer));
        field("rule says", self.stated.as_str());
        self.validator.iter().for_each(|validator| field("validator", &format!("{validator}: {}", self.verdict)));
        let least = self.least_randomness.map(|least| format!(", at least {least}")).unwrap_or_default();
        field("randomness", &format!("{:+.1} bits a character{least}", self.randomness));
        self.placeholder.iter().for_each(|sign| field("placeholder", sign));
        if let Some(score) = self.score {
            let verdict = if score > 0.0 { "more likely a secret" } else { "more likely none" };
            field("score", &format!("{score:+.2}: {verdict}"));
            for Weight { what, weight } in &self.counted {
                let _ = writeln!(sheet, "    {weight:+6.2}  {what}");
            }
        }
        sheet
    }
}

/// A name as it may be printed.
fn harmless(text: &[u8], name: Span) -> String {
    let name = String::from_utf8_lossy(&text[name.range()]);
    without_secrets(name.trim()).chars().filter(|char| !char.is_control()).collect()
}
