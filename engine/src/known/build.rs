//! From values to keyed hashes.

use std::collections::BTreeMap;

use super::anchor::{self, Anchor, Kind};
use super::forms;
use super::key::{KnownKey, Window};
use super::lane::Kinds;
use super::set::{BITS, Form, KnownSet, MAX_FORM, is_slug};
use crate::bytes::ByteSet;
use crate::finding::Layer;

/// The shortest value.
const SHORTEST: usize = 8;
/// A value is known by so many of its first bytes.
const LONGEST: usize = 512;
/// Values that are easier to guess are refused.
const GUESSABLE: f64 = 40.0;
/// Whoever has set and key finds easier ones in a few years of computing.
const WEAK: f64 = 64.0;
/// Letters of one case up to this length are taken for a word.
const LONGEST_WORD: usize = 15;
/// The longest name of a rule.
const LONGEST_NAME: usize = 64;

/// What there is to say about a value that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownNote {
    /// Refused: it has fewer than eight bytes.
    Short,
    /// Refused: it is a word, or can be guessed from its hash at once.
    Guessable,
    /// Refused: it ends in a backslash, which belongs to what comes after it.
    Backslash,
    /// Refused: no place in it can be told from other text.
    Plain,
    /// Taken, but whoever has the set and the key can guess it with some effort.
    Weak,
    /// Taken: it is known by its first 512 bytes, and only these are found.
    Long,
    /// Taken, but not found where it is written like this.
    NotIn(Layer),
}

impl KnownNote {
    /// Whether the value was not taken.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, KnownNote::Short | KnownNote::Guessable | KnownNote::Backslash | KnownNote::Plain)
    }
}

impl core::fmt::Display for KnownNote {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            KnownNote::Short => write!(f, "refused: it has fewer than {SHORTEST} bytes"),
            KnownNote::Guessable => f.write_str("refused: it is a word, or so simple that its hash can be guessed"),
            KnownNote::Backslash => f.write_str("refused: it ends in a backslash"),
            KnownNote::Plain => f.write_str("refused: it has no place that tells it from other text"),
            KnownNote::Weak => f.write_str("it can be guessed by who has both the set and the key"),
            KnownNote::Long => write!(f, "only its first {LONGEST} bytes are found"),
            KnownNote::NotIn(layer) => write!(f, "it is not found as {}", layer.as_str()),
        }
    }
}

/// Values on their way into a [`KnownSet`].
///
/// ```
/// use tamis_engine::{KnownKey, KnownSetBuilder, Program, Scanner, compile};
/// let key = KnownKey::new(b"0123456789abcdef")?;
/// let mut values = KnownSetBuilder::default();
/// assert!(values.add(Some("DB_PASSWORD"), b"kQ7-x2Lp9Z+w").is_empty());
/// let set = values.build(&key);
/// let scanner = Scanner::with_known(compile(&[])?, &set, &key)?;
/// let found = scanner.find(b"https://app:kQ7-x2Lp9Z%2Bw@db.example");
/// assert_eq!(scanner.rule(found[0].rule).id, "known.db-password");
/// assert_eq!(found[0].span.range(), 12..26);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct KnownSetBuilder {
    names: Vec<String>,
    forms: Vec<Stated>,
}

/// A form before it is hashed.
#[derive(Clone)]
pub(super) struct Stated {
    /// Number of its name.
    pub(super) name: u32,
    pub(super) text: Vec<u8>,
    pub(super) layer: Option<Layer>,
    anchors: Vec<Anchor>,
}

#[cfg(feature = "reference")]
impl Stated {
    /// Whether no letter or digit may stand before it.
    pub(super) fn bounded(&self) -> bool {
        self.anchors[0].bounded
    }
}

