//! Where in a form the masks name a place, whatever stands around the form. What they name is said in [`super::lane`].

use super::key::Window;
use super::lane::WORD;
use crate::bytes::ByteSet;

/// A kind of place, the rarest in ordinary text first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A digit beside a letter, or cases mixed as names do not.
    Change,
    /// A capital after a small letter.
    Case,
    /// The beginning of a word of digits.
    Number,
    /// The beginning of a word.
    Word,
}

/// A place in a form and the four bytes beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) window: Window,
    /// Whether the masks name it only where no letter or digit stands before the form.
    pub(super) bounded: bool,
}

impl Anchor {
    /// The bytes that lead to the form.
    pub(super) fn bytes(&self, form: &[u8]) -> [u8; 4] {
        let from = if self.window == Window::Before { self.at - 4 } else { self.at };
        [form[from], form[from + 1], form[from + 2], form[from + 3]]
    }
}

/// The anchors of the rarest kind that the form has, first ones first.
pub(super) fn all(form: &[u8]) -> Vec<Anchor> {
    [Kind::Change, Kind::Case, Kind::Number, Kind::Word]
        .into_iter()
        .map(|kind| of_kind(form, kind))
        .find(|all| !all.is_empty())
        .unwrap_or_default()
}

fn of_kind(form: &[u8], kind: Kind) -> Vec<Anchor> {
    let windows = |at: usize| {
        let after = (at + 4 <= form.len()).then_some(Window::After);
        after.or((at >= 4).then_some(Window::Before))
    };
    let anchor = |at: usize, bounded| windows(at).map(|window| Anchor { kind, at, window, bounded });
    let mut all: Vec<Anchor> = (1..form.len()).filter(|at| is_place(form, *at, kind)).filter_map(|at| anchor(at, false)).collect();
    // A word's own beginning is a place where nothing is glued to it.
    if all.is_empty() && starts(form, kind) {
        all.extend(anchor(0, true));
    }
    all
}

/// Whether the masks name `at` by what stands in the form alone.
fn is_place(form: &[u8], at: usize, kind: Kind) -> bool {
    let (here, before) = (form[at], form[at - 1]);
    match kind {
        Kind::Change => {
            let digit = here.is_ascii_alphanumeric() && before.is_ascii_alphanumeric() && here.is_ascii_digit() != before.is_ascii_digit();
            let mixed = |two: u8| {
                here.is_ascii_uppercase()
                    && (before.is_ascii_uppercase() && two.is_ascii_lowercase() || before.is_ascii_lowercase() && two.is_ascii_uppercase())
            };
            digit || at >= 2 && mixed(form[at - 2])
        }
        Kind::Case => here.is_ascii_uppercase() && before.is_ascii_lowercase(),
        Kind::Number | Kind::Word => !before.is_ascii_alphanumeric() && starts(&form[at..], kind),
    }
}

/// Whether the text starts with a word of this kind.
fn starts(text: &[u8], kind: Kind) -> bool {
    let belongs = |byte: &u8| match kind {
        Kind::Number => byte.is_ascii_digit(),
        Kind::Word => ByteSet::TOKEN.contains(*byte),
        Kind::Change | Kind::Case => false,
    };
    text.len() >= WORD && text[..WORD].iter().all(belongs)
}
