//! Arguments about history and changes.

use std::path::PathBuf;

use clap::Args;
use tamis::Author;

use super::one_of;

/// What of a repository is searched. PATH is then its folder.
#[derive(Debug, Args)]
#[command(next_help_heading = "History and changes")]
pub(crate) struct GitArgs {
    /// Search the commits of this range, such as origin/main..HEAD; without RANGE, all that HEAD leads to. PATH is the
    /// repository
    #[arg(long, value_name = "RANGE", num_args = 0..=1, group = "source")]
    pub(crate) git: Option<Option<String>>,
    /// With --git: search the commits of all branches and tags
    #[arg(long, requires = "git")]
    pub(crate) all: bool,
    /// Search what is staged for the next commit
    #[arg(long, group = "source")]
    pub(crate) staged: bool,
    /// Search what differs from the last commit in tracked files
    #[arg(long, group = "source")]
    pub(crate) working_tree: bool,
    /// Search what a unified diff or a mailed patch adds, `-` for standard input
    #[arg(long, value_name = "FILE", group = "source", conflicts_with = "paths")]
    pub(crate) diff: Option<PathBuf>,
    /// Only tell what stands in commits by these. A commit without a mark counts as a person's
    #[arg(long, value_name = "WHO", default_value = "any", value_parser = one_of(&By::ALL, By::as_str), requires = "source")]
    pub(crate) authored_by: By,
    /// Do not fail for what the last commit no longer holds: list it, as it has to be rotated
    #[arg(long, requires = "git")]
    pub(crate) pass_removed: bool,
}

impl GitArgs {
    /// Whether more than plain files is searched.
    pub(crate) fn is_given(&self) -> bool {
        self.git.is_some() || self.staged || self.working_tree || self.diff.is_some()
    }
}

/// Whose commits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Any,
    One(Author),
}

impl By {
    const ALL: [By; 3] = [By::Any, By::One(Author::Agent), By::One(Author::Human)];

    fn as_str(self) -> &'static str {
        match self {
            By::Any => "any",
            By::One(author) => author.as_str(),
        }
    }

    /// The one, if not all do.
    pub(crate) fn author(self) -> Option<Author> {
        match self {
            By::Any => None,
            By::One(author) => Some(author),
        }
    }
}