impl KnownSetBuilder {
    /// Adds a value under a name, if it has one, and says what there is to say about it.
    pub fn add(&mut self, name: Option<&str>, value: &[u8]) -> Vec<KnownNote> {
        if let Some(refusal) = refusal(value) {
            return vec![refusal];
        }
        let mut notes = Vec::new();
        if bits(value) < WEAK {
            notes.push(KnownNote::Weak);
        }
        if value.len() > LONGEST {
            notes.push(KnownNote::Long);
        }
        let name = self.name(name);
        for (text, layer) in forms::of(&value[..value.len().min(LONGEST)]) {
            let anchors = anchor::all(&text);
            match layer {
                Some(layer) if anchors.is_empty() || text.len() > MAX_FORM => notes.push(KnownNote::NotIn(layer)),
                _ => self.forms.push(Stated { name, text, layer, anchors }),
            }
        }
        notes.dedup();
        notes
    }

    /// How many values were taken, counted by their plain forms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forms.iter().filter(|form| form.layer.is_none()).count()
    }

    /// Whether no value was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Hashes all values.
    #[must_use]
    pub fn build(&self, key: &KnownKey) -> KnownSet {
        let mut forms = self.forms.clone();
        // Of values that are given twice, and of values that are written like others, one is enough.
        forms.sort_by(|a, b| (&a.text, a.layer.is_some(), a.name).cmp(&(&b.text, b.layer.is_some(), b.name)));
        forms.dedup_by(|a, b| a.text == b.text);
        let mut shared: BTreeMap<(Window, [u8; 4]), usize> = BTreeMap::new();
        let all = forms.iter().flat_map(|form| form.anchors.iter().map(|anchor| (anchor.window, anchor.bytes(&form.text))));
        all.for_each(|window| *shared.entry(window).or_default() += 1);
        let bits = (256 * forms.len() as u32).max(1).ilog2().clamp(*BITS.start(), *BITS.end());
        let inside = forms.iter().fold(ByteSet::TOKEN, |set, form| set.with(&form.text));
        let chosen: Vec<(&Stated, Anchor)> = forms.iter().map(|form| (form, choose(form, &shared))).collect();
        let has = |kind| chosen.iter().any(|(_, anchor)| anchor.kind == kind);
        let hashed = chosen.iter().map(|(form, anchor)| Form {
            name: form.name,
            len: form.text.len() as u16,
            at: anchor.at as u16,
            before: anchor.window == Window::Before,
            bounded: anchor.bounded,
            layer: form.layer,
            hash: key.mix(anchor.window, u32::from_le_bytes(anchor.bytes(&form.text))) >> (u32::BITS - bits),
            tag: key.tag(&form.text),
        });
        let kinds = Kinds { case: has(Kind::Case), number: has(Kind::Number), word: has(Kind::Word) };
        KnownSet { check: key.check(), bits, inside, kinds, names: self.names.clone(), forms: hashed.collect() }
    }

    #[cfg(feature = "reference")]
    pub(super) fn stated(&self) -> &[Stated] {
        &self.forms
    }

    #[cfg(feature = "reference")]
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of a name in the form that rule ids have.
    fn name(&mut self, name: Option<&str>) -> u32 {
        let slug = slug(name.unwrap_or_default());
        let at = self.names.iter().position(|known| *known == slug).unwrap_or_else(|| {
            self.names.push(slug);
            self.names.len() - 1
        });
        at as u32
    }
}

/// The first anchor whose bytes no other form has at one of its own, or the first one. The bytes before an anchor are looked
/// at only where a set needs it.
fn choose(form: &Stated, shared: &BTreeMap<(Window, [u8; 4]), usize>) -> Anchor {
    let alone = |anchor: &Anchor| shared.get(&(anchor.window, anchor.bytes(&form.text))).is_some_and(|count| *count == 1);
    let own = |anchor: &&Anchor| anchor.window == Window::After && alone(anchor);
    *form.anchors.iter().find(own).unwrap_or(&form.anchors[0])
}

