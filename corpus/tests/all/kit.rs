//! The kit on every rule there is: members match, checksums are right, templates expand.

use std::fs;
use std::path::Path;

use tamis_corpus::member::Pattern;
use tamis_corpus::random::Rng;
use tamis_corpus::template::expand;
use tamis_engine::{Validator, Verdict};

#[test]
fn members_and_templates_of_all_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/data");
    let mut rng = Rng::new(21);
    let mut wrong = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let table: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        for rule in table.get("rule").and_then(|rules| rules.as_array()).into_iter().flatten() {
            let label = format!("{} {}", file.file_stem().unwrap().to_string_lossy(), rule["id"]);
            if let Err(error) = try_rule(rule, &mut rng) {
                wrong.push(format!("{label}: {error}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn try_rule(rule: &toml::Value, rng: &mut Rng) -> Result<(), String> {
    let Some(pattern) = rule.get("pattern").and_then(|p| p.as_str()) else { return Ok(()) };
    let pattern = Pattern::new(pattern)?;
    let validator = rule.get("validator").and_then(|v| v.as_str());
    let validator = validator.map(|name| Validator::from_name(name).ok_or(format!("no validator {name}"))).transpose()?;
    for _ in 0..20 {
        let text = pattern.completed(validator, rng);
        if !pattern.matches(&text) || validator.is_some_and(|v| v.check(text.as_bytes()) == Verdict::Invalid) {
            return Err(format!("{text} is no member"));
        }
    }
    for field in ["examples", "near_misses"] {
        let templates = rule.get(field).and_then(|list| list.as_array()).ok_or(format!("no {field}"))?;
        for template in templates {
            let template = template.as_str().ok_or(format!("{field} hold more than strings"))?;
            let expanded = expand(template, |rng| pattern.completed(validator, rng), rng)?;
            if expanded.secrets.len() != template.matches("${secret}").count() {
                return Err(format!("{template} lost a secret"));
            }
        }
    }
    Ok(())
}
