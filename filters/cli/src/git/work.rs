//! What all steps of a run share.

use std::path::Path;

use gix::ObjectId;

use super::objects::Store;
use crate::scan::progress::Progress;
use crate::setup::Setup;

/// A run's means.
pub(super) struct Work<'w> {
    pub(super) store: &'w Store,
    /// Commits whose parents a shallow clone does not have, sorted.
    pub(super) shallow: &'w [ObjectId],
    /// The folder that linked working trees share.
    pub(super) common_dir: &'w Path,
    pub(super) setup: &'w Setup,
    /// Threads to use, unless each core gets one.
    pub(super) jobs: Option<u16>,
    /// Whether binary files are searched too.
    pub(super) binary: bool,
    pub(super) progress: &'w Progress,
}

impl Work<'_> {
    /// The parents of a commit that are here: none where a shallow clone ends.
    pub(super) fn parents(&self, id: &ObjectId, parents: Vec<ObjectId>) -> Vec<ObjectId> {
        if self.shallow.binary_search(id).is_ok() { Vec::new() } else { parents }
    }
}
