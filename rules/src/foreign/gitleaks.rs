//! TOML of gitleaks and betterleaks.

use std::collections::BTreeMap;

use tamis_engine::Confidence;

use super::rule::Stated;
use super::translate::{Group, from_go};
use super::tree::{Fault, Item};
use super::{Draft, filter, within};
use crate::condition::{Allow, Condition, Scope, regex};

/// Reads a configuration.
pub(super) fn read(root: &Item) -> Result<Draft, Fault> {
    let mut draft = Draft::default();
    for (name, item) in root.table()? {
        let global = |fault| within("(all)", name)(fault);
        match name.as_str() {
            "title" | "description" | "minVersion" | "betterleaksMinVersion" => {}
            "rules" => {
                let peers = peers(item)?;
                draft.read_rules(item, is_silent, |rule| read_rule(rule, &peers))?;
            }
            "extend" => extend(item, &mut draft)?,
            "allowlist" => share(item, &mut draft).map_err(global)?,
            "allowlists" => {
                for list in item.list()? {
                    share(list, &mut draft).map_err(global)?;
                }
            }
            "filter" | "prefilter" => {
                let terms = filter::read(item.text()?).map_err(|reason| global((item.at, reason)))?;
                if terms.entropy.is_some() {
                    return Err(global((item.at, "entropy for all rules is not read: state it in each".into())));
                }
                draft.shared.push((Scope::All, terms.allow));
            }
            _ => draft.unknown(name, item),
        }
    }
    if draft.rules.is_empty() && draft.shared.is_empty() && !draft.needs_builtin {
        return Err((root.at, "the file has no [[rules]]".into()));
    }
    let own: Vec<String> = draft.rules.iter().flatten().map(|ready| ready.spec.id.clone()).collect();
    if !draft.needs_builtin {
        for (scope, _) in &mut draft.shared {
            if matches!(scope, Scope::All) {
                *scope = Scope::Rules(own.clone());
            }
        }
    }
    Ok(draft)
}

fn extend(item: &Item, draft: &mut Draft) -> Result<(), Fault> {
    for (name, item) in item.table()? {
        match name.as_str() {
            "useDefault" => draft.needs_builtin = item.flag()?,
            "path" | "url" => draft.faults.push((item.at, format!("extend.{name}: other files are not fetched: give each with --rules"))),
            "disabledRules" if item.list()?.is_empty() => {}
            _ => draft.faults.push((item.at, format!("extend.{name}: it names rules that are not in this file"))),
        }
    }
    Ok(())
}

fn share(item: &Item, draft: &mut Draft) -> Result<(), Fault> {
    let list = read_allow(item)?;
    if let Some(at) = list.wants_match {
        return Err((at.at, "regexTarget: it is only read in a rule".into()));
    }
    let scope = match item.get("targetRules") {
        Some(ids) => Scope::Rules(ids.texts()?.iter().map(|id| full(id)).collect()),
        None => Scope::All,
    };
    draft.shared.push((scope, vec![list.allow]));
    Ok(())
}

/// Rule ids of a file without providers.
fn full(id: &str) -> String {
    format!("gitleaks.{id}")
}

struct List<'a> {
    allow: Allow,
    wants_match: Option<&'a Item>,
}

fn read_allow(item: &Item) -> Result<List<'_>, Fault> {
    let mut list = List { allow: Allow::default(), wants_match: None };
    for (name, item) in item.table()? {
        let expressions = || -> Result<Vec<_>, Fault> {
            let each = item.list()?.iter().map(|one| regex(&from_go(one.text()?)).map_err(|reason| (one.at, format!("{name}: {reason}"))));
            each.collect()
        };
        match name.as_str() {
            "description" | "targetRules" => {}
            "paths" => list.allow.paths = expressions()?,
            "regexes" => list.allow.secrets = expressions()?,
            "stopwords" => list.allow.stopwords = item.texts()?.iter().map(|word| word.to_ascii_lowercase()).collect(),
            "condition" => match item.text()?.to_ascii_uppercase().as_str() {
                "AND" | "&&" => list.allow.all = true,
                "OR" | "||" | "" => {}
                _ => return Err((item.at, "condition: it is neither AND nor OR".into())),
            },
            "regexTarget" => match item.text()? {
                "secret" | "" => {}
                "match" => list.wants_match = Some(item),
                _ => return Err((item.at, "regexTarget: a stream's lines are not kept, only secrets".into())),
            },
            "commits" if item.list()?.is_empty() => {}
            _ => return Err((item.at, format!("{name}: findings are not judged by it"))),
        }
    }
    Ok(list)
}

fn is_silent(rule: &Item) -> bool {
    rule.get("skipReport").is_some_and(|flag| flag.flag() == Ok(true))
}

/// The rules of a file, and whether their scanner reports them only with others.
type Peers<'a> = BTreeMap<&'a str, bool>;

fn peers(rules: &Item) -> Result<Peers<'_>, Fault> {
    let named = |rule| Some((Item::get(rule, "id")?.text().ok()?, is_silent(rule)));
    Ok(rules.list()?.iter().filter_map(named).collect())
}

