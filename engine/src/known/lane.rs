//! The lane of known values: places that the masks name, then a look at the four bytes after and before each.
//!
//! Places are digits beside letters and capitals in `aBC` and `AbC`: such places are rare in text and code, and every
//! random value has some. Where a set has values without them, capitals after small letters are places too, or numbers, or
//! words.

use serde::{Deserialize, Serialize};

use super::key::{KnownKey, TAG, Window};
use super::set::{Form, KnownError, KnownSet, MAX_FORM};
use crate::classify::{Column, Columns, Row, View};
use crate::finding::Confidence;
use crate::lanes::{Back, edge};
use crate::program::{DigitPlaces, Lane, Rule};
use crate::spec::{Near, Reads, Side};

/// Token characters of a word that is a place.
pub(crate) const WORD: usize = 4;
/// Bytes from a place on that are looked at before it is decided.
pub(crate) const AHEAD: u64 = WORD as u64;

/// A set ready to run.
#[derive(Debug)]
pub(crate) struct Known {
    key: KnownKey,
    set: KnownSet,
    /// For each hash whether a form has it.
    table: Box<[u64]>,
    /// The forms by their hashes.
    by_hash: Box<[(u32, u32)]>,
    /// Whether a form is known by the bytes before its anchor.
    looks_back: bool,
    /// The most bytes before an anchor.
    pub(crate) reach: u64,
}

impl Known {
    /// Takes a set that was made with this key.
    pub(crate) fn new(set: &KnownSet, key: &KnownKey) -> Result<Self, KnownError> {
        if !set.fits(key) {
            return Err(KnownError::Key);
        }
        let mut table = vec![0; 1 << (set.bits - u64::BITS.ilog2())].into_boxed_slice();
        let mut by_hash: Box<[(u32, u32)]> = set.forms.iter().zip(0..).map(|(form, number)| (form.hash, number)).collect();
        by_hash.sort_unstable();
        by_hash.iter().for_each(|(hash, _)| table[*hash as usize / 64] |= 1u64 << (hash % 64));
        let reach = set.forms.iter().map(|form| u64::from(form.at)).max().unwrap_or(0);
        let looks_back = set.forms.iter().any(|form| form.before);
        Ok(Known { key: key.clone(), set: set.clone(), table, by_hash, looks_back, reach })
    }

    /// The rules of the values.
    pub(crate) fn rules(&self) -> impl Iterator<Item = Rule> {
        self.set.rule_ids().map(|id| Rule {
            id,
            title: "Value known to the user".into(),
            class: "secret/known".into(),
            confidence: Confidence::Certain,
            lane: Lane::Known,
            reads: Reads::Text,
            revoke: None,
            reference: None,
            tags: Vec::new(),
            since: None,
            validator: None,
            parts: Vec::new(),
            within: 0,
            near: Near::Line,
            has_words: false,
            schemes: Vec::new(),
            left: Side::None,
            random: None,
            max_len: MAX_FORM as u32,
            min_digits: 0,
            digit_places: DigitPlaces::default(),
            leading_digits: (0, 0),
            after_digits: Vec::new(),
            min_run: 0,
            telling: Vec::new(),
            // Hashes are compared: there is no pattern.
            dfa: 0,
            quoted: None,
        })
    }

    /// Whether a form may have its anchor between these bytes.
    #[inline(always)]
    pub(crate) fn may_be(&self, before: u32, after: u32) -> bool {
        let has = |hash: u32| self.table[hash as usize / 64] >> (hash % 64) & 1 != 0;
        has(self.hash(Window::After, after)) || self.looks_back && has(self.hash(Window::Before, before))
    }

    #[inline(always)]
    fn hash(&self, window: Window, bytes: u32) -> u32 {
        self.key.mix(window, bytes) >> (u32::BITS - self.set.bits)
    }

    /// The forms that may have their anchor between these bytes, by their numbers.
    pub(crate) fn forms(&self, before: u32, after: u32) -> impl Iterator<Item = u32> {
        [(Window::After, after), (Window::Before, before)].into_iter().flat_map(move |(window, bytes)| {
            let hash = self.hash(window, bytes);
            let first = self.by_hash.partition_point(|(known, _)| *known < hash);
            let same = self.by_hash[first..].iter().take_while(move |(known, _)| *known == hash).map(|(_, number)| *number);
            same.filter(move |number| self.form(*number).before == (window == Window::Before))
        })
    }

    /// The kinds of places that it needs.
    pub(crate) fn kinds(&self) -> Kinds {
        self.set.kinds
    }

