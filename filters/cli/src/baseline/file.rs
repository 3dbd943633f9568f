//! The file of a baseline: one JSON object a line, sorted by fingerprint. Lines of two branches hardly ever meet, and where
//! they do, both may stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tamis::{Fingerprint, FingerprintKey, Timestamp};

use crate::args::day_end;
use crate::failure::{Failure, complain, one_line};
use crate::replace::replace;

/// The version of the form.
const VERSION: u32 = 1;
/// Entries that are named where some are of no use.
const NAMED: usize = 3;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    tamis_baseline: u32,
    /// Tells fingerprints of one key from those of another.
    key: String,
}

/// A finding that was there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Names the secret. Nothing else has to match: a secret may move, and its file be renamed.
    pub(crate) fingerprint: Fingerprint,
    /// What found it, for people.
    pub(crate) rule: String,
    /// A place where it stood, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Why it is left.
    pub(crate) reason: String,
    /// The last day on which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
}

impl Entry {
    /// The moment when it is over, if it is ever.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.until.as_deref().and_then(day_end)
    }

    /// What a person calls it.
    pub(crate) fn name(&self) -> String {
        let path = self.path.as_ref().map(|path| format!(" in {}", one_line(path))).unwrap_or_default();
        format!("{} {}{path}", self.fingerprint.short(), one_line(&self.rule))
    }
}

/// A baseline, and which of its entries were of use.
pub(crate) struct Baseline {
    path: PathBuf,
    entries: BTreeMap<Fingerprint, Entry>,
    used: BTreeSet<Fingerprint>,
}

impl Baseline {
    /// One without entries.
    pub(crate) fn empty(path: &Path) -> Self {
        Baseline { path: path.to_owned(), entries: BTreeMap::new(), used: BTreeSet::new() }
    }

    /// Reads a file whose fingerprints are of this key.
    pub(crate) fn load(path: &Path, key: &FingerprintKey) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the baseline", path, &error))?;
        let mut baseline = Baseline::empty(path);
        let bad =
            |line: usize, why: &dyn std::fmt::Display| Failure::new("bad baseline", format_args!("{}:{}", path.display(), line + 1), why);
        let text = str::from_utf8(&bytes).map_err(|_| Failure::new("bad baseline", path.display(), "it is not UTF-8 text"))?;
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let (number, first) = lines.next().unwrap_or((0, ""));
        let head: Head = serde_json::from_str(first).map_err(|_| {
            bad(number, &"it does not start as one: `tamis baseline write` makes one, `tamis baseline import` takes those of others")
        })?;
        if head.tamis_baseline != VERSION {
            return Err(bad(number, &format_args!("it is of version {}, and this program reads {VERSION}", head.tamis_baseline)));
        }
        if head.key != id_of(key) {
            return Err(bad(number, &"its fingerprints are of another key: give the right --fingerprint-key, or write it anew"));
        }
        for (number, line) in lines {
            if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
                return Err(bad(number, &"a merge left its mark: keep the entries of both sides, and delete this line"));
            }
            let entry: Entry = serde_json::from_str(line).map_err(|error| bad(number, &reason(&error)))?;
            if entry.until.is_some() && entry.until().is_none() {
                return Err(bad(number, &"its date is none: write \"until\":\"2026-12-31\""));
            }
            baseline.entries.insert(entry.fingerprint, entry);
        }
        Ok(baseline)
    }

    /// The entry of a secret. It is of use.
    pub(crate) fn find(&mut self, fingerprint: Fingerprint) -> Option<Entry> {
        let entry = self.entries.get(&fingerprint)?;
        self.used.insert(fingerprint);
        Some(entry.clone())
    }

    /// Adds an entry, unless there is one for its secret. Whether it was added.
    pub(super) fn add(&mut self, entry: Entry) -> bool {
        self.used.insert(entry.fingerprint);
        let new = !self.entries.contains_key(&entry.fingerprint);
        self.entries.entry(entry.fingerprint).or_insert(entry);
        new
    }

    /// Removes what was of no use. How many that were.
    pub(super) fn prune(&mut self) -> usize {
        let before = self.entries.len();
        self.entries.retain(|fingerprint, _| self.used.contains(fingerprint));
        before - self.entries.len()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Writes it, at once: whoever reads it finds the old text or the new one.
    pub(super) fn save(&self, key: &FingerprintKey) -> Result<(), Failure> {
        let cannot = |error| Failure::file("cannot write the baseline", &self.path, &error);
        let head = Head { tamis_baseline: VERSION, key: id_of(key) };
        let lines = std::iter::once(serde_json::to_string(&head)).chain(self.entries.values().map(serde_json::to_string));
        let lines: Result<Vec<String>, _> = lines.collect();
        let mut text = lines.map_err(|error| Failure::new("cannot write the baseline", self.path.display(), error))?.join("\n");
        text.push('\n');
        replace(&self.path, text.as_bytes()).map_err(cannot)
    }

    /// Tells of entries that nothing was found for.
    pub(crate) fn tell_stale(&self) {
        let stale: Vec<&Entry> = self.entries.values().filter(|entry| !self.used.contains(&entry.fingerprint)).collect();
        if stale.is_empty() {
            return;
        }
        let mut names: Vec<String> = stale.iter().take(NAMED).map(|entry| entry.name()).collect();
        if stale.len() > NAMED {
            names.push(format!("{} more", stale.len() - NAMED));
        }
        let (count, names) = (entries(stale.len()), names.join(", "));
        complain(format_args!(
            "baseline {}: {count} for what is not there any more ({names}): `tamis baseline prune` removes them",
            self.path.display()
        ));
    }
}

