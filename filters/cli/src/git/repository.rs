//! Opens a repository.

use std::path::Path;

use gix::discover::upwards;
use gix::sec::trust::Mapping;
use gix::{ObjectId, ThreadSafeRepository};

use super::objects::Store;
use crate::failure::{Failure, plural};

/// A repository, and the objects in it.
pub(super) struct Repository {
    pub(super) git: gix::Repository,
    pub(super) store: Store,
    /// Commits whose parents a shallow clone does not have, sorted.
    pub(super) shallow: Vec<ObjectId>,
}

impl Repository {
    /// Opens the repository that this folder is in. As for git itself, the environment of a hook comes first.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let shown = &folder.display();
        let why = |error: gix::Error| Failure::new("cannot open the repository", shown, cause(&error));
        let git = ThreadSafeRepository::discover_with_environment_overrides_opts(
            folder,
            upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() },
            Mapping::default(),
        );
        let git = git.map_err(|error| match folder.exists() {
            true if error.is_not_found() => Failure::new("no git repository", shown, "name its folder after the options"),
            true => why(error),
            false => Failure::new("no git repository", shown, "no such directory"),
        })?;
        let git = git.to_thread_local();
        let store = Store::open(&git).map_err(|error| Failure::new("cannot open the repository", shown, error))?;
        let mut shallow: Vec<ObjectId> = match git.shallow_commits() {
            Ok(commits) => commits.map(|commits| commits.iter().copied().collect()).unwrap_or_default(),
            Err(error) => return Err(why(error)),
        };
        shallow.sort();
        Ok(Repository { git, store, shallow })
    }

    /// The commit that is checked out, if there is one yet.
    pub(super) fn head(&self) -> Result<Option<ObjectId>, Failure> {
        let why = |what: String| Failure::new("cannot read HEAD", self.git.git_dir().display(), format_args!("{what}: run `git fsck`"));
        let mut head = self.git.head().map_err(|error| why(cause(&error)))?;
        if head.is_unborn() {
            return Ok(None);
        }
        let target = head.id().map(gix::Id::detach);
        let peeled = head.try_peel_to_id().map(|id| id.map(gix::Id::detach));
        peeled.map_err(|error| {
            why(target.map_or_else(|| cause(&error), |id| format!("the commit {id} is missing or damaged, or where it is cannot be read")))
        })
    }
}

/// Says that a clone does not have all of the history.
pub(super) fn shallow_line(cut: usize) -> Failure {
    let remedy = "what came before was not searched: `git fetch --unshallow`, or in a CI job fetch-depth: 0";
    Failure::new("the clone is shallow", format_args!("its history ends at {}", plural(cut as u64, "commit")), remedy)
}

/// What an error of git comes from, in a few words.
pub(super) fn cause(error: &gix::Error) -> String {
    error.probable_cause().to_string()
}