    /// A form.
    pub(crate) fn form(&self, number: u32) -> &Form {
        &self.set.forms[number as usize]
    }

    /// Whether a byte may stand in a form.
    #[inline]
    pub(crate) fn holds(&self, byte: u8) -> bool {
        self.set.inside.contains(byte)
    }

    /// Whether these bytes are the form.
    pub(crate) fn is(&self, form: &Form, bytes: &[u8]) -> bool {
        let tag: [u8; TAG] = self.key.tag(bytes);
        tag == form.tag
    }
}

/// The kinds of places that a set needs beside digits next to letters and capitals in `aBC` and `AbC`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Kinds {
    /// All capitals after a small letter.
    pub(crate) case: bool,
    /// The beginnings of words of digits.
    pub(crate) number: bool,
    /// The beginnings of words.
    pub(crate) word: bool,
}

impl Kinds {
    /// Those of either.
    pub(crate) fn or(self, other: Self) -> Self {
        Kinds { case: self.case | other.case, number: self.number | other.number, word: self.word | other.word }
    }
}

/// The places.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, kinds: Kinds) -> V::Row {
    let (alnum, digit, low) = (Back::of(view, |c| &c.alnum), Back::of(view, |c| &c.digit), Back::of(view, |c| &c.lower));
    // Digits have the bit of small letters.
    let (upper, lower) = (alnum.without(low), alnum.and(low).without(digit));
    let [one_alnum, one_digit, one_upper, one_lower] = [alnum, digit, upper, lower].map(|column| column.up::<1, 63>().here);
    let [two_upper, two_lower] = [upper, lower].map(|column| column.up::<2, 62>().here);
    let turn = digit.here.without(one_digit).or(one_digit.without(digit.here));
    let mixed = two_lower.and(one_upper).or(two_upper.and(one_lower));
    let mut places = alnum.here.and(one_alnum).and(turn).or(upper.here.and(mixed));
    if kinds.case {
        places = places.or(upper.here.and(one_lower));
    }
    if kinds.word {
        places = places.or(words(view, |c| &c.token));
    } else if kinds.number {
        places = places.or(words(view, |c| &c.digit));
    }
    places
}

/// Where words of at least [`WORD`] such characters start, after escapes too.
#[inline(always)]
fn words<V: View>(view: &V, of: fn(&Columns) -> &Column) -> V::Row {
    const { assert!(WORD == 4) };
    let one = view.pair(of);
    let two = one.and(one.down::<1, 63>());
    two.and(two.down::<2, 62>()).here.and(edge(view))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::classify::{BLOCK, Classifier, Stretch};
    use crate::known::anchor::{Anchor, Kind};

    /// One block and its neighbours.
    struct One<'a> {
        columns: &'a Columns,
        slot: usize,
    }

    impl View for One<'_> {
        type Row = u64;

        fn here(&self, column: fn(&Columns) -> &Column) -> u64 {
            column(self.columns)[self.slot]
        }

        fn before(&self, column: fn(&Columns) -> &Column) -> u64 {
            column(self.columns)[self.slot - 1]
        }

        fn after(&self, column: fn(&Columns) -> &Column) -> u64 {
            column(self.columns)[self.slot + 1]
        }
    }

    proptest! {
        /// The masks name every place that a form's anchor may be.
        #[test]
        fn masks_name_what_anchors_are(text in "[a-cA-C0-3_!. -]{70,190}", word: bool) {
            let text = text.as_bytes();
            let mut padded = vec![0; BLOCK];
            padded.extend_from_slice(text);
            let to = padded.len();
            padded.resize(to + 2 * BLOCK, 0);
            let mut columns = Columns::EMPTY;
            let stretch = Stretch { text: &padded, from: BLOCK, to, ahead: &[] };
            Classifier::scalar().run(&Default::default(), stretch, &mut columns, 1);
            for at in 2..text.len() - WORD {
                let places = places(&One { columns: &columns, slot: 1 + at / BLOCK }, Kinds { case: true, number: true, word });
                let named = places >> (at % BLOCK) & 1 != 0;
                let cut = &text[at - 2..at + WORD];
                let anchors = super::super::anchor::all(cut);
                let wanted = |anchor: &Anchor| anchor.at == 2 && (word || anchor.kind != Kind::Word);
                prop_assert!(named || !anchors.iter().any(wanted), "{at} in {:?}", text.escape_ascii().to_string());
            }
        }
    }
}
