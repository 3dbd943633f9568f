//! Reading text that may stand inside JSON strings, shell output or terminal colour codes.
//!
//! An agent's transcript holds the same token as `KEY=x`, as `KEY=x\n` inside a JSON string and as `KEY=x\\n` inside
//! a string inside a string. Nobody tells a scanner which of these it reads, so it reads *units*: one unit is one
//! character as the innermost reader would see it, however many backslashes guard it, or a whole terminal colour
//! code. Matching works on units and spans stay on raw bytes, so a finding never starts or ends inside an escape and
//! a replacement never breaks the text around it.
//!
//! Coded token characters (`\u0041`) and `@` are units of their own that no match contains: they end a run, as they do
//! for the run lane.

use crate::bytes::ByteSet;

/// The most backslashes that guard one character. Eight levels of JSON in JSON need more; no real text has them.
const MAX_GUARDS: usize = 16;
/// The most parameter bytes of a terminal control sequence.
pub(crate) const MAX_PARAMETERS: usize = 16;
/// An upper bound on a unit's raw length: guards, `u001b`, `[`, parameters, final byte.
pub(crate) const MAX_UNIT: usize = MAX_GUARDS + 5 + 1 + MAX_PARAMETERS + 1;
/// Bytes in which the last escape before a place is looked for.
const PLAIN_REACH: usize = 128;
/// The value of a unit that is neither ASCII nor an ordinary byte: a part of no pattern.
pub(crate) const OPAQUE: u8 = 0xff;
const ESC: u8 = 0x1b;
/// Characters by which places are found: coded, they stand for nothing.
const ANCHORS: ByteSet = ByteSet::TOKEN.with(b"@");

/// One character as the innermost reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The character, or [`OPAQUE`].
    pub(crate) value: u8,
    /// Raw bytes it takes.
    pub(crate) len: usize,
    /// Backslashes in front of it.
    pub(crate) guards: usize,
}

/// What stands before a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing: the text starts here.
    Nothing,
    /// The position is inside a unit: no match may start or end here.
    Inside,
    /// This unit ends here.
    Unit(Unit),
    /// Not known before more bytes have come.
    Unclear,
}

impl Unit {
    /// A byte that stands for itself.
    #[inline]
    pub(crate) fn plain(value: u8) -> Self {
        Unit { value, len: 1, guards: 0 }
    }
}

/// Whether an escape may begin with this byte.
#[inline(always)]
pub(crate) fn begins(byte: u8) -> bool {
    matches!(byte, b'\\' | ESC)
}

/// Reads the unit at `at`. `None` when more bytes are needed to tell (never with `whole`).
#[inline]
pub(crate) fn unit_at(text: &[u8], at: usize, whole: bool) -> Option<Unit> {
    match text[at] {
        b'\\' => guarded(text, at, whole),
        ESC => control(text, at, 1, 0, whole),
        value => Some(Unit::plain(value)),
    }
}

fn guarded(text: &[u8], at: usize, whole: bool) -> Option<Unit> {
    let rest = &text[at..];
    let guards = rest.iter().take(MAX_GUARDS + 1).take_while(|b| **b == b'\\').count();
    let plain = |len| Some(Unit { value: b'\\', len, guards: 0 });
    if guards > MAX_GUARDS {
        return plain(1);
    }
    let Some(&letter) = rest.get(guards) else {
        return if whole { plain(guards) } else { None };
    };
    let simple = |value| Some(Unit { value, len: guards + 1, guards });
    match letter {
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'b' | b'f' => simple(OPAQUE),
        b'"' | b'\'' | b'`' | b'/' => simple(letter),
        b'u' => coded(text, at, guards, 4, whole),
        b'x' => coded(text, at, guards, 2, whole),
        b'0' => octal_escape(text, at, guards, whole),
        _ => plain(guards),
    }
}

/// `\u001b` or `\x1b`: a character given by hexadecimal digits.
fn coded(text: &[u8], at: usize, guards: usize, digits: usize, whole: bool) -> Option<Unit> {
    let from = at + guards + 1;
    let mut code = 0u32;
    for i in from..from + digits {
        let Some(&byte) = text.get(i) else {
            return if whole { Some(Unit { value: b'\\', len: guards, guards: 0 }) } else { None };
        };
        let Some(digit) = (byte as char).to_digit(16) else {
            return Some(Unit { value: b'\\', len: guards, guards: 0 });
        };
        code = code * 16 + digit;
    }
    let len = guards + 1 + digits;
    let value = u8::try_from(code).ok().filter(|v| v.is_ascii() && !ANCHORS.contains(*v)).unwrap_or(OPAQUE);
    if value == ESC { control(text, at, len, guards, whole) } else { Some(Unit { value, len, guards }) }
}

