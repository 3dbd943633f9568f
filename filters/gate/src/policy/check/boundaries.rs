//! Boundaries that match nothing, and those that contradict themselves.

use std::collections::BTreeSet;

use tamis_engine::{Confidence, Rule, Verdict};

use super::{List, Notes};
use crate::document::{Document, Problem, Step, closest};
use crate::policy::condition::Condition;
use crate::policy::pattern::{Kind, Pattern};
use crate::policy::ruling::Lifetime;
use crate::policy::written::{Many, PatternText, WrittenBoundary, WrittenDestination};

/// Looks at each boundary for itself.
pub(super) fn check(list: &List<'_, WrittenBoundary>, document: &Document, rules: &[Rule], notes: &mut Notes) {
    for (i, row) in list.rows.iter().enumerate() {
        let known = notes.found.len();
        let mut add = |key: &str, item: Option<usize>, problem: Problem, message: String| {
            let mut path = list.path_to(i, key);
            path.extend(item.map(Step::Item));
            notes.add(document, &path, problem, format!("boundary {}: {message}", row.id.0));
        };
        each(row.class.as_ref(), |item, text| {
            unknown_class(text, rules).inspect(|why| add("class", item, Problem::NeverMatches, why.clone()));
        });
        each(row.rule.as_ref(), |item, text| {
            unknown_rule(text, rules).inspect(|why| add("rule", item, Problem::NeverMatches, why.clone()));
        });
        for (key, texts, kind) in [
            ("class", &row.class, Kind::Class),
            ("rule", &row.rule, Kind::Name),
            ("tool", &row.tool, Kind::Name),
            ("path", &row.path, Kind::Path),
            ("agent", &row.agent, Kind::Name),
        ] {
            each(texts.as_ref(), |item, text| {
                taken_away(text, texts.as_ref(), kind).inspect(|(problem, why)| add(key, item, *problem, why.clone()));
            });
        }
        destination(row.destination.as_ref(), |key, item, problem, why| add(key, item, problem, why));
        if row.restore && !row.decision.passes() {
            let word = row.decision.as_str();
            add(
                "restore",
                None,
                Problem::Contradiction,
                format!("it puts tokens back, and would {word} what they stand for: use allow or observe"),
            );
        }
        for (key, asked) in [("confidence", row.confidence.is_some()), ("verdict", row.verdict.is_some())] {
            if row.restore && asked {
                add(key, None, Problem::NeverMatches, format!("it puts no token back: of a token no {key} is known"));
            }
        }
        if notes.found.len() == known {
            together(list, i, row, document, rules, notes);
        }
    }
}

/// Conditions that can be met one by one and not all at once.
fn together(list: &List<'_, WrittenBoundary>, i: usize, row: &WrittenBoundary, document: &Document, rules: &[Rule], notes: &mut Notes) {
    let mut add = |key: &str, message: &str| {
        notes.add(document, &list.path_to(i, key), Problem::NeverMatches, format!("boundary {}: {message}", row.id.0));
    };
    let conditions = Condition::of_boundary(row);
    let left: Vec<&Rule> = rules.iter().filter(|rule| conditions.iter().all(|condition| admits(condition, rule))).collect();
    if left.is_empty() && !rules.is_empty() {
        let keys: Vec<&str> = conditions.iter().map(Condition::key).filter(|key| ["class", "rule", "lifetime"].contains(key)).collect();
        return add(keys.last().copied().unwrap_or("id"), &format!("no rule meets {} at once", keys.join(" and ")));
    }
    let verdicts = row.verdict.as_ref().map_or(&[][..], |all| &all.0[..]);
    if verdicts.is_empty() {
        return;
    }
    if row.confidence == Some(Confidence::Certain) && !verdicts.contains(&Verdict::Valid) {
        add("verdict", "only a valid verdict makes a finding certain");
    } else if !verdicts.contains(&Verdict::Abstain) && left.iter().all(|rule| rule.validator.is_none()) {
        add("verdict", "none of its rules has an offline check, so the verdict is always abstain");
    }
}

