//! Compiles `data/*.toml` into the program that [`builtin`] decodes, so that start-up builds no automaton.

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
    if let Err(error) = run() {
        println!("cargo::error={error}");
        process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let sources = read(Path::new("data"))?;
    let mut specs: Vec<RuleSpec> = Vec::new();
    for source in &sources {
        specs.extend(format::load(&source.name, &source.text)?);
    }
    let program = tamis_engine::compile(&specs).map_err(|error| place(&sources, &error))?;
    fs::write(out.join("builtin.bin"), program.to_bytes())?;
    fs::write(out.join("sources.rs"), listing(&sources)?)?;
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
fn place(sources: &[Source], error: &tamis_engine::BuildError) -> Box<dyn Error> {
    let found = sources.iter().find_map(|s| format::locate(&s.name, &s.text, error));
    found.map_or_else(|| error.to_string().into(), Into::into)
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
