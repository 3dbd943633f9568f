//! Where JSON strings end.

use crate::classify::{BLOCK, equal, vectorised};

/// So many bytes are looked at together for whether a string may end in them.
const STRETCH: usize = 2 * BLOCK;
/// So many before them tell which of their quotes are escaped.
const BEFORE: usize = 4;

/// Where a JSON string ends of which this text is the rest: at its closing quote or, as no string goes over one, at a line's
/// end. `None` if it goes on.
///
/// Vector instructions pass over ordinary text, and over the many escaped quotes of JSON in JSON too.
///
/// ```
/// use tamis_engine::string_end;
/// assert_eq!(string_end(br#"say \"so\""} and more"#), Some(10));
/// assert_eq!(string_end(b"cut\n{"), Some(3));
/// assert_eq!(string_end(b"it goes on"), None);
/// ```
#[must_use]
#[inline]
pub fn string_end(text: &[u8]) -> Option<usize> {
    let Some(near) = text.first_chunk() else { return end_by_bytes(text, 0) };
    let [quotes, backslashes, lines] = marks(near);
    let first = (quotes | backslashes | lines).trailing_zeros() as usize;
    match near.get(first) {
        None => far_end(text, BLOCK),
        Some(b'\\') => far_end(text, 0),
        Some(_) => Some(first),
    }
}

/// The same from one of the first two blocks on.
#[inline(never)]
fn far_end(text: &[u8], mut from: usize) -> Option<usize> {
    if from == 0 {
        let ends = ends_in(text, 0);
        if ends.is_some() {
            return ends;
        }
        from = BLOCK;
    }
    loop {
        let (stretch, may_end) = vectorised(|| next_stretch(text, from));
        if !may_end {
            return end_by_bytes(text, stretch);
        }
        let ends = ends_in(text, stretch).or_else(|| ends_in(text, stretch + BLOCK));
        if ends.is_some() {
            return ends;
        }
        from = stretch + STRETCH;
    }
}

/// The first stretch from here on that a string may end in, or else what comes after the last one.
#[inline(always)]
fn next_stretch(text: &[u8], mut from: usize) -> (usize, bool) {
    while let Some((stretch, _)) = text[from - BEFORE..].split_first_chunk() {
        if may_end::<false>(stretch) && may_end::<true>(stretch) {
            return (from, true);
        }
        from += STRETCH;
    }
    (from, false)
}

/// Whether a string may end in a stretch that comes after a few bytes which were looked at before. A text in a string has
/// many quotes, nearly all of them after just one backslash or, where it is written as a string twice, after three: vector
/// instructions pass over all of them at once.
#[inline(always)]
fn may_end<const TWICE: bool>(stretch: &[u8; BEFORE + STRETCH]) -> bool {
    let mut ends = false;
    for at in BEFORE..stretch.len() {
        let before = |distance| stretch[at - distance] == b'\\';
        let escaped = before(1) & (!before(2) | TWICE & before(3) & !before(4));
        ends |= (stretch[at] == b'"') & !escaped | (stretch[at] == b'\n');
    }
    ends
}

/// The first end of a string in the block at this place.
fn ends_in(text: &[u8], at: usize) -> Option<usize> {
    let ends = ends(text[at..].first_chunk()?, is_escaped(text, at));
    (ends != 0).then(|| at + ends.trailing_zeros() as usize)
}

/// Where strings end in a block of which the first byte is escaped or not.
#[inline]
fn ends(block: &[u8; BLOCK], escaped: bool) -> u64 {
    let [quotes, backslashes, lines] = marks(block);
    lines | quotes & !self::escaped(backslashes, escaped)
}

/// Where quotes, backslashes and line ends stand.
#[inline(always)]
fn marks(block: &[u8; BLOCK]) -> [u64; 3] {
    equal(block, *b"\"\\\n")
}

/// The bytes that are escaped: those after an odd number of backslashes.
#[inline]
fn escaped(backslashes: u64, first: bool) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let first = u64::from(first);
    if backslashes == 0 {
        return first;
    }
    // One that is escaped escapes nothing.
    let backslashes = backslashes & !first;
    let after = backslashes << 1 | first;
    // A sum carries through each run that starts at an odd place, and so tells those from the others where they end.
    let odd = backslashes & !EVEN & !after;
    let even = odd.wrapping_add(backslashes) << 1;
    (EVEN ^ even) & after
}

/// Whether the byte at this place is escaped by what stands before it.
fn is_escaped(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Where a string ends from this place on, by what each byte means.
fn end_by_bytes(text: &[u8], from: usize) -> Option<usize> {
    let mut escaped = is_escaped(text, from);
    let end = text[from..].iter().position(|byte| {
        let ends = *byte == b'\n' || *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })?;
    Some(from + end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_are_found_at_any_distance() {
        for length in 0..3 * STRETCH {
            let long = "x".repeat(length);
            for (end, at) in [
                (r#"","a":1}"#, 0),
                (r#"\\","a":1}"#, 2),
                (r#"\"y","a":1}"#, 3),
                (r#"\\\"\"","a":1}"#, 6),
                ("\n{}", 0),
                ("\\\n{}", 1),
                ("\\\"\n{}", 2),
            ] {
                assert_eq!(string_end(format!("{long}{end}").as_bytes()), Some(length + at), "{length} before {end}");
            }
            assert_eq!(string_end(long.as_bytes()), None);
        }
    }

    proptest! {
        #[test]
        fn many_escapes_do_not_hide_an_end(text in r#"(x{1,90}|\\["\\n]|\\{3}["n]|(\\\\){1,4}|\\){20,60}["\\\n]{0,3}x{0,140}"#) {
            prop_assert_eq!(string_end(text.as_bytes()), end_by_bytes(text.as_bytes(), 0));
        }

        #[test]
        fn each_end_of_a_block_is_marked(text in prop::collection::vec(prop::sample::select(&b"\"\\\nx"[..]), BLOCK + 1)) {
            let block = text[1..].first_chunk().expect("a block");
            let first = text[0] == b'\\';
            let ends = ends(block, first);
            for (at, byte) in block.iter().enumerate() {
                let quote = *byte == b'"' && !is_escaped(&text, at + 1);
                prop_assert_eq!(ends >> at & 1 == 1, quote || *byte == b'\n', "{}", at);
            }
        }
    }
}
