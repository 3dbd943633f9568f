//! Where transcripts and histories lie.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ignore::WalkBuilder;

use crate::failure::{Failure, complain, system_text};

/// A program, the variable that names its folder, that folder in the home folder, and what lies in it.
type Home = (Option<&'static str>, &'static str, &'static [&'static str]);

const HOMES: [Home; 4] = [
    (Some("CLAUDE_CONFIG_DIR"), ".claude", &["projects", "history.jsonl", "todos", "paste-cache", "shell-snapshots"]),
    (Some("CODEX_HOME"), ".codex", &["sessions", "archived_sessions", "history.jsonl"]),
    (None, ".gemini", &["tmp"]),
    (
        None,
        "",
        &[
            ".bash_history",
            ".zsh_history",
            ".ash_history",
            ".local/share/fish/fish_history",
            ".python_history",
            ".node_repl_history",
            ".psql_history",
            ".mysql_history",
            ".sqlite_history",
            ".rediscli_history",
        ],
    ),
];

/// Endings of transcripts; in a folder, other files are left out.
const ENDINGS: [&str; 4] = ["jsonl", "json", "md", "txt"];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The files, in the order of their names.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Whether something could not be looked at.
    pub(super) incomplete: bool,
}

/// The files that are named, or those in the usual places.
pub(super) fn files(named: &[PathBuf]) -> Result<Files, Failure> {
    let usual;
    let roots = match named {
        [] => {
            usual = usual_places()?;
            &usual[..]
        }
        named => named,
    };
    let mut files = Files::default();
    roots.iter().for_each(|root| files.add(root));
    Ok(files)
}

impl Files {
    fn add(&mut self, root: &Path) {
        match fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => {}
            // What is no folder is read, and that tells what is wrong with it.
            Ok(_) => {
                self.paths.insert(root.to_owned());
                return;
            }
            Err(error) => {
                complain(Failure::file("cannot read", root, &error));
                self.incomplete = true;
                return;
            }
        }
        // A link may lead anywhere: what is behind it is looked at where it lies.
        for entry in WalkBuilder::new(root).standard_filters(false).follow_links(false).build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) && is_transcript(entry.path()) => {
                    self.paths.insert(entry.into_path());
                }
                Ok(_) => {}
                Err(error) => {
                    let why = error.io_error().map_or_else(|| error.to_string(), system_text);
                    complain(Failure::new("cannot read", root.display(), why));
                    self.incomplete = true;
                }
            }
        }
    }
}

fn is_transcript(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    // What a session's shell starts with: variables and functions. Elsewhere a script is no transcript.
    let is_snapshot = || ending == "sh" && path.parent().is_some_and(|folder| folder.ends_with("shell-snapshots"));
    !name.contains(".tamis-") && (ENDINGS.contains(&&*ending) || name.ends_with("_history") || is_snapshot())
}

/// The usual places that exist.
fn usual_places() -> Result<Vec<PathBuf>, Failure> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("HOME").or_else(|| set("USERPROFILE"));
    let home = home.ok_or_else(|| Failure::new("no transcripts", "there is no home folder", "name files or folders"))?;
    let mut places: Vec<PathBuf> = HOMES
        .iter()
        .flat_map(|(variable, folder, names)| {
            let base = variable.and_then(set).unwrap_or_else(|| home.join(folder));
            names.iter().map(move |name| base.join(name))
        })
        .collect();
    places.extend(set("HISTFILE"));
    places.retain(|place| place.exists());
    Ok(places)
}
