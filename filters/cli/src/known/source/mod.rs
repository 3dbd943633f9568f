//! Where known values are kept: the environment, `.env` files, lists, JSON, CSV; and sets of hashes.

mod dotenv;
mod list;
mod table;
mod tree;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use tamis::engine::KnownSet;

use super::choice::Choice;
use crate::failure::Failure;

/// A value, and what to call it.
pub(super) struct Value {
    pub(super) name: Option<String>,
    pub(super) bytes: Vec<u8>,
    /// For messages: where it stands, and never what it is.
    pub(super) place: String,
}

/// One argument of `--known`.
pub(super) enum Source {
    /// The environment.
    Env,
    /// The `.env` files of the current folder.
    Dotenv(Vec<(PathBuf, String)>),
    /// One value a line.
    List(PathBuf, Vec<u8>),
    /// JSON, or a document a line.
    Json(PathBuf, String, bool),
    /// CSV with a header.
    Csv(PathBuf, String),
    /// Hashes.
    Set(Box<KnownSet>),
}

impl Source {
    /// Reads what is to be read, and tells by name and content what it is.
    pub(super) fn open(from: &Path) -> Result<Self, Failure> {
        match from.to_str() {
            Some("env") => return Ok(Source::Env),
            Some("dotenv") => return dotenv_files(),
            _ => {}
        }
        let bytes = fs::read(from).map_err(|error| Failure::file("cannot read known values", from, &error))?;
        if KnownSet::is_set(&bytes) {
            let set = KnownSet::from_bytes(&bytes).map_err(|error| Failure::new("cannot use the set", from.display(), error))?;
            return Ok(Source::Set(Box::new(set)));
        }
        let name = from.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let ends = |end: &str| name.ends_with(end);
        let (json, lines) = (ends(".json"), ends(".jsonl") || ends(".ndjson"));
        if !is_dotenv(&name) && !json && !lines && !ends(".csv") {
            return Ok(Source::List(from.to_owned(), bytes));
        }
        let text = String::from_utf8(bytes).map_err(|_| Failure::new("bad known values", from.display(), "it is not UTF-8 text"))?;
        Ok(match () {
            () if json || lines => Source::Json(from.to_owned(), text, lines),
            () if ends(".csv") => Source::Csv(from.to_owned(), text),
            () => Source::Dotenv(vec![(from.to_owned(), text)]),
        })
    }

    /// Whether all values in it were put there to be looked for.
    pub(super) fn is_meant(&self) -> bool {
        !matches!(self, Source::Env | Source::Dotenv(_))
    }

    /// The values; `fields` are the names of those that are taken from JSON and CSV.
    pub(super) fn values(self, fields: &[String]) -> Result<Vec<Value>, Failure> {
        match self {
            Source::Env => Ok(environment()),
            Source::Dotenv(files) => {
                let mut values = Vec::new();
                for (path, text) in files {
                    let pairs = dotenv::pairs(&text).map_err(|(line, why)| bad(&path, line, why))?;
                    let place = |line| format!("{}:{line}", path.display());
                    values.extend(chosen(pairs.into_iter().map(|pair| (pair.name, pair.value, place(pair.line)))));
                }
                Ok(values)
            }
            Source::List(path, bytes) => Ok(list::values(&path, &bytes)),
            Source::Json(path, text, lines) => tree::values(&path, &text, lines, fields),
            Source::Csv(path, text) => table::values(&path, &text, fields),
            Source::Set(_) => Ok(Vec::new()),
        }
    }
}

/// Those of named values that are secrets.
fn chosen(named: impl Iterator<Item = (String, String, String)>) -> Vec<Value> {
    let mut choice = Choice::new();
    let mut values = Vec::new();
    for (name, value, place) in named {
        for secret in choice.secrets(&name, &value) {
            values.push(Value { name: Some(name.clone()), bytes: secret.into(), place: format!("{place}: {name}") });
        }
    }
    values
}

fn environment() -> Vec<Value> {
    let named = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?, "env".to_owned())));
    chosen(named)
}

/// The `.env` files here, but for those that show how one is written.
fn dotenv_files() -> Result<Source, Failure> {
    let here = Path::new(".");
    let entries = fs::read_dir(here).map_err(|error| Failure::file("cannot read known values", here, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| PathBuf::from(entry.file_name()))).collect();
    paths.retain(|path| path.to_str().is_some_and(|name| name.starts_with(".env") && is_dotenv(name)) && path.is_file());
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::new("no known values", "dotenv", "there is no .env file in the current folder"));
    }
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(error) => Err(Failure::file("cannot read known values", &path, &error)),
    };
    paths.into_iter().map(read).collect::<Result<_, _>>().map(Source::Dotenv)
}

fn is_dotenv(name: &str) -> bool {
    let sample = ["example", "sample", "template", "dist"].iter().any(|end| name.ends_with(end));
    !sample && (name == ".env" || name.starts_with(".env.") || name.ends_with(".env"))
}

/// A mistake in a file of values.
fn bad(path: &Path, line: usize, why: impl std::fmt::Display) -> Failure {
    Failure::new("bad known values", format_args!("{}:{line}", path.display()), why)
}
