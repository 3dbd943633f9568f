//! `rules-page`: the page that lists every built-in rule, made from the rules themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tamis_engine::{Near, Reads, RuleSpec};

use crate::shell;

const HEAD: &str = "\
# The built-in rules

Made by `cargo xtask rules-page` from `rules/data/`; do not edit. `tamis rules show ID` prints a rule with its pattern, its
examples and where to rotate what it finds; [rule-format.md](rule-format.md) says how rules are written.

*Known by*: a **form** is enough by itself; **words** means that the provider's name or another context word must stand
before the value; a **name** means that the value is known by what it is assigned to; an **address** is a URL with a
password. *Checked by* names the offline check: one that proves makes a finding `certain`, the others raise or lower it.
What a bare match is worth changes with what stands around it, as [rule-format.md](rule-format.md#evidence) says.

Names of people, street addresses and post codes are not patterns: they have no form and no checksum, so no rule looks for
them. A model that recognises entities in prose is the tool for those.
";

/// Writes the page.
pub(crate) fn run() -> Result<(), String> {
    let page = page(tamis_rules::builtin_specs());
    fs::write(path(), page).map_err(|error| format!("cannot write {}: {error}", path().display()))?;
    println!("wrote {}", path().display());
    Ok(())
}

fn path() -> PathBuf {
    shell::root().join("docs/rules.md")
}

fn page(mut rules: Vec<RuleSpec>) -> String {
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let providers: BTreeSet<&str> = rules.iter().map(provider).collect();
    let checked = rules.iter().filter(|rule| rule.validator.is_some()).count();
    let mut classes: BTreeMap<&str, Vec<&RuleSpec>> = BTreeMap::new();
    for rule in &rules {
        classes.entry(&rule.class).or_default().push(rule);
    }
    let mut page = String::from(HEAD);
    // Writing into a string cannot fail.
    let _ = writeln!(page, "\n{} rules, {} providers, {checked} rules with an offline check.\n", rules.len(), providers.len());
    let _ = writeln!(page, "| class | rules |\n|---|---|");
    for (class, rules) in &classes {
        let _ = writeln!(page, "| [{class}](#{}) | {} |", class.replace('/', ""), rules.len());
    }
    for (class, rules) in &classes {
        let _ = writeln!(page, "\n## {class}\n\n| rule | finds | worth | known by | checked by |\n|---|---|---|---|---|");
        for rule in rules {
            let check = rule.validator.as_deref().unwrap_or_default();
            let title = rule.title.replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {title} | {} | {} | {check} |", rule.id, rule.confidence.as_str(), known_by(rule));
        }
    }
    page
}

fn provider(rule: &RuleSpec) -> &str {
    rule.id.split_once('.').map_or(rule.id.as_str(), |(provider, _)| provider)
}

/// What tells the rule's matches from other text.
fn known_by(rule: &RuleSpec) -> &'static str {
    match (rule.reads, rule.near, rule.words.is_empty()) {
        (Reads::UrlPassword, ..) => "address",
        (Reads::Compared, ..) | (_, Near::Name, _) => "name",
        (_, _, false) => "words",
        _ => "form",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        let written = fs::read_to_string(path()).unwrap_or_default();
        assert!(written == page(tamis_rules::builtin_specs()), "docs/rules.md is stale: run `cargo xtask rules-page`");
    }
}
