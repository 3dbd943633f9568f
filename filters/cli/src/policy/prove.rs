//! `tamis policy test`

use std::path::{Path, PathBuf};

use tamis::Timestamp;
use tamis::policy::CaseFile;

use super::print;
use crate::args::PackArgs;
use crate::failure::{Exit, Failure, complain, one_line, plural};
use crate::judge::{file, read, told};
use crate::setup;

/// The table that is run when none is named, and the policy that it is for when it names none.
const TABLE: &str = "tamis.test.toml";
const POLICY: &str = "tamis.toml";

/// Runs the command.
pub(super) fn run(files: &[PathBuf], pack: &PackArgs) -> Result<Exit, Failure> {
    let scanner = setup::scanner(pack)?;
    let default = [PathBuf::from(TABLE)];
    let (mut passed, mut failed) = (0, 0);
    for path in if files.is_empty() { &default[..] } else { files } {
        let (name, text) = read(path, "cannot read the cases")?;
        let cases = CaseFile::load(&name, &text).map_err(|mistakes| told(&mistakes, path))?;
        let policy = path.parent().unwrap_or(Path::new("")).join(cases.policy().unwrap_or(POLICY));
        let policy = file(&policy, &[])?.policy();
        for result in cases.run(&policy, scanner.rules(), Timestamp::now()) {
            match &result.failure {
                None => passed += 1,
                Some(why) => {
                    failed += 1;
                    print(format!("{}: {}\n", one_line(&format!("{}: {}", result.place, result.name)), one_line(why)).as_bytes())?;
                }
            }
        }
    }
    complain(match failed {
        0 => format!("{} passed", plural(passed, "case")),
        failed => format!("{} failed, {passed} passed", plural(failed, "case")),
    });
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}
