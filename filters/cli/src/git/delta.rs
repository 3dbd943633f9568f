//! Objects that are stored as changes of others.

/// The object that a change makes of its base. `None` where the change is damaged or the object above the limit.
///
/// A change begins with the sizes of the base and of the object, seven bits a byte, the lowest first. A byte above 127
/// says which bytes of an offset and a size follow: that much is copied from the base. Another one above zero is followed
/// by as many new bytes.
pub(super) fn apply(base: &[u8], change: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut rest = change;
    if size(&mut rest)? != base.len() {
        return None;
    }
    let len = size(&mut rest).filter(|len| *len <= most)?;
    let mut object = Vec::with_capacity(len);
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let piece = match first {
            0 => return None,
            0x80.. => {
                let offset = number(&mut rest, first, 4)?;
                let size = number(&mut rest, first >> 4, 3)?;
                base.get(offset..)?.get(..if size == 0 { 0x1_0000 } else { size })?
            }
            new => {
                let (new, after) = rest.split_at_checked(usize::from(new))?;
                rest = after;
                new
            }
        };
        if object.len() + piece.len() > len {
            return None;
        }
        object.extend_from_slice(piece);
    }
    (object.len() == len).then_some(object)
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

    #[test]
    fn changes_are_applied() {
        let base = b"one two three";
        // Sizes 13 and 9; "three" from the base at 8; " new"
        assert_eq!(apply(base, b"\x0d\x09\x91\x08\x05\x04 new", 100).as_deref(), Some(&b"three new"[..]));
        let long = vec![b'x'; 0x1_0005];
        // A size of zero stands for 65536.
        assert_eq!(apply(&long, b"\x85\x80\x04\x80\x80\x04\x80", usize::MAX).map(|object| object.len()), Some(0x1_0000));
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
            assert_eq!(apply(base, change, 100), None, "{change:?}");
        }
        assert_eq!(apply(base, b"\x0d\x05\x91\x08\x05", 4), None);
    }
}
