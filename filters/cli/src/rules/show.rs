//! `tamis rules show ID`

use std::fmt::Write as _;

use tamis::{Rule, RuleSpec};

use super::print;
use crate::args::PackArgs;
use crate::failure::{Exit, Failure};
use crate::setup::{self, Pack};

/// Runs the command.
pub(super) fn run(id: &str, args: &PackArgs) -> Result<Exit, Failure> {
    let pack = Pack::load(&args.rules, !args.no_builtin_rules)?;
    let Some(spec) = pack.specs.iter().find(|spec| spec.id == id) else {
        return Err(Failure::new("no such rule", id, setup::nearest(pack.specs.iter().map(|spec| spec.id.as_str()), id)));
    };
    let scanner = setup::scanner(args)?;
    print(sheet(spec, scanner.rules()).as_bytes())?;
    Ok(Exit::Clean)
}

fn sheet(spec: &RuleSpec, rules: &[Rule]) -> String {
    let lane = rules.iter().find(|rule| rule.id == spec.id).map_or("", |rule| rule.lane.as_str());
    let mut sheet = Sheet(format!("{}: {}\n", spec.id, spec.title));
    sheet.field("class", &spec.class);
    sheet.field("confidence", spec.confidence.as_str());
    sheet.field("lane", lane);
    sheet.field("pattern", &spec.pattern);
    sheet.maybe("in quotes", spec.quoted.as_deref());
    sheet.field("words", &spec.words.join(", "));
    sheet.maybe("validator", spec.validator.as_deref());
    sheet.maybe("randomness", spec.random.map(|bits| format!("at least {bits} bits a character")).as_deref());
    sheet.maybe("longest", spec.max_len.map(|bytes| format!("{bytes} bytes")).as_deref());
    sheet.maybe("rotate at", spec.revoke.as_deref());
    sheet.maybe("reference", spec.reference.as_deref());
    sheet.maybe("since", spec.since.as_deref());
    sheet.field("tags", &spec.tags.join(", "));
    spec.examples.iter().for_each(|template| sheet.field("finds", template));
    spec.near_misses.iter().for_each(|template| sheet.field("leaves", template));
    sheet.0
}

/// Names and values in two columns.
struct Sheet(String);

impl Sheet {
    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let value = value.replace('\n', "\\n");
            // Writing into a string cannot fail.
            let _ = writeln!(self.0, "  {name:<10}  {value}");
        }
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        self.field(name, value.unwrap_or_default());
    }
}