fn read_rule(rule: &Item, peers: &Peers<'_>) -> Result<super::Ready, Fault> {
    let fields = rule.table()?;
    let id = rule.get("id").ok_or((rule.at, "a rule has no id".to_owned()))?.text()?;
    let expression_at = rule.get("regex").ok_or_else(|| {
        let field = if rule.get("path").is_some() { "a rule for paths alone finds files, not secrets" } else { "it is missing" };
        (rule.at, format!("rule {id}: regex: {field}"))
    })?;
    let mut stated = Stated {
        id: full(id),
        title: id.to_owned(),
        item: rule,
        expression: String::new(),
        expression_at,
        expression_field: "regex",
        group: Group::First,
        keywords: Vec::new(),
        confidence: None,
        condition: Condition::default(),
        wants_match: None,
        proofs: Vec::new(),
        reference: None,
        parts: Vec::new(),
        apart: None,
    };
    for (name, item) in fields {
        match name.as_str() {
            "components" | "required" => read_parts(&mut stated, item, peers),
            _ => read_field(&mut stated, name, item),
        }
        .map_err(within(id, name))?;
    }
    stated.convert()
}

fn read_field<'a>(stated: &mut Stated<'a>, name: &str, item: &'a Item) -> Result<(), Fault> {
    let at = |reason: String| (item.at, reason);
    match name {
        "id" => {}
        "description" => stated.title = item.text()?.to_owned(),
        "regex" => stated.expression = from_go(item.text()?),
        "keywords" => stated.keywords = item.texts()?,
        "entropy" => stated.condition.entropy = Some((item.number()?, false)).filter(|(least, _)| *least > 0.0),
        "secretGroup" | "valueGroup" => stated.group = Group::stated(item)?,
        "path" => stated.condition.path = Some(regex(&from_go(item.text()?)).map_err(at)?),
        "allowlist" => read_lists(stated, core::slice::from_ref(item))?,
        "allowlists" => read_lists(stated, item.list()?)?,
        "filter" => {
            let terms = filter::read(item.text()?).map_err(at)?;
            stated.condition.entropy = terms.entropy.or(stated.condition.entropy);
            stated.condition.allow.extend(terms.allow);
        }
        "confidence" => stated.confidence = Some(confidence(item)?),
        // What is asked of a finding after it was made, over the network; and words for people.
        "validate" | "revoke" | "analyze" | "specificity" | "tags" => {}
        "skipReport" if item.flag() == Ok(false) => {}
        _ => return Err(at("this field is not known".into())),
    }
    Ok(())
}

/// What belongs to the same credential. A finding that counts only with another one beside it cannot be had: what a stream
/// lets through is decided before the other one comes.
fn read_parts(stated: &mut Stated<'_>, item: &Item, peers: &Peers<'_>) -> Result<(), Fault> {
    for part in item.list()? {
        let (mut id, mut optional, mut apart) = ("", false, None);
        for (field, item) in part.table()? {
            match field.as_str() {
                "id" => id = item.text()?,
                "optional" => optional = item.flag()?,
                "within" => apart = characters(item)?,
                "withinLines" | "withinColumns" => {}
                _ => return Err((item.at, format!("{field}: this field is not known"))),
            }
        }
        if !optional {
            return Err((part.at, format!("`{id}` must be found as well, and a finding here does not wait for another one")));
        }
        match peers.get(id) {
            None => return Err((part.at, format!("`{id}` is no rule of this file"))),
            // What is never reported by itself is not looked for, and adds nothing.
            Some(true) => {}
            Some(false) => {
                stated.parts.push(full(id));
                stated.apart = stated.apart.max(apart);
            }
        }
    }
    Ok(())
}

/// The most characters that a part may stand away: 200 of `200C`, `7L,200C` and `-200C,+50C`, none of `5L`.
fn characters(item: &Item) -> Result<Option<u32>, Fault> {
    let mut most = None;
    for bound in item.text()?.split(',').map(str::trim).filter(|bound| !bound.is_empty()) {
        let split = bound.strip_suffix('C').map(|count| (count, true)).or_else(|| bound.strip_suffix('L').map(|count| (count, false)));
        let count = split.and_then(|(count, unit)| Some((count.trim_start_matches(['-', '+']).parse::<u32>().ok()?, unit)));
        let Some((count, of_characters)) = count else { return Err((item.at, "within: it is not such as `5L` or `200C`".into())) };
        if of_characters {
            most = most.max(Some(count));
        }
    }
    Ok(most)
}

fn read_lists<'a>(stated: &mut Stated<'a>, lists: &'a [Item]) -> Result<(), Fault> {
    for list in lists {
        let list = read_allow(list)?;
        stated.wants_match = list.wants_match.or(stated.wants_match);
        stated.condition.allow.push(list.allow);
    }
    Ok(())
}

/// Reads how sure a rule is.
pub(super) fn confidence(item: &Item) -> Result<Confidence, Fault> {
    match item.text()? {
        "low" => Ok(Confidence::Low),
        "medium" => Ok(Confidence::Medium),
        "high" => Ok(Confidence::High),
        _ => Err((item.at, "it is not low, medium or high".into())),
    }
}