/// `\033`, the way shells and C write the escape character.
fn octal_escape(text: &[u8], at: usize, guards: usize, whole: bool) -> Option<Unit> {
    let digits = &text[at + guards..];
    for (i, wanted) in b"033".iter().enumerate() {
        match digits.get(i) {
            None if !whole => return None,
            Some(found) if found == wanted => {}
            _ => return Some(Unit { value: b'\\', len: guards, guards: 0 }),
        }
    }
    control(text, at, guards + 3, guards, whole)
}

/// A control sequence `ESC [ parameters final`, whose escape character takes `escape_len` bytes at `at`.
fn control(text: &[u8], at: usize, escape_len: usize, guards: usize, whole: bool) -> Option<Unit> {
    let lone = Unit { value: ESC, len: escape_len, guards };
    let rest = &text[at + escape_len..];
    match rest.first() {
        None => return if whole { Some(lone) } else { None },
        Some(b'[') => {}
        Some(_) => return Some(lone),
    }
    for (i, byte) in rest[1..].iter().take(MAX_PARAMETERS + 1).enumerate() {
        match byte {
            b'0'..=b'9' | b';' | b'?' => {}
            // A backslash always starts a unit, so that units can be found from the middle of a text.
            b'\\' => return Some(lone),
            b'@'..=b'~' if matches!(rest[i], b'[' | b'0'..=b'9') => return Some(Unit { value: ESC, len: escape_len + i + 2, guards }),
            _ => return Some(lone),
        }
    }
    if rest.len() > MAX_PARAMETERS + 1 || whole { Some(lone) } else { None }
}

/// What stands before `at`, looking back at most one unit's length. `whole` says that the text ends with the slice.
#[inline]
pub(crate) fn before(text: &[u8], at: usize, whole: bool) -> Before {
    if at == 0 {
        return Before::Nothing;
    }
    let low = at.saturating_sub(MAX_UNIT + 1);
    match memchr::memrchr2(b'\\', ESC, &text[low..at]) {
        None => Before::Unit(Unit::plain(text[at - 1])),
        Some(last) => after_guard(text, low + last, at, whole),
    }
}

/// What stands before `at`, whose nearest guard or escape character to the left is at `guard`.
#[inline]
pub(crate) fn after_guard(text: &[u8], guard: usize, at: usize, whole: bool) -> Before {
    // The commonest by far: a character escaped by itself, and then plain text.
    if at > guard + 2 && matches!(text[guard + 1], b'n' | b'r' | b't' | b'"') {
        return Before::Unit(Unit::plain(text[at - 1]));
    }
    walk(text, row_start(text, guard), at, whole)
}

/// Where to read on from to find the units around a guard: a row of guards starts a unit, as does an escape character.
pub(crate) fn row_start(text: &[u8], guard: usize) -> usize {
    let low = guard.saturating_sub(MAX_UNIT);
    if text[guard] == ESC { guard } else { text[low..guard].iter().rposition(|b| *b != b'\\').map_or(low, |i| low + i + 1) }
}

fn walk(text: &[u8], from: usize, at: usize, whole: bool) -> Before {
    let mut i = from;
    loop {
        let Some(unit) = unit_at(text, i, whole) else { return Before::Unclear };
        i += unit.len;
        if i > at {
            return Before::Inside;
        }
        if i == at {
            return Before::Unit(unit);
        }
        if !begins(text[i]) {
            // Plain text up to `at`, as there is no guard after the row's.
            return Before::Unit(Unit::plain(text[at - 1]));
        }
    }
}

/// Whether a unit ends at `end`, as one starts at `start`. `None` when more bytes are needed to tell.
pub(crate) fn ends_at(text: &[u8], start: usize, end: usize, whole: bool) -> Option<bool> {
    let mut at = start;
    while let Some(plain) = text.get(at..end).and_then(|rest| memchr::memchr2(b'\\', ESC, rest)) {
        at += plain;
        at += unit_at(text, at, whole)?.len;
    }
    Some(at <= end)
}

