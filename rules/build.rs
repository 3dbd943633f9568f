//! Compiles `data/*.toml` into the program that [`builtin`] decodes, so that start-up builds no automaton.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "a build script reads and writes files and talks to cargo")]

#[allow(unreachable_pub, dead_code, reason = "the library shares this module and exports more of it")]
#[path = "src/format.rs"]
mod format;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use tamis_engine::RuleSpec;

/// One file of the pack.
struct Source {
    name: String,
    path: PathBuf,
    text: String,
}

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src/format.rs");
    if let Err(errors) = run() {
        errors.iter().for_each(|error| println!("cargo::error={error}"));
        process::exit(1);
    }
}

/// Compiles the pack; all that is wrong with it, one line a mistake.
fn run() -> Result<(), Vec<String>> {
    let single = |error: &dyn Error| vec![error.to_string()];
    let sources = read(Path::new("data")).map_err(|e| single(&*e))?;
    let specs = load(&sources)?;
    let program = tamis_engine::compile(&specs).map_err(|error| {
        let mut errors: Vec<String> =
            specs.iter().filter_map(|spec| tamis_engine::compile(std::slice::from_ref(spec)).err()).map(|e| place(&sources, &e)).collect();
        if errors.is_empty() {
            // Each rule is right by itself: two of them do not go together.
            errors.push(place(&sources, &error));
        }
        errors
    })?;
    write(&sources, &program.to_bytes()).map_err(|e| single(&*e))
}

fn load(sources: &[Source]) -> Result<Vec<RuleSpec>, Vec<String>> {
    let (mut specs, mut errors) = (Vec::new(), Vec::new());
    for source in sources {
        match format::load(&source.name, &source.text) {
            Ok(loaded) => specs.extend(loaded),
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(specs) } else { Err(errors) }
}

fn write(sources: &[Source], program: &[u8]) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("builtin.bin"), program)?;
    fs::write(out.join("sources.rs"), listing(sources)?)?;
    Ok(())
}

/// The pack's files by name: the order of the rules does not depend on the file system.
fn read(folder: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = format!("rules/{}", path.display());
            let text = fs::read_to_string(&path)?;
            sources.push(Source { name, path: path.canonicalize()?, text });
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sources)
}

/// Says in which file the rule that does not compile stands.
fn place(sources: &[Source], error: &tamis_engine::BuildError) -> String {
    let found = sources.iter().find_map(|s| format::locate(&s.name, &s.text, error));
    found.map_or_else(|| error.to_string(), |placed| placed.to_string())
}

/// A Rust list of the files, so that the library can parse them when it is asked for the rules' sources.
fn listing(sources: &[Source]) -> Result<String, Box<dyn Error>> {
    let mut list = String::from("&[\n");
    for source in sources {
        writeln!(list, "    ({:?}, include_str!({:?})),", source.name, source.path)?;
    }
    list.push_str("]\n");
    Ok(list)
}
