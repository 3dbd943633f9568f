//! Sensitive data in the examples of others, by kind.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use tamis_engine::{Confidence, Scanner};

use super::{Tally, overlaps, rows, sure};

/// Kinds that the pack looks for, and the class of their findings.
const KINDS: &[(&str, &str)] = &[
    ("CREDIT_CARD", "pii/payment-card"),
    ("EMAIL", "pii/email"),
    ("EMAIL_ADDRESS", "pii/email"),
    ("IBAN", "pii/bank-account"),
    ("IBAN_CODE", "pii/bank-account"),
    ("IPV4", "network/ip"),
    ("IPV6", "network/ip"),
    ("IP_ADDRESS", "network/ip"),
    ("PHONE", "pii/phone"),
    ("PHONE_NUMBER", "pii/phone"),
    ("SSN", "pii/national-id"),
    ("US_SSN", "pii/national-id"),
];

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    id: Option<String>,
    text: String,
    #[serde(default)]
    entity: Option<String>,
    #[serde(default)]
    expect: Option<String>,
    #[serde(default)]
    spans: Option<Vec<Place>>,
}

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: String,
    byte_start: usize,
    byte_end: usize,
}

#[derive(Deserialize)]
struct Phone {
    region: String,
    kind: String,
    international: String,
}

/// What was found of one kind.
#[derive(Clone, Debug, Default)]
pub struct Pii {
    /// Places of the kind with a finding of low confidence or more.
    pub found: Tally,
    /// The same with a finding of medium confidence or more.
    pub sure: Tally,
    /// Rows that must not match, hit when there is a finding of the class of medium confidence or more.
    pub quiet: Tally,
    /// Whether the pack has rules for the kind.
    pub in_pack: bool,
}

impl Pii {
    /// Looks for the labelled places in the files of a folder, by kind.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn measure(folder: &Path, scanner: &Scanner) -> Result<BTreeMap<String, Pii>, String> {
        let mut all: BTreeMap<String, Pii> = BTreeMap::new();
        for name in ["noren", "presidio_recognizers", "presidio_research_generated_small"] {
            for (at, row) in rows::<Row>(&folder.join(format!("{name}.jsonl")))?.into_iter().enumerate() {
                let id = row.id.clone().unwrap_or_else(|| format!("{name}:{}", at + 1));
                take(&mut all, &row, &id, scanner);
            }
        }
        let phones = all.entry("phone, written internationally".into()).or_default();
        phones.in_pack = true;
        for phone in rows::<Phone>(&folder.join("phone_examples.jsonl"))? {
            let text = format!("call {} today", phone.international);
            let found: Vec<_> = scanner.find(text.as_bytes()).into_iter().filter(|f| scanner.rule(f.rule).class == "pii/phone").collect();
            phones.found.count(!found.is_empty());
            phones.sure.count(found.iter().any(|f| sure(f, Confidence::Medium)));
            if found.is_empty() {
                phones.found.wrong("missed", &format!("{} {}", phone.region, phone.kind));
            }
        }
        Ok(all)
    }
}

fn take(all: &mut BTreeMap<String, Pii>, row: &Row, id: &str, scanner: &Scanner) {
    let found = scanner.find(row.text.as_bytes());
    for place in row.spans.iter().flatten() {
        let kind = place.kind.to_ascii_uppercase();
        let class = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, class)| *class);
        let entry = all.entry(kind).or_default();
        entry.in_pack |= class.is_some();
        let right = |least: Confidence| {
            let fits = |f| class.is_none_or(|class| scanner.rule(f).class == class);
            found.iter().any(|f| sure(f, least) && fits(f.rule) && overlaps(f, place.byte_start, place.byte_end))
        };
        entry.found.count(right(Confidence::Low));
        entry.sure.count(right(Confidence::Medium));
        if !right(Confidence::Low) {
            entry.found.wrong("missed", id);
        }
    }
    if let (Some("nomatch"), Some(entity)) = (row.expect.as_deref(), row.entity.as_deref()) {
        let entry = all.entry(entity.to_owned()).or_default();
        let Some((_, class)) = KINDS.iter().find(|(name, _)| *name == entity) else { return };
        let loud = found.iter().any(|f| sure(f, Confidence::Medium) && scanner.rule(f.rule).class == *class);
        entry.quiet.count(loud);
        if loud {
            entry.quiet.wrong("reported", id);
        }
    }
}
