//! Random members of every rule, in texts of every kind, cut at every place: all of them are found.

use tamis_corpus::case::Case;
use tamis_corpus::contexts;
use tamis_corpus::member::Pattern;
use tamis_corpus::modes::{Effort, Lab};
use tamis_corpus::oracle::removal_leaves_the_rest;
use tamis_corpus::random::Rng;
use tamis_engine::{Reads, RuleSpec, Validator};

use crate::packs::ALL_RULES;

/// Members of each rule; `TAMIS_MEMBERS` asks for more.
const MEMBERS: usize = 3;
/// The rules are dealt to as many tests, so that all cores have work.
const SHARES: usize = 4;

/// Cuts around the edges of a value and at some places in and beside it; more where more members are asked for.
const EFFORT: Effort = Effort { every_split: 0, splits: 12, shuffles: 1, reference: 4096 };

#[test]
fn members_are_found_share_1() {
    members_are_found(0);
}

#[test]
fn members_are_found_share_2() {
    members_are_found(1);
}

#[test]
fn members_are_found_share_3() {
    members_are_found(2);
}

#[test]
fn members_are_found_share_4() {
    members_are_found(3);
}

fn members_are_found(share: usize) {
    let count = std::env::var("TAMIS_MEMBERS").ok().and_then(|n| n.parse().ok()).unwrap_or(MEMBERS);
    let mut wrong = Vec::new();
    for spec in tamis_rules::builtin_specs().iter().skip(share).step_by(SHARES).filter(|s| s.reads != Reads::Block) {
        wrong.extend(rule_is_found(spec, count));
    }
    assert!(wrong.is_empty(), "{} failures\n{}", wrong.len(), wrong.join("\n"));
}

/// The rule alone finds exactly its members; the whole pack agrees with itself on the same texts.
fn rule_is_found(spec: &RuleSpec, count: usize) -> Vec<String> {
    let alone = Lab::new(core::slice::from_ref(spec)).unwrap().with_effort(EFFORT);
    let pattern = Pattern::new(&spec.pattern).unwrap();
    let validator = spec.validator.as_deref().and_then(Validator::from_name);
    let mut wrong = Vec::new();
    for seed in 0..count {
        let member = tame(&pattern, pattern.completed(validator, &mut Rng::new(seed as u64)));
        for (number, context) in contexts::ALL.iter().enumerate().filter(|(_, c)| c.suits(spec, &member)) {
            let placed = context.place(spec, &member);
            if goes_on(&pattern, &member, &placed.case.text[placed.end..]) {
                continue;
            }
            match alone.check(&placed.case) {
                Err(error) => wrong.push(error),
                Ok(trace) => {
                    wrong.extend(removal_leaves_the_rest(&placed.case.text, &trace).err());
                    // Generic rules weigh what a value looks like: the accuracy harness measures them.
                    if !spec.id.starts_with("generic.") && !trace.findings().any(|f| f.span.range() == (placed.start..placed.end)) {
                        let found: Vec<String> = trace.findings().map(|f| alone.describe(&f)).collect();
                        wrong.push(format!(
                            "{} is not found at {}..{}, but {found:?}: {}",
                            placed.case.name,
                            placed.start,
                            placed.end,
                            placed.case.source()
                        ));
                    }
                }
            }
            // The whole pack in every context, one member each.
            if (number + seed) % count == 0 {
                wrong.extend(cut_around(&placed.case, placed.start, placed.end));
            }
        }
    }
    wrong
}

/// A member that is all punctuation looks like code, which no password is taken from: letters take its place where the
/// pattern allows any.
fn tame(pattern: &Pattern, member: String) -> String {
    let plain = |b: char| b.is_ascii_alphanumeric() || "!#*_.~^+=-".contains(b);
    let tamed: String = member.chars().enumerate().map(|(i, c)| if plain(c) { c } else { char::from(b"rTq7BzmK4wXc9"[i % 13]) }).collect();
    if pattern.matches(&tamed) { tamed } else { member }
}

/// Whether a longer member stands there, as the text after this one can be a part of it.
fn goes_on(pattern: &Pattern, member: &str, after: &[u8]) -> bool {
    let after = String::from_utf8_lossy(&after[..after.len().min(24)]).into_owned();
    after.char_indices().any(|(at, c)| pattern.matches(&format!("{member}{}", &after[..at + c.len_utf8()])))
}

/// The whole pack, cut in two at the value's edges, and in chunks.
fn cut_around(case: &Case, start: usize, end: usize) -> Option<String> {
    let scanner = ALL_RULES.scanner();
    let mut stream = scanner.stream();
    let whole = tamis_corpus::trace::run(&mut stream, &case.text, []);
    let len = case.text.len();
    let edges = [start.saturating_sub(2), start.saturating_sub(1), start, start + 1, start + 4, (start + end) / 2, end - 1, end, end + 1];
    for cut in edges.into_iter().filter(|cut| *cut <= len) {
        if tamis_corpus::trace::run(&mut stream, &case.text, [cut]) != whole {
            return Some(format!("all rules, cut at {cut}: {}", case.source()));
        }
    }
    for step in [1, 16] {
        if tamis_corpus::trace::run(&mut stream, &case.text, (step..len).step_by(step)) != whole {
            return Some(format!("all rules, {step}-byte chunks: {}", case.source()));
        }
    }
    None
}
