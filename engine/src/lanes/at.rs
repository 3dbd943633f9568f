//! '@' lane: every `@`, and where the name before it starts.

use crate::bytes::ByteSet;
use crate::escape;

/// Longest local part of an address.
pub(crate) const MAX_LOCAL: usize = 64;

/// Where the local part that ends at `at` starts, unless there is none or it is too long.
pub(crate) fn local_start(text: &[u8], at: usize) -> Option<usize> {
    let low = at.saturating_sub(MAX_LOCAL + 1);
    let len = text[low..at].iter().rev().take_while(|b| ByteSet::LOCAL.contains(**b)).count();
    let start = escape::skip_inside(text, at - len, at);
    (start < at && at - start <= MAX_LOCAL).then_some(start)
}

/// Bytes at the end of the text that may be the local part of an address still to come; none when it is too long.
pub(crate) fn pending(text: &[u8]) -> usize {
    // The letters of an escape look like a part of the name.
    let most = MAX_LOCAL + 8;
    let len = text.iter().rev().take(most + 1).take_while(|b| ByteSet::LOCAL.contains(**b)).count();
    if len > most { 0 } else { len }
}