/// Whether a rule's findings can meet a condition, as far as it is about rules.
pub(super) fn admits(condition: &Condition, rule: &Rule) -> bool {
    match condition {
        Condition::Class(patterns) => patterns.matches(&rule.class),
        Condition::Rule(patterns) => patterns.matches(&rule.id),
        Condition::Lifetime(all) => all.contains(&Lifetime::of(rule)),
        _ => true,
    }
}

/// What is wrong with the patterns of a far end.
pub(super) fn destination(destination: Option<&WrittenDestination>, mut add: impl FnMut(&str, Option<usize>, Problem, String)) {
    let Some(WrittenDestination { host, route, model }) = destination else { return };
    if host.is_none() && route.is_none() && model.is_none() {
        add("destination", None, Problem::NeverMatches, "destination says nothing: name a host, a route or a model".to_owned());
    }
    each(host.as_ref(), |item, text| {
        if text.contains("://") || text.contains('/') || text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            let why = format!("host `{text}` never matches: a host has no scheme, no port and no path");
            add("destination.host", item, Problem::NeverMatches, why);
        }
    });
    for (key, texts, kind) in
        [("destination.host", host, Kind::Host), ("destination.route", route, Kind::Name), ("destination.model", model, Kind::Name)]
    {
        each(texts.as_ref(), |item, text| {
            taken_away(text, texts.as_ref(), kind).inspect(|(problem, why)| add(key, item, *problem, why.clone()));
        });
    }
}

/// Calls with each text, and with its number where there are several.
pub(super) fn each<'t>(texts: Option<&'t Many<PatternText>>, mut act: impl FnMut(Option<usize>, &'t str)) {
    let all = texts.map_or(&[][..], |texts| &texts.0[..]);
    for (i, text) in all.iter().enumerate() {
        act((all.len() > 1).then_some(i), &text.0);
    }
}

/// Why the pattern cannot have been meant, if one with a `!` in the same list leaves nothing of it.
pub(super) fn taken_away(text: &str, all: Option<&Many<PatternText>>, kind: Kind) -> Option<(Problem, String)> {
    let all = &all?.0;
    let mut none = all.iter().filter_map(|other| other.0.strip_prefix('!'));
    if let Some(taken) = text.strip_prefix('!') {
        let alone = all.iter().all(|other| other.0.starts_with('!')) && Pattern::new(taken, kind).covers(&Pattern::new("**", kind));
        return alone.then(|| (Problem::NeverMatches, format!("`{text}` takes everything away")));
    }
    let pattern = Pattern::new(text, kind);
    let by = none.find(|none| Pattern::new(none, kind).covers(&pattern))?;
    Some(if by == text {
        (Problem::Contradiction, format!("`{text}` and `!{text}` take each other away"))
    } else {
        (Problem::NeverMatches, format!("`{text}` never matches: `!{by}` takes all of it away"))
    })
}

/// Why a class matches nothing, if it does.
pub(super) fn unknown_class(text: &str, rules: &[Rule]) -> Option<String> {
    let name = text.strip_prefix('!').unwrap_or(text);
    let pattern = Pattern::new(name, Kind::Class);
    let known = rules.iter().any(|rule| pattern.matches(&rule.class));
    let classes: BTreeSet<&str> =
        rules.iter().flat_map(|rule| [rule.class.as_str(), rule.class.split('/').next().unwrap_or_default()]).collect();
    (!known && !rules.is_empty()).then(|| no_rule("class", name, &classes.into_iter().collect::<Vec<_>>(), "tamis rules list"))
}

/// Why a rule matches nothing, if it does.
pub(super) fn unknown_rule(text: &str, rules: &[Rule]) -> Option<String> {
    let name = text.strip_prefix('!').unwrap_or(text);
    let pattern = Pattern::new(name, Kind::Name);
    let known = rules.iter().any(|rule| pattern.matches(&rule.id));
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    (!known && !rules.is_empty()).then(|| no_rule("id", name, &ids, "tamis rules list"))
}

fn no_rule(what: &str, name: &str, known: &[&str], list: &str) -> String {
    match closest(name, known) {
        Some(meant) => format!("no rule has {what} `{name}`: did you mean `{meant}`?"),
        None => format!("no rule has {what} `{name}`: see `{list}`"),
    }
}
