//! Known values: exact secrets of the user's own, read where they are kept and hashed at once.

mod choice;
mod source;

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use tamis::engine::{KnownKey, KnownSet, KnownSetBuilder};

use crate::args::{KnownArgs, KnownBuildArgs, KnownCommand, KnownCommandArgs, KnownReadingArgs};
use crate::failure::{Exit, Failure, complain, plural};
use source::{Source, Value};

/// Holds the key where no file does.
const VARIABLE: &str = "TAMIS_KNOWN_KEY";

/// Runs `tamis known`.
pub(crate) fn run(args: &KnownCommandArgs) -> Result<Exit, Failure> {
    match &args.command {
        KnownCommand::Build(args) => build(args),
    }
}

fn build(args: &KnownBuildArgs) -> Result<Exit, Failure> {
    let key = key(&args.reading)?.ok_or_else(|| no_key("a set needs a key"))?;
    let mut values = KnownSetBuilder::default();
    for from in &args.from {
        if let Source::Set(_) = Source::open(from)? {
            return Err(Failure::new("cannot build", from.display(), "it is a set already"));
        }
        for value in Source::open(from)?.values(&args.reading.known_field)? {
            let name = value.name.as_deref().filter(|_| !args.no_names);
            for note in values.add(name, &value.bytes) {
                complain(format_args!("{}: {note}", value.place));
            }
        }
    }
    if values.is_empty() {
        return Err(Failure::new("cannot build", "no value was taken", "see docs/known-values.md for which are"));
    }
    let bytes = values.build(&key).to_bytes();
    write(&args.output, &bytes).map_err(|error| Failure::file("cannot write the set", &args.output, &error))?;
    complain(format_args!("{} in {}, {} bytes", plural(values.len() as u64, "value"), args.output.display(), bytes.len()));
    Ok(Exit::Clean)
}

/// The set tells names and lengths: it is for its owner, unless he says otherwise.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// The values to look for, and the key they are hashed with; none if none were asked for.
pub(crate) fn load(args: &KnownArgs) -> Result<Option<(KnownSet, KnownKey)>, Failure> {
    if args.known.is_empty() {
        return Ok(None);
    }
    let given = key(&args.reading)?;
    let key = match &given {
        Some(key) => key.clone(),
        None => random_key()?,
    };
    let mut values = KnownSetBuilder::default();
    let mut sets = Vec::new();
    for from in &args.known {
        match Source::open(from)? {
            Source::Set(_) if given.is_none() => return Err(no_key(&from.display().to_string())),
            Source::Set(set) => sets.push((from, *set)),
            source => {
                // Of surroundings only some values are secrets; what stands in a list was meant.
                let meant = source.is_meant();
                for Value { name, bytes, place } in source.values(&args.reading.known_field)? {
                    let notes = values.add(name.as_deref(), &bytes);
                    notes.iter().filter(|note| meant && note.is_refusal()).for_each(|note| complain(format_args!("{place}: {note}")));
                }
            }
        }
    }
    let mut all = values.build(&key);
    for (from, set) in sets {
        if !set.fits(&key) {
            return Err(Failure::new("cannot use the set", from.display(), "it was made with another key"));
        }
        all = all.merge(set);
    }
    Ok(Some((all, key)))
}

/// The key that was given. Its file holds the key; a line end after it is not a part of it.
fn key(args: &KnownReadingArgs) -> Result<Option<KnownKey>, Failure> {
    let (place, bytes) = match &args.known_key {
        Some(path) => {
            let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the key of known values", path, &error))?;
            (path.display().to_string(), bytes)
        }
        None => match env::var_os(VARIABLE) {
            Some(value) => (VARIABLE.to_owned(), value.into_encoded_bytes()),
            None => return Ok(None),
        },
    };
    let key = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    KnownKey::new(key).map(Some).map_err(|short| Failure::new("bad key of known values", place, short))
}

fn no_key(place: &str) -> Failure {
    let remedy = format!("give --known-key FILE or set {VARIABLE}; `tamis keygen known` makes one");
    Failure::new("no key of known values", place, remedy)
}

/// For values that are hashed and forgotten within one run.
fn random_key() -> Result<KnownKey, Failure> {
    let mut bytes = [0; 32];
    let made = getrandom::fill(&mut bytes).ok().and_then(|()| KnownKey::new(&bytes).ok());
    made.ok_or_else(|| Failure::new("cannot make a key", "the system's random numbers", "give one with --known-key"))
}