/// The first place from `start` to `end` that is not inside a unit: the last letters of an escape look like the beginning
/// of what follows it.
pub(crate) fn skip_inside(text: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| before(text, *at, true) != Before::Inside).unwrap_or(end)
}

/// Where the text before `at` starts to be characters as they are; `at` itself where that cannot be told quickly.
#[inline]
pub(crate) fn plain_before(text: &[u8], at: usize) -> usize {
    let low = at.saturating_sub(PLAIN_REACH);
    let Some(last) = memchr::memrchr2(b'\\', ESC, &text[low..at]) else {
        // What a guard before that guards ends within a unit's length.
        return if low == 0 { 0 } else { (low + MAX_UNIT).min(at) };
    };
    let mut i = row_start(text, low + last);
    while i < at && begins(text[i]) {
        let Some(unit) = unit_at(text, i, true) else { return at };
        i += unit.len;
    }
    i.min(at)
}

/// The unit that ends at `at`, which is where a unit ends.
#[inline]
pub(crate) fn unit_before(text: &[u8], at: usize) -> Option<Unit> {
    let last = *text.get(at.checked_sub(1)?)?;
    let back = |n: usize| at.checked_sub(n).map_or(b' ', |i| text[i]);
    let escaped = match last {
        b'\\' | ESC => true,
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => back(5) == b'u' || back(3) == b'x' || last == b'3',
        _ => false,
    };
    // The final byte of a control sequence stands after a digit or a bracket.
    let control = matches!(last, b'@'..=b'~') && matches!(back(2), b'0'..=b'9' | b'[');
    let found = if escaped || control || back(2) == b'\\' { before(text, at, true) } else { Before::Unit(Unit::plain(last)) };
    match found {
        Before::Unit(unit) => Some(unit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &[u8]) -> Vec<(u8, usize)> {
        let mut out = Vec::new();
        let mut i = 0;
        while i < text.len() {
            let unit = unit_at(text, i, true).unwrap();
            out.push((unit.value, unit.len));
            i += unit.len;
        }
        out
    }

    #[test]
    fn units_are_read_at_any_depth() {
        for guards in 1..=MAX_GUARDS {
            let mut text = vec![b'\\'; guards];
            text.push(b'n');
            assert_eq!(values(&text), [(b'\n', guards + 1)]);
        }
        assert_eq!(values(br"\u003d"), [(b'=', 6)]);
        assert_eq!(values(br"\u0041x"), [(OPAQUE, 6), (b'x', 1)]);
        assert_eq!(values(br"\u001b[32mx"), [(ESC, 10), (b'x', 1)]);
        assert_eq!(values(br"\\x1b[0mx"), [(ESC, 8), (b'x', 1)]);
        assert_eq!(values(b"\x1b[1;31mx"), [(ESC, 7), (b'x', 1)]);
        assert_eq!(values(br"\d"), [(b'\\', 1), (b'd', 1)]);
    }

    #[test]
    fn what_stands_before_agrees_with_reading_forwards() {
        let texts: [&[u8]; 6] = [
            br#"{"a":"x\ny\\nz\u003dq\u001b[32mghp"}"#,
            br"C:\dir\new \\\\\\ \u12 \x4 \033[1m",
            b"\x1b[1;31mred\x1b[0m \x1b",
            br"\\\\\\\\\\\\\\\\\\\\\\\\nabc",
            b"plain text",
            br"\",
        ];
        for text in texts {
            let mut at = 0;
            let mut last = Before::Nothing;
            while at < text.len() {
                assert_eq!(before(text, at, true), last, "{at} in {:?}", text.escape_ascii().to_string());
                let unit = unit_at(text, at, true).unwrap();
                for inside in at + 1..at + unit.len {
                    assert_eq!(before(text, inside, true), Before::Inside, "{inside} in {:?}", text.escape_ascii().to_string());
                }
                at += unit.len;
                last = Before::Unit(unit);
                assert_eq!(unit_before(text, at), Some(unit), "{at} in {:?}", text.escape_ascii().to_string());
            }
        }
    }

    #[test]
    fn an_unfinished_unit_asks_for_more() {
        for text in [&br"\"[..], br"\\", br"\u00", br"\u001b", br"\u001b[3", b"\x1b", b"\x1b[", br"\x1", br"\03"] {
            assert_eq!(unit_at(text, 0, false), None, "{:?}", text.escape_ascii().to_string());
            assert!(unit_at(text, 0, true).is_some());
        }
    }
}
