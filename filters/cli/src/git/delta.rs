//! Objects that are stored as changes of others.

use crate::scan::skim::Stretch;

/// Makes of a base and a change the object in `out`. `None` where the change is damaged.
///
/// A change begins with the sizes of the base and of the object, seven bits a byte, the lowest first. A byte above 127
/// says which bytes of an offset and a size follow: that much is copied from the base. Another one above zero is followed
/// by as many new bytes.
///
/// `stretches` gets what was copied.
pub(super) fn apply(base: &[u8], change: &[u8], out: &mut Vec<u8>, stretches: &mut Vec<Stretch>) -> Option<()> {
    let mut rest = change;
    stretches.clear();
    if size(&mut rest)? != base.len() {
        return None;
    }
    let len = size(&mut rest)?;
    out.clear();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let piece = match first {
            0 => return None,
            0x80.. => {
                let offset = number(&mut rest, first, 4)?;
                let size = number(&mut rest, first >> 4, 3)?;
                let size = if size == 0 { 0x1_0000 } else { size };
                note(stretches, Stretch { from: offset, at: out.len(), len: size });
                base.get(offset..)?.get(..size)?
            }
            new => {
                let (new, after) = rest.split_at_checked(usize::from(new))?;
                rest = after;
                new
            }
        };
        if out.len() + piece.len() > len {
            return None;
        }
        out.extend_from_slice(piece);
    }
    (out.len() == len).then_some(())
}

/// Notes a stretch, which may go on with what the last one ended with: one copy takes so much at most.
fn note(stretches: &mut Vec<Stretch>, next: Stretch) {
    match stretches.last_mut() {
        Some(last) if last.at + last.len == next.at && last.from + last.len == next.from => last.len += next.len,
        _ => stretches.push(next),
    }
}

/// The size of the object that a change makes.
pub(super) fn size_of(mut change: &[u8]) -> Option<u64> {
    size(&mut change)?;
    size(&mut change).map(|size| size as u64)
}

fn size(rest: &mut &[u8]) -> Option<usize> {
    let mut size = 0usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        size |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(size);
        }
    }
    None
}

/// A number of which only those bytes are there whose bits are set, the lowest first.
fn number(rest: &mut &[u8], bits: u8, bytes: u32) -> Option<usize> {
    let mut number = 0;
    for byte in (0..bytes).filter(|byte| bits >> byte & 1 != 0) {
        let (&value, after) = rest.split_first()?;
        *rest = after;
        number |= usize::from(value) << (8 * byte);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], change: &[u8]) -> Option<Vec<u8>> {
        let mut object = Vec::new();
        apply(base, change, &mut object, &mut Vec::new()).map(|()| object)
    }

    #[test]
    fn changes_are_applied() {
        let base = b"one two three";
        // Sizes 13 and 9; "three" from the base at 8; " new"
        assert_eq!(applied(base, b"\x0d\x09\x91\x08\x05\x04 new").as_deref(), Some(&b"three new"[..]));
        let long = vec![b'x'; 0x1_0005];
        // A size of zero stands for 65536.
        assert_eq!(applied(&long, b"\x85\x80\x04\x80\x80\x04\x80").map(|object| object.len()), Some(0x1_0000));
    }

    #[test]
    fn damage_is_seen() {
        let base = b"one two three";
        let damaged: [&[u8]; 8] = [
            b"",
            b"\x0d",
            b"\x0c\x05\x91\x08\x05",
            b"\x0d\x05\x91\x0a\x05",
            b"\x0d\x05\x91\x08",
            b"\x0d\x04\x91\x08\x05",
            b"\x0d\x06\x91\x08\x05",
            b"\x0d\x01\x00",
        ];
        for change in damaged {
            assert_eq!(applied(base, change), None, "{change:?}");
        }
        assert_eq!(size_of(b"\x0d\x85\x01"), Some(133));
    }

    #[test]
    fn what_was_copied_is_told() {
        let mut stretches = vec![Stretch { from: 9, at: 9, len: 9 }];
        // "one ", "two " and "new ", then "three".
        let mut object = Vec::new();
        let change = b"\x0d\x11\x90\x04\x91\x04\x04\x04new \x91\x08\x05";
        apply(b"one two three", change, &mut object, &mut stretches).expect("the change is whole");
        assert_eq!(object, b"one two new three");
        assert_eq!(stretches, [Stretch { from: 0, at: 0, len: 8 }, Stretch { from: 8, at: 12, len: 5 }]);
    }
}
