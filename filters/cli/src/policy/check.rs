//! `tamis policy check`

use std::io::Write;

use tamis::{Diagnostic, Level, PolicyFile, Timestamp};

use super::print;
use crate::args::{FileArgs, Listing, PackArgs};
use crate::audit::Target;
use crate::color::{Color, Palette};
use crate::failure::{Exit, Failure, complain, one_line, plural};
use crate::jsonl;
use crate::judge::{exceptions_of, read};
use crate::setup;

/// Runs the command. What cannot be read is told with the rest.
pub(super) fn run(args: &FileArgs, format: Listing, pack: &PackArgs) -> Result<Exit, Failure> {
    let scanner = setup::scanner(pack)?;
    let (name, text) = read(args.policy(), "cannot read the policy")?;
    let (mut file, mut found) = PolicyFile::inspect(&name, &text);
    for path in exceptions_of(args.policy(), &args.exceptions) {
        let (name, text) = read(&path, "cannot read the exceptions")?;
        found.extend(file.inspect_exceptions(&name, &text));
    }
    found.extend(file.check(scanner.rules(), Timestamp::now()));
    found.extend(file.check_sinks(|sink| Target::parse(sink).err()));
    // By file in the order in which they were read, and by place.
    found.sort_by_key(|diagnostic| (diagnostic.file != name, diagnostic.file.clone(), diagnostic.line, diagnostic.column));
    let mut out = Vec::new();
    let palette = Palette::for_stdout(Color::Auto);
    for diagnostic in &found {
        // Writing into memory does not fail.
        let _ = match format {
            Listing::Jsonl => jsonl::line(&mut out, diagnostic),
            Listing::Human => human(&mut out, &palette, diagnostic),
        };
    }
    print(&out)?;
    if format.is_human() {
        complain(summary(&name, &file, &found));
    }
    Ok(if found.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn human(out: &mut Vec<u8>, palette: &Palette, diagnostic: &Diagnostic) -> std::io::Result<()> {
    let (place, faint) = (palette.place, palette.faint);
    let level = palette.level(if diagnostic.level == Level::Error { tamis::Confidence::Certain } else { tamis::Confidence::Medium });
    let Diagnostic { file, line, column, message, problem, .. } = diagnostic;
    let (file, message, word) = (one_line(file), one_line(message), diagnostic.level.as_str());
    writeln!(out, "{place}{file}:{line}:{column}:{place:#} {level}{word}:{level:#} {message} {faint}({}){faint:#}", problem.as_str())
}

fn summary(name: &str, file: &PolicyFile, found: &[Diagnostic]) -> String {
    let policy = file.policy();
    let count = |level| found.iter().filter(|diagnostic| diagnostic.level == level).count() as u64;
    let what = match (count(Level::Error), count(Level::Warning)) {
        (0, 0) => "nothing wrong".to_owned(),
        (0, warnings) => plural(warnings, "warning"),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    };
    format!("{}: {what}; {}", one_line(name), policy.summary())
}