/// A name for the key that tells nothing of it.
fn id_of(key: &FingerprintKey) -> String {
    key.value(b"tamis baseline").short()
}

/// What is wrong with a line, without its number: that is another one here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let column = error.column();
    format!("column {column}: {}", text.split(" at line ").next().unwrap_or(&text))
}

/// `1 entry`, `2 entries`
pub(super) fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(digit: char, until: Option<&str>) -> Entry {
        let fingerprint = digit.to_string().repeat(32).parse().unwrap();
        Entry { fingerprint, rule: "acme.key".into(), path: Some("a b".into()), reason: "old".into(), until: until.map(str::to_owned) }
    }

    #[test]
    fn a_file_is_sorted_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        let key = FingerprintKey::default();
        let mut baseline = Baseline::empty(&path);
        assert!(baseline.add(entry('c', None)) && baseline.add(entry('a', Some("2026-12-31"))) && !baseline.add(entry('a', None)));
        baseline.save(&key).unwrap();
        insta::assert_snapshot!(fs::read_to_string(&path).unwrap().replace(&id_of(&key), "[key]"), @r#"
        {"tamis_baseline":1,"key":"[key]"}
        {"fingerprint":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","rule":"acme.key","path":"a b","reason":"old","until":"2026-12-31"}
        {"fingerprint":"cccccccccccccccccccccccccccccccc","rule":"acme.key","path":"a b","reason":"old"}
        "#);
        let mut again = Baseline::load(&path, &key).unwrap();
        assert_eq!(again.find("a".repeat(32).parse().unwrap()), Some(entry('a', Some("2026-12-31"))));
        assert_eq!((again.prune(), again.len()), (1, 1));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        let key = FingerprintKey::default();
        let head = format!("{{\"tamis_baseline\":1,\"key\":\"{}\"}}", id_of(&key));
        for (text, says) in [
            (String::new(), ":1: it does not start as one"),
            ("[]".to_owned(), ":1: it does not start as one"),
            (head.replace(":1,", ":2,"), ":1: it is of version 2"),
            (head.replace(&id_of(&key), "0"), ":1: its fingerprints are of another key"),
            (format!("{head}\n\n<<<<<<< ours"), ":3: a merge left its mark"),
            (format!("{head}\n{{\"fingerprint\":\"00\"}}"), ":2: column 20: a fingerprint has 32"),
            (format!("{head}\n{}", serde_json::to_string(&entry('a', Some("soon"))).unwrap()), ":2: its date is none"),
        ] {
            fs::write(&path, &text).unwrap();
            let error = Baseline::load(&path, &key).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
