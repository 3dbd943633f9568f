//! Whether a text came out as it went in.

/// Bytes that are compared at once.
const STEP: usize = 64;

/// Whether these are the same bytes. In wasm, `==` looks at one after the other.
///
/// ```
/// assert!(tamis::same(b"as it was", b"as it was"));
/// assert!(!tamis::same(b"as it was", b"as it is"));
/// ```
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (one.as_chunks::<STEP>(), other.as_chunks::<STEP>());
    let differs = |(one, other): (&[u8; STEP], &[u8; STEP])| one.iter().zip(other).fold(0, |bits, (a, b)| bits | (a ^ b)) != 0;
    one.0.len() == other.0.len() && one.1 == other.1 && !one.0.iter().zip(other.0).any(differs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts() {
        let text: Vec<u8> = (0..200).collect();
        for length in 0..text.len() {
            assert!(same(&text[..length], &text.clone()[..length]));
            assert!(!same(&text[..length], &text[..length + 1]));
            let mut changed = text[..=length].to_vec();
            changed[length] ^= 1;
            assert!(!same(&text[..=length], &changed));
        }
    }
}
