//! W3C traceparent.

use super::id::Id;

/// Trace and span of `00-<32 digits>-<16 digits>-<2 digits>`.
///
/// As the standard says it, a later version may have more at its end, and an id of zeros is none.
pub(super) fn parent(text: &str) -> Option<(Id, Id)> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let more = parts.next().is_some();
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let set = |part: &str, length| hex(part, length) && part.bytes().any(|b| b != b'0');
    let sound = hex(version, 2) && version != "ff" && !(version == "00" && more) && hex(flags, 2);
    (sound && set(trace, 32) && set(span, 16)).then(|| Id::new(trace).zip(Id::new(span)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sound_parent_counts() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        for sound in [format!("00-{trace}-{span}-01"), format!("cc-{trace}-{span}-01-more")] {
            assert_eq!(parent(&sound), Id::new(trace).zip(Id::new(span)));
        }
        let (no_trace, no_span) = ("0".repeat(32), "0".repeat(16));
        for bad in [
            String::new(),
            format!("00-{trace}-{span}"),
            format!("00-{trace}-{span}-01-more"),
            format!("ff-{trace}-{span}-01"),
            format!("00-{no_trace}-{span}-01"),
            format!("00-{trace}-{no_span}-01"),
            format!("00-{}-{span}-01", trace.to_uppercase()),
            format!("00-{trace}0-{span}-01"),
        ] {
            assert_eq!(parent(&bad), None, "{bad}");
        }
    }
}
