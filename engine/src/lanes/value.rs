//! Value lane: places where a run of at least sixteen characters starts that values known by their names are made of.

use super::run::sixteen;
use crate::masks::View;

/// The places in a block. Those in the last fifteen bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places(view: &View<'_>) -> u64 {
    let here = view.here;
    if here.wide == 0 {
        return 0;
    }
    // Inside a run a value starts only after an escape, whose letters look like a part of the run.
    let starts = !view.after_one(|m| m.wide) | here.edge & view.after_one(|m| m.alnum);
    sixteen(view.pair(|m| m.wide)) & starts
}
