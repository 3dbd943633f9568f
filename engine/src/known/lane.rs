//! The lane of known values: places that the masks name, then a look at the four bytes after and before each.
//!
//! Places are digits beside letters and capitals in `aBC` and `AbC`: such places are rare in text and code, and every
//! random value has some. Where a set has values without them, capitals after small letters are places too, or words.

use super::key::{KnownKey, TAG, Window};
use super::set::{Form, KnownError, KnownSet, MAX_FORM};
use crate::classify::{BLOCK, Column, Columns, GROUP, View};
use crate::finding::Confidence;
use crate::lanes::edge;
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

    /// Masks of the places in `N` blocks, the first of which has a neighbour on either side.
    #[inline(always)]
    pub(crate) fn places<const N: usize>(&self, columns: &Columns, slot: usize) -> [u64; N] {
        let mut places = changes(columns, slot, self.set.case);
        if self.set.word {
            for (i, place) in places.iter_mut().enumerate() {
                *place |= words(columns, slot + i);
            }
        }
        places
    }
}

/// Blocks that are looked at together.
pub(crate) const TOGETHER: usize = GROUP;

/// Digits beside letters, and capitals in `aBC` and `AbC`; with `case`, all capitals after a small letter.
#[inline(always)]
fn changes<const N: usize>(columns: &Columns, slot: usize, case: bool) -> [u64; N] {
    let row = |column: &Column, slot: usize| -> [u64; N] {
        match column[slot..slot + N].try_into() {
            Ok(row) => row,
            Err(_) => unreachable!("the slice has the array's length"),
        }
    };
    let [alnum, digit, low] = [&columns.alnum, &columns.digit, &columns.lower].map(|column| [row(column, slot - 1), row(column, slot)]);
    let every = if case { u64::MAX } else { 0 };
    let mut places = [0; N];
    for i in 0..N {
        let [alnum, digit, low] = [alnum, digit, low].map(|[before, here]| (before[i], here[i]));
        // Digits have the bit of small letters.
        let upper = (alnum.0 & !low.0, alnum.1 & !low.1);
        let lower = (alnum.0 & low.0 & !digit.0, alnum.1 & low.1 & !digit.1);
        let one = |(before, here): (u64, u64)| here << 1 | before >> (BLOCK - 1);
        let two = |(before, here): (u64, u64)| here << 2 | before >> (BLOCK - 2);
        let beside = alnum.1 & one(alnum) & (digit.1 ^ one(digit));
        let mixed = upper.1 & (two(lower) & one(upper) | two(upper) & one(lower));
        places[i] = beside | mixed | upper.1 & one(lower) & every;
    }
    places
}

/// Where words of at least [`WORD`] token characters start, after escapes too.
#[inline(always)]
fn words(columns: &Columns, slot: usize) -> u64 {
    let block = One { columns, slot };
    let token = block.pair(|c| &c.token);
    let (here, after) = (token.here, token.after);
    let next = |n: u32| here >> n | after << (u64::BITS - n);
    here & next(1) & next(2) & next(3) & edge(&block)
}

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::classify::{Classifier, Stretch};

    proptest! {
        /// The masks name every place that a form's anchor may be.
        #[test]
        fn masks_name_what_anchors_are(text in "[a-cA-C0-3_!. -]{70,190}") {
            let text = text.as_bytes();
            let mut padded = vec![0; BLOCK];
            padded.extend_from_slice(text);
            let to = padded.len();
            padded.resize(to + 2 * BLOCK, 0);
            let mut columns = Columns::EMPTY;
            let stretch = Stretch { text: &padded, from: BLOCK, to, ahead: &[] };
            Classifier::scalar().run(&Default::default(), stretch, &mut columns, 1);
            let places: [u64; 3] = changes(&columns, 1, true);
            for at in 2..text.len() - WORD {
                let named = places[at / BLOCK] >> (at % BLOCK) & 1 != 0 || words(&columns, 1 + at / BLOCK) >> (at % BLOCK) & 1 != 0;
                let cut = &text[at - 2..at + WORD];
                let anchors = super::super::anchor::all(cut);
                prop_assert!(named || !anchors.iter().any(|anchor| anchor.at == 2), "{at} in {:?}", text.escape_ascii().to_string());
            }
        }
    }
}
