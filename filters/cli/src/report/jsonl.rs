//! For programs: one JSON object a line.

use std::io::{self, Write};

use super::{End, Found, Reporter};
use crate::jsonl;

/// Writes each finding as it comes.
pub(super) struct Jsonl;

impl Reporter for Jsonl {
    fn finding(&mut self, mut out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            return Ok(());
        }
        jsonl::finding(&mut out, found.place, found.decided, found.by_policy, found.rule, found.parts)
    }

    fn finish(&mut self, _: &mut dyn Write, _: &End) -> io::Result<Option<String>> {
        Ok(None)
    }
}
