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
const MAX_PARAMETERS: usize = 16;
/// An upper bound on a unit's raw length: guards, `u001b`, `[`, parameters, final byte.
pub(crate) const MAX_UNIT: usize = MAX_GUARDS + 5 + 1 + MAX_PARAMETERS + 1;
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
    /// A unit with this value ends here.
    Value(u8),
    /// Not known before more bytes have come.
    Unclear,
}

/// Reads the unit at `at`. `None` when more bytes are needed to tell (never with `whole`).
#[inline]
pub(crate) fn unit_at(text: &[u8], at: usize, whole: bool) -> Option<Unit> {
    match text[at] {
        b'\\' => guarded(text, at, whole),
        ESC => control(text, at, 1, 0, whole),
        value => Some(Unit { value, len: 1, guards: 0 }),
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
    match memchr::memchr2(b'\\', ESC, &text[low..at]) {
        None => Before::Value(text[at - 1]),
        Some(first) => walk(text, low + first, at, whole),
    }
}

fn walk(text: &[u8], from: usize, at: usize, whole: bool) -> Before {
    let mut i = from;
    loop {
        let Some(unit) = unit_at(text, i, whole) else { return Before::Unclear };
        if i + unit.len > at {
            return Before::Inside;
        }
        i += unit.len;
        if i == at {
            return Before::Value(unit.value);
        }
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
                last = Before::Value(unit.value);
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
