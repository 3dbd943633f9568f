//! Which lane finds a rule's candidates. Soundness first: a rule that no lane finds at every place does not load.

use super::error::BuildErrorKind;
use super::shape::Shape;
use crate::bytes::ByteSet;
use crate::lanes::{run, value};
use crate::program::Lane;
use crate::spec::{Reads, RuleSpec, Side};

/// Shortest literal the literal lane looks for.
const MIN_LITERAL: usize = 3;
/// The same where so many token characters start every match: what is no token is seen to be short.
const MIN_LITERAL_OF_RUN: (usize, u32) = (2, 16);
const HEX: ByteSet = ByteSet::EMPTY.range(b'0', b'9').range(b'A', b'F').range(b'a', b'f');

pub(super) fn derive(spec: &RuleSpec, shape: &Shape, quoted: Option<&Shape>) -> Result<Lane, BuildErrorKind> {
    if spec.reads == Reads::UrlPassword {
        return Ok(Lane::Url);
    }
    if spec.reads == Reads::Compared {
        return if spec.words.is_empty() {
            Err(BuildErrorKind::Words("a comparison needs `words` of its name"))
        } else {
            Ok(Lane::Literal)
        };
    }
    if quoted.is_some() && spec.words.is_empty() {
        return Err(BuildErrorKind::Words("`quoted` is for values: it needs `words`"));
    }
    let long_run = |shape: &Shape| u64::from(shape.min_run) >= run::MIN_RUN;
    let starts_with_digits = starts_within(shape, ByteSet::EMPTY.range(b'0', b'9').with(b"+("));
    let edge = spec.left != Some(Side::None);
    if edge && starts_with_digits && shape.min_digits >= 4 && shape.digits_go_on && !long_run(shape) {
        return Ok(Lane::Digit);
    }
    if !spec.words.is_empty() {
        let long_value = |shape: &Shape| u64::from(shape.min_wide) >= value::MIN_RUN;
        let all_long = long_value(shape) && quoted.is_none_or(long_value);
        return Ok(if all_long { Lane::RunValue } else { Lane::WordValue });
    }
    if edge && long_run(shape) {
        Ok(Lane::Run)
    } else if !shape.prefixes.is_empty() && shape.prefixes.iter().all(|p| p.len() >= min_literal(shape)) {
        Ok(Lane::Literal)
    } else if edge && shape.lead {
        Ok(Lane::Lead)
    } else if shape.local_at && spec.left == Some(Side::Local) {
        Ok(Lane::At)
    } else if edge && shape.colon_groups && starts_within(shape, HEX) {
        Ok(Lane::Colon)
    } else {
        Err(BuildErrorKind::NoLane)
    }
}

fn min_literal(shape: &Shape) -> usize {
    let (least, run) = MIN_LITERAL_OF_RUN;
    if shape.min_run >= run { least } else { MIN_LITERAL }
}

fn starts_within(shape: &Shape, set: ByteSet) -> bool {
    (0..=255u8).all(|b| !shape.first.contains(b) || set.contains(b))
}
