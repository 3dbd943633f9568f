//! YAML of Nosey Parker and Kingfisher.

use super::gitleaks::confidence;
use super::rule::Stated;
use super::translate::Group;
use super::tree::{Fault, Item};
use super::{Draft, Ready, within};
use crate::condition::{Allow, Condition, regex};

/// Reads a rule file.
pub(super) fn read(root: &Item) -> Result<Draft, Fault> {
    let mut draft = Draft::default();
    for (name, item) in root.table()? {
        match name.as_str() {
            "rules" => draft.read_rules(item, |rule| rule.get("visible").is_some_and(|flag| flag.flag() == Ok(false)), read_rule)?,
            _ => draft.unknown(name, item),
        }
    }
    if draft.rules.is_empty() && draft.silent == 0 {
        return Err((root.at, "the file has no rules".into()));
    }
    Ok(draft)
}

fn read_rule(rule: &Item) -> Result<Ready, Fault> {
    let id = rule.get("id").ok_or((rule.at, "a rule has no id".to_owned()))?.text()?;
    let expression_at = rule.get("pattern").ok_or_else(|| (rule.at, format!("rule {id}: pattern: it is missing")))?;
    let mut stated = Stated {
        id: if id.contains('.') { id.replace('/', ".") } else { format!("kingfisher.{id}") },
        title: id.to_owned(),
        item: rule,
        expression: String::new(),
        expression_at,
        expression_field: "pattern",
        group: Group::Only,
        keywords: Vec::new(),
        confidence: None,
        condition: Condition::default(),
        wants_match: None,
        proofs: Vec::new(),
        reference: None,
        parts: Vec::new(),
        apart: None,
    };
    for (name, item) in rule.table()? {
        read_field(&mut stated, name, item).map_err(within(id, name))?;
    }
    stated.convert()
}

fn read_field(stated: &mut Stated<'_>, name: &str, item: &Item) -> Result<(), Fault> {
    match name {
        "id" | "visible" => {}
        "name" => stated.title = item.text()?.to_owned(),
        "pattern" => stated.expression = without_comments(item.text()?),
        "min_entropy" => stated.condition.entropy = Some((item.number()?, false)).filter(|(least, _)| *least > 0.0),
        "path" => {
            let path = regex(item.text()?).map_err(|reason| (item.at, reason))?;
            stated.condition.path = Some(path);
        }
        "betterleaks_secret_group" => stated.group = Group::stated(item)?,
        "confidence" => stated.confidence = Some(confidence(item)?),
        "examples" => stated.proofs.extend(item.texts()?.into_iter().map(|text| (text, true))),
        "negative_examples" => stated.proofs.extend(item.texts()?.into_iter().map(|text| (text, false))),
        "references" => stated.reference = item.texts()?.into_iter().next(),
        "pattern_requirements" => requirements(stated, item)?,
        // What is asked of a finding after it was made, over the network; and words for people.
        "validation" | "revocation" | "depends_on_rule" | "tls_mode" | "prevalidated" | "description" | "categories" => {}
        _ => return Err((item.at, "this field is not known".into())),
    }
    Ok(())
}

fn requirements(stated: &mut Stated<'_>, item: &Item) -> Result<(), Fault> {
    let condition = &mut stated.condition;
    for (name, item) in item.table()? {
        let count = || item.number().map(|number| number as usize);
        match name.as_str() {
            "min_digits" => condition.digits = count()?,
            "min_uppercase" => condition.upper = count()?,
            "min_lowercase" => condition.lower = count()?,
            "min_special_chars" => condition.special = count()?,
            "ignore_if_contains" => {
                let stopwords = item.texts()?.iter().map(|word| word.to_ascii_lowercase()).collect();
                condition.allow.push(Allow { stopwords, ..Allow::default() });
            }
            _ => return Err((item.at, format!("{name}: a secret is not judged by it"))),
        }
    }
    Ok(())
}

/// Takes out `(?# … )`.
fn without_comments(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some((before, comment)) = rest.split_once("(?#") {
        out.push_str(before);
        rest = comment.split_once(')').map_or("", |(_, rest)| rest);
    }
    out + rest
}
