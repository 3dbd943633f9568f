//! Which files the workspace's crates are made of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::read;
use super::source::Source;

/// Folders whose files, and whose folders' `main.rs`, cargo takes for crates.
const FOLDERS: [&str; 4] = ["src/bin", "tests", "benches", "examples"];

/// All files that are reached from the packages' crates.
pub(super) fn declared(manifests: &[PathBuf]) -> Result<BTreeSet<PathBuf>, String> {
    let mut declared = BTreeSet::new();
    for manifest in manifests {
        for root in roots(manifest)? {
            reach(&root, true, &mut declared)?;
        }
    }
    Ok(declared)
}

/// The first files of a package's crates.
fn roots(manifest: &Path) -> Result<Vec<PathBuf>, String> {
    let package = manifest.parent().unwrap_or(manifest);
    let mut roots: Vec<PathBuf> = ["src/lib.rs", "src/main.rs", "build.rs"].iter().map(|name| package.join(name)).collect();
    for folder in FOLDERS {
        let entries = fs::read_dir(package.join(folder)).into_iter().flatten().flatten();
        roots.extend(entries.map(|entry| entry.path()).map(|path| if path.is_dir() { path.join("main.rs") } else { path }));
    }
    for line in read(manifest)?.lines() {
        if let Some((_, value)) = line.split_once('=').filter(|(key, _)| key.trim() == "path") {
            roots.push(package.join(value.trim().trim_matches('"')));
        }
    }
    roots.retain(|path| path.extension().is_some_and(|extension| extension == "rs") && path.is_file());
    Ok(roots)
}

/// Adds a file and all that it declares.
fn reach(path: &Path, is_root: bool, declared: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    if !declared.insert(path.to_path_buf()) {
        return Ok(());
    }
    let text = read(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let folder = path.parent().unwrap_or(path);
    let stem = path.file_stem().unwrap_or_default();
    let inside = if is_root || stem == "mod" { folder.to_path_buf() } else { folder.join(stem) };
    for (line, name) in Source::new(&text).modules() {
        let given = lines[..line].last().and_then(|before| before.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
        let candidates = match given {
            Some(given) => vec![folder.join(given)],
            None => vec![inside.join(format!("{name}.rs")), inside.join(&name).join("mod.rs")],
        };
        for file in candidates.iter().filter(|file| file.is_file()) {
            reach(file, false, declared)?;
        }
    }
    Ok(())
}
