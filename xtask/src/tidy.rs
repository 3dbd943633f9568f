//! `tidy`: what no compiler checks. Files and functions stay small, every file belongs to a crate and says what it is
//! for, and comments speak to the next reader.

mod modules;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::shell;
use source::Source;

/// Lines of code, without comments and test modules, that one file may have.
const FILE: Limit = Limit { warn: 400, fail: 800 };
/// Lines of code that one function may have.
const FUNCTION: Limit = Limit { warn: 80, fail: 100 };
/// Crates whose `clippy.toml` forbids I/O, each the same way.
const PURE: [&str; 3] = ["engine", "rules", "filters/gate"];

struct Limit {
    warn: usize,
    fail: usize,
}

/// What was found, one line each.
#[derive(Default)]
struct Report {
    warnings: Vec<String>,
    errors: Vec<String>,
}

impl Report {
    fn measure(&mut self, what: &str, lines: usize, limit: &Limit) {
        if lines > limit.fail {
            self.errors.push(format!("{what} has {lines} lines of code, more than {}", limit.fail));
        } else if lines > limit.warn {
            self.warnings.push(format!("{what} has {lines} lines of code; {} are a good most", limit.warn));
        }
    }
}

/// Checks the workspace.
pub(crate) fn run() -> Result<(), String> {
    let report = check(shell::root())?;
    report.warnings.iter().for_each(|line| println!("warning: {line}"));
    report.errors.iter().for_each(|line| println!("error: {line}"));
    match report.errors.len() {
        0 => Ok(()),
        count => Err(format!("{count} untidy places")),
    }
}

fn check(root: &Path) -> Result<Report, String> {
    let mut report = Report::default();
    let (mut manifests, mut files) = (Vec::new(), BTreeSet::new());
    collect(root, &mut manifests, &mut files)?;
    let declared = modules::declared(&manifests)?;
    for path in &files {
        let text = read(path)?;
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        check_file(&name, &text, &mut report);
        if !declared.contains(path) {
            report.errors.push(format!("{name} belongs to no crate: declare it with `mod` or delete it"));
        }
    }
    check_purity(root, &mut report)?;
    check_map(root, &files, &mut report)?;
    Ok(report)
}

fn check_file(name: &str, text: &str, report: &mut Report) {
    let source = Source::new(text);
    report.measure(name, source.code_lines(), &FILE);
    for function in source.functions() {
        report.measure(&format!("{name}:{}: function {}", function.line, function.name), function.code_lines, &FUNCTION);
    }
    if !text.starts_with("//!") {
        report.errors.push(format!("{name}: starts with no `//!` that says what it is for"));
    }
    for line in source.issue_numbers() {
        report.errors.push(format!("{name}:{line}: a comment names an issue: say what it taught instead"));
    }
}

/// The lists of what the pure crates may not call must not drift apart.
fn check_purity(root: &Path, report: &mut Report) -> Result<(), String> {
    let list = |package: &str| read(&root.join(package).join("clippy.toml"));
    let first = list(PURE[0])?;
    for package in &PURE[1..] {
        if list(package)? != first {
            report.errors.push(format!("{package}/clippy.toml differs from {}/clippy.toml", PURE[0]));
        }
    }
    Ok(())
}

/// Every file stands in `ARCHITECTURE.md`, by itself or by its folder, and what stands there exists.
fn check_map(root: &Path, files: &BTreeSet<PathBuf>, report: &mut Report) -> Result<(), String> {
    let text = read(&root.join("ARCHITECTURE.md"))?;
    // In the first cell of a row: paths in backticks.
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let listed: Vec<&str> = rows.flat_map(|cell| cell.split('`')).filter(|part| part.contains('/')).collect();
    for name in &listed {
        if !root.join(name).exists() {
            report.errors.push(format!("ARCHITECTURE.md: there is no {name}"));
        }
    }
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        if !listed.iter().any(|known| name == *known || (known.ends_with('/') && name.starts_with(known))) {
            report.errors.push(format!("{name}: ARCHITECTURE.md does not say what it is for"));
        }
    }
    Ok(())
}

/// All manifests and Rust files, but for what is built or hidden.
fn collect(folder: &Path, manifests: &mut Vec<PathBuf>, files: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if name != "target" {
                collect(&path, manifests, files)?;
            }
        } else if name == "Cargo.toml" {
            manifests.push(path);
        } else if name.ends_with(".rs") {
            files.insert(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let mut report = Report::default();
        check_file("a.rs", text, &mut report);
        report.errors
    }

    #[test]
    fn a_good_file_passes() {
        assert!(errors("//! Does one thing.\n\nfn main() {}\n").is_empty());
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert_eq!(errors("fn main() {}\n").len(), 1);
    }

    #[test]
    fn long_functions_and_files_fail() {
        let body = "    step();\n".repeat(101);
        let function = format!("//! Long.\nfn long() {{\n{body}}}\n");
        assert_eq!(errors(&function).len(), 1);
        let file = format!("//! Long.\n{}", "const A: u8 = 1;\n".repeat(801));
        assert_eq!(errors(&file).len(), 1);
        assert!(errors(&format!("//! Long.\n{}", "// Prose.\n".repeat(2000))).is_empty());
    }

    #[test]
    fn issue_numbers_fail() {
        // In two pieces each, for the sake of this very check.
        for comment in [concat!("see #", "12"), concat!("as issue ", "7 says")] {
            assert_eq!(errors(&format!("//! Good.\n// {comment}\n")).len(), 1, "{comment}");
        }
        for comment in ["PKCS#8", "&#39;", "C# 7", "#[derive]"] {
            assert!(errors(&format!("//! Good.\n// {comment}\n")).is_empty(), "{comment}");
        }
    }
}
