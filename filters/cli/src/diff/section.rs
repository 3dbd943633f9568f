//! Which file a diff is at.

use std::sync::Arc;

use gix::bstr::ByteSlice as _;

use super::path;
use crate::git::shown;

/// The file that the next hunks are about, as far as its head was read.
#[derive(Debug, Default)]
pub(super) struct Section {
    old: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
    /// Whether paths begin with a letter for their side, where the head says so.
    prefixed: Option<bool>,
}

/// What a line outside of hunks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// The first line about a file.
    File,
    /// More about it.
    More,
    /// The last line about it: hunks come next.
    Text,
    /// The file is binary, and what changed in it is not shown,
    Binary,
    /// or follows as encoded lines up to an empty one.
    BinaryPatch,
    /// Another repository, of which only commits are named.
    Submodule,
    /// None of this.
    Prose,
}

const MORE: [&[u8]; 11] = [
    b"index ",
    b"mode ",
    b"old mode ",
    b"new mode ",
    b"new file mode ",
    b"deleted file mode ",
    b"similarity index ",
    b"dissimilarity index ",
    b"rename from ",
    b"copy from ",
    b"copy to ",
];

impl Section {
    /// Reads a line outside of hunks.
    pub(super) fn line(&mut self, line: &[u8]) -> Head {
        if let Some(paths) = line.strip_prefix(b"diff --git ") {
            let (new, prefixed) = path::of_git_line(paths);
            *self = Section { old: None, new: Some(new), prefixed: Some(prefixed) };
            return Head::File;
        }
        if let Some(file) = line.strip_prefix(b"diff --cc ").or_else(|| line.strip_prefix(b"diff --combined ")) {
            *self = Section { old: None, new: Some(path::of_side(file)), prefixed: None };
            return Head::File;
        }
        if let Some(side) = line.strip_prefix(b"--- ") {
            self.old = Some(path::of_side(side));
            return Head::More;
        }
        if let Some(side) = line.strip_prefix(b"+++ ") {
            self.plus(path::of_side(side));
            return Head::Text;
        }
        if let Some(new) = line.strip_prefix(b"rename to ") {
            self.new = Some(path::of_side(new));
            return Head::More;
        }
        match line {
            _ if line.starts_with(b"GIT binary patch") => Head::BinaryPatch,
            _ if line.starts_with(b"Binary files ") && line.trim_ascii_end().ends_with(b" differ") => Head::Binary,
            _ if line.starts_with(b"Submodule ") && line.contains_str("..") => Head::Submodule,
            _ if self.new.is_some() && MORE.iter().any(|start| line.starts_with(start)) => Head::More,
            _ => Head::Prose,
        }
    }

    fn plus(&mut self, new: Vec<u8>) {
        let old = self.old.as_deref().unwrap_or_default();
        let prefixed = self.prefixed.unwrap_or_else(|| path::have_prefixes(old, &new) || old == b"/dev/null" && new.starts_with(b"b/"));
        self.new = Some(match new.as_slice() {
            // It is gone: nothing of it is new.
            b"/dev/null" if self.prefixed == Some(true) || old.starts_with(b"a/") => path::rest(old).to_vec(),
            b"/dev/null" => old.to_vec(),
            _ if prefixed => path::rest(&new).to_vec(),
            _ => new,
        });
    }

    /// The file's path as reports show it.
    pub(super) fn path(&self) -> Option<Arc<str>> {
        self.new.as_deref().map(|path| shown(path.into()).into())
    }

    /// Nothing is known of the next file.
    pub(super) fn reset(&mut self) {
        *self = Section::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_all_kinds_name_the_file() {
        let cases: [(&[&str], &str); 9] = [
            (&["diff --git a/x b/x", "index 1..2 100644", "--- a/x", "+++ b/x"], "x"),
            (&["diff --git a/old b/new", "rename from old", "rename to new"], "new"),
            (&["diff --git src/x src/x", "--- src/x", "+++ src/x"], "src/x"),
            (&["diff --git a/gone b/gone", "--- a/gone", "+++ /dev/null"], "gone"),
            (&["diff --cc merged.rs", "--- a/merged.rs", "+++ b/merged.rs"], "merged.rs"),
            (&["--- old/x.c\t2026-01-01", "+++ new/x.c\t2026-01-02"], "new/x.c"),
            (&["--- a/x", "+++ b/x"], "x"),
            (&["--- /dev/null", "+++ b/x"], "x"),
            (&["--- trunk/x\t(revision 1)", "+++ trunk/x\t(working copy)"], "trunk/x"),
        ];
        for (lines, path) in cases {
            let mut section = Section::default();
            assert!(lines.iter().all(|line| section.line(line.as_bytes()) != Head::Prose), "{lines:?}");
            assert_eq!(section.path().as_deref(), Some(path), "{lines:?}");
        }
    }
}