fn refusal(value: &[u8]) -> Option<KnownNote> {
    let one_case = value.iter().all(u8::is_ascii_lowercase) || value.iter().all(u8::is_ascii_uppercase);
    match value {
        _ if value.len() < SHORTEST => Some(KnownNote::Short),
        [.., b'\\'] => Some(KnownNote::Backslash),
        _ if one_case && value.len() <= LONGEST_WORD || bits(value) < GUESSABLE => Some(KnownNote::Guessable),
        _ if anchor::all(&value[..value.len().min(LONGEST)]).is_empty() => Some(KnownNote::Plain),
        _ => None,
    }
}

/// How many bits tell the value from others that are as long and made of the same kinds of characters; characters that
/// come again count for less.
fn bits(value: &[u8]) -> f64 {
    let any = |is: fn(&u8) -> bool| value.iter().any(is);
    let hex = value.iter().all(u8::is_ascii_hexdigit) && !(any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase));
    let letters = if hex { 6.0 } else { 26.0 };
    let kinds = [
        (any(u8::is_ascii_digit), 10.0),
        (any(u8::is_ascii_lowercase), letters),
        (any(u8::is_ascii_uppercase), letters),
        (any(|byte| !byte.is_ascii_alphanumeric()), 33.0),
    ];
    let alphabet: f64 = kinds.iter().filter(|(has, _)| *has).map(|(_, size)| size).sum();
    let mut distinct = value.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    (value.len().min(distinct.len() * 4)) as f64 * alphabet.max(2.0).log2()
}

/// A name as it may stand in a rule's id.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for byte in name.bytes().map(|byte| byte.to_ascii_lowercase()) {
        match is_slug(byte) && byte != b'-' {
            true => slug.push(char::from(byte)),
            false if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            false => {}
        }
    }
    slug.truncate(LONGEST_NAME);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "value".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(value: &str) -> Vec<KnownNote> {
        KnownSetBuilder::default().add(None, value.as_bytes())
    }

    #[test]
    fn what_can_be_guessed_is_refused() {
        for value in ["1234567890", "password", "development", "aaaaaaaaaaaaaaaa", "abababababab"] {
            assert_eq!(notes(value), [KnownNote::Guessable], "{value}");
        }
        assert_eq!((notes("a1b2c3d"), notes("kQ7x2Lp9Zw\\")), (vec![KnownNote::Short], vec![KnownNote::Backslash]));
        assert_eq!(notes("?!?!!?!?#+#+~;,:"), [KnownNote::Plain]);
        assert_eq!(notes("kQ7x2Lp9"), [KnownNote::Weak]);
        assert_eq!(notes("kQ7x2Lp9ZwTb4"), []);
        assert_eq!(notes(&"kQ7x2Lp9ZwTb4#".repeat(50)).first(), Some(&KnownNote::Long));
    }

    #[test]
    fn names_become_ids() {
        for (name, id) in [("DB_PASSWORD", "db-password"), ("  Mail (old) ", "mail-old"), ("", "value"), ("é", "value"), ("a--b", "a-b")] {
            assert_eq!(slug(name), id);
        }
    }

    #[test]
    fn a_set_holds_no_byte_of_its_values() {
        let key = KnownKey::new(b"0123456789abcdef").unwrap();
        let mut values = KnownSetBuilder::default();
        values.add(Some("one"), b"kQ7x2Lp9ZwTb4");
        let bytes = values.build(&key).to_bytes();
        for part in b"kQ7x2Lp9ZwTb4".windows(4) {
            assert!(!bytes.windows(4).any(|window| window == part));
        }
        assert!(KnownSet::from_bytes(&bytes).unwrap().fits(&key));
        assert!(!KnownSet::from_bytes(&bytes).unwrap().fits(&KnownKey::new(b"0123456789abcdeF").unwrap()));
        for cut in 0..bytes.len() {
            assert!(KnownSet::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
    }
}
