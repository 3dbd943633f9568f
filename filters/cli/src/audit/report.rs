//! `tamis audit report`: what left, what was stopped, what must be rotated.

use std::collections::BTreeMap;

use tamis::Fingerprint;
use tamis::audit::{Exposure, Summary, Tally, control};

use super::files::Files;
use super::show::html;
use super::{print, show};
use crate::args::{ChoiceArgs, LogArgs, View};
use crate::failure::{Exit, Failure, plural};
use crate::setup;

/// Runs the command.
pub(super) fn run(log: &LogArgs, view: View, choice: &ChoiceArgs) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let mut summary = Summary::default();
    files.records(choice, |record| {
        summary.add(&record);
        Ok(())
    })?;
    print(&match view {
        View::Text => text(&summary),
        View::Json => show::pretty(&summary)?,
        View::Html => html::report(&summary),
    })?;
    Ok(Exit::Clean)
}

fn text(summary: &Summary) -> String {
    let mut text = format!("{} of {}", plural(summary.events, "event"), plural(summary.sessions, "session"));
    if let (Some(start), Some(end)) = (summary.start, summary.end) {
        text += &format!(", {} to {}", show::second(start), show::second(end));
    }
    text.push('\n');
    let exposures = &summary.exposures;
    let rotate: Vec<_> = exposures.to_rotate().collect();
    text += &list("To rotate: secrets that went on as they were", rotate.iter().copied());
    let rest = exposures.left.iter().filter(|(_, exposure)| !exposure.is_to_rotate());
    text += &list("Left: other values that went on as they were", rest);
    text += &list("Stopped: replaced or blocked wherever they were found", exposures.stopped.iter());
    if exposures.more > 0 {
        text += &format!("\nand {} of values that are not told apart\n", plural(exposures.more, "finding"));
    }
    text += &table("By class", &summary.classes, |_| String::new());
    text += &table("By destination", &summary.destinations, |_| String::new());
    text += &table("By control", &summary.controls, title);
    text
}

/// The title of a framework's entry.
pub(super) fn title(id: &str) -> String {
    control(id).map_or(String::new(), |control| format!("{} ({})", control.title, control.framework))
}

fn list<'e>(heading: &str, values: impl Iterator<Item = (&'e Fingerprint, &'e Exposure)>) -> String {
    let mut text = String::new();
    for (fingerprint, exposure) in values {
        let to: Vec<&str> = exposure.to.iter().map(String::as_str).collect();
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        let by: Vec<&str> = exposure.exceptions.iter().map(String::as_str).collect();
        let by = if by.is_empty() { String::new() } else { format!(", by exception {}", by.join(", ")) };
        let times = plural(exposure.count, "time");
        text += &format!(
            "  {} {} ({}) {times}{to}{by}, last {}\n",
            fingerprint.short(),
            exposure.rule,
            exposure.class,
            show::second(exposure.last)
        );
        if let Some(url) = revoke(&exposure.rule).filter(|_| heading.starts_with("To rotate")) {
            text += &format!("    rotate it at {url}\n");
        }
    }
    if text.is_empty() { format!("\n{heading}: none\n") } else { format!("\n{heading}\n{text}") }
}

/// Where a secret of this rule is rotated, if a built-in rule tells.
pub(super) fn revoke(rule: &str) -> Option<String> {
    thread_local! {
        static WHERE: BTreeMap<String, String> =
            setup::builtin().rules().iter().filter_map(|rule| Some((rule.id.clone(), rule.revoke.clone()?))).collect();
    }
    WHERE.with(|all| all.get(rule).cloned())
}

fn table(heading: &str, rows: &BTreeMap<String, Tally>, note: impl Fn(&str) -> String) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let width = rows.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(heading.len());
    let mut text = format!("\n{heading:<width$}    left  replaced  blocked  other\n");
    for (name, Tally { left, replaced, blocked, other }) in rows {
        let note = note(name);
        text += format!("{name:<width$}  {left:>6}  {replaced:>8}  {blocked:>7}  {other:>5}  {note}").trim_end();
        text.push('\n');
    }
    text
}
