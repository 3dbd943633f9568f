//! Files and folders that the user does not want to hear of.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::from_here;
use crate::failure::Failure;

/// What `--exclude` names, as `.gitignore` would. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Exclude(Gitignore);

impl Exclude {
    /// Reads the patterns. They count from the current folder; in a repository's history, from its root.
    pub(crate) fn new(globs: &[String]) -> Result<Self, Failure> {
        let bad = |glob: &str, why: ignore::Error| Failure::new("bad pattern", format_args!("--exclude {glob}"), why);
        let mut builder = GitignoreBuilder::new("");
        for glob in globs {
            builder.add_line(None, glob).map_err(|error| bad(glob, error))?;
        }
        builder.build().map(Exclude).map_err(|error| bad("", error))
    }

    /// Whether nothing is left out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is left out, or a folder that it is in.
    pub(crate) fn covers(&self, path: &Path, is_dir: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let path = from_here(path);
        let path = path.strip_prefix("/").or_else(|_| path.strip_prefix(".")).unwrap_or(path);
        self.0.matched_path_or_any_parents(path, is_dir).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_ignore_files() {
        let globs = ["vendor/", "*.lock", "/docs", "!keep.lock", "tests/**/fixtures"].map(str::to_owned);
        let exclude = Exclude::new(&globs).unwrap();
        for (path, left_out) in [
            ("vendor/a/b.c", true),
            ("./x/vendor/a", true),
            ("vendor", false),
            ("Cargo.lock", true),
            ("keep.lock", false),
            ("docs/a.md", true),
            ("x/docs/a.md", false),
            ("tests/a/b/fixtures/c", true),
            ("../elsewhere/vendor/x", true),
            ("/somewhere/else/a.lock", true),
            ("src/main.rs", false),
        ] {
            assert_eq!(exclude.covers(Path::new(path), false), left_out, "{path}");
        }
        assert!(exclude.covers(Path::new("vendor"), true));
        let here = std::env::current_dir().unwrap();
        assert!(exclude.covers(&here.join("docs/a"), false));
    }

    #[test]
    fn bad_patterns_are_told() {
        let error = Exclude::new(&["a{b".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("bad pattern: --exclude a{b: "), "{error}");
    }
}
