//! What a token looks like: `[TOKEN:rule:key:body]`.
//!
//! It starts and ends with a bracket and holds none, and no character of it needs an escape in JSON, XML or a shell's
//! quotes. So its end is known wherever it stands.

use super::key::MAX_ID;

pub(super) const START: &[u8] = b"[TOKEN:";
/// Most characters of a rule's id in a token.
pub(super) const MAX_RULE: usize = 80;
/// Longest value that becomes a token. What is longer would fill a prompt.
pub(super) const MAX_VALUE: usize = 1024;
/// Bytes that authenticate a value.
pub(super) const TAG: usize = 16;
/// Most characters of a body.
const MAX_BODY: usize = (MAX_VALUE + TAG).div_ceil(3) * 4;
/// Most bytes of a token.
pub(super) const MAX_TOKEN: usize = START.len() + MAX_RULE + MAX_ID + MAX_BODY + 3;

/// A token taken apart.
pub(super) struct Parts<'t> {
    pub(super) rule: &'t str,
    pub(super) key: &'t str,
    pub(super) body: &'t str,
}

impl<'t> Parts<'t> {
    pub(super) fn of(token: &'t str) -> Option<Self> {
        let inner = token.strip_prefix("[TOKEN:")?.strip_suffix(']')?;
        let mut parts = inner.split(':');
        let (rule, key, body) = (parts.next()?, parts.next()?, parts.next()?);
        (parts.next().is_none() && is_rule(rule)).then_some(Parts { rule, key, body })
    }

    pub(super) fn join(&self) -> String {
        let Parts { rule, key, body } = self;
        format!("[TOKEN:{rule}:{key}:{body}]")
    }
}

/// Whether the byte may stand between a token's start and its closing bracket.
pub(super) fn is_inner(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':')
}

/// Whether the rule's id can stand in a token.
pub(super) fn is_rule(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_RULE && id.bytes().all(|b| is_inner(b) && b != b':')
}
