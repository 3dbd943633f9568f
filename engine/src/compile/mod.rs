//! From rules to a program: parse, derive the lane, build the automaton, refuse what is unsound.

mod automaton;
pub(crate) mod compared;
mod error;
mod lane;
mod shape;

use std::collections::BTreeMap;

pub(crate) use compared::expression;
pub use error::{BuildError, BuildErrorKind};
pub(crate) use shape::Shape;

use crate::classify::HeadTables;
use crate::dfa::Dfa;
use crate::finding::RuleIndex;
use crate::lanes::literal::head_tables;
use crate::program::{Lane, Prefix, Program, Rule};
use crate::spec::{Reads, RuleSpec, Side};
use crate::validate::Validator;
use crate::words::{MAX_WORD, WordSet, fold};

/// Longest match unless the rule says otherwise.
const DEFAULT_MAX_LEN: u32 = 4096;
/// The most bytes a stream keeps for one open candidate.
pub(crate) const MAX_MAX_LEN: u32 = 16 * 1024;
/// Most bytes between the parts of a credential: what stands in one block of settings.
const DEFAULT_WITHIN: u32 = 400;
/// Minimum randomness of values that are known by their context only.
const DEFAULT_RANDOM: f32 = 0.0;

/// Compiles rules into a program.
///
/// Building costs about a millisecond a rule; [`Program::to_bytes`] keeps the result.
///
/// # Errors
///
/// The first rule that cannot be run soundly, with its id and the reason.
///
/// ```
/// use tamis_engine::{Confidence, RuleSpec, compile};
/// # fn spec(pattern: &str) -> RuleSpec {
/// #     RuleSpec { id: "acme.key".into(), title: "Acme key".into(), class: "secret/api-key".into(), confidence: Confidence::High,
/// #         pattern: pattern.into(), quoted: None, words: vec![], near: Default::default(), reads: Default::default(), left: None, right: None,
/// #         random: None, max_len: None, validator: None, parts: vec![], within: None, revoke: None, reference: None, since: None, tags: vec![], examples: vec![], near_misses: vec![] }
/// # }
/// assert!(compile(&[spec("acme_[a-z0-9]{20}")]).is_ok());
/// let error = compile(&[spec("[a-z ]{20}")]).unwrap_err();
/// assert_eq!(error.to_string(), "rule acme.key: no lane finds it: start the pattern with a literal or a run of 24 token characters, or give it words");
/// ```
pub fn compile(specs: &[RuleSpec]) -> Result<Program, BuildError> {
    let words = word_list(specs)?;
    let mut program = Program {
        rules: Vec::with_capacity(specs.len()),
        automata: Vec::new(),
        run_prefixes: Vec::new(),
        run_any: Vec::new(),
        literals: Vec::new(),
        word_rules: vec![Vec::new(); words.len()],
        words: WordSet::new(words),
        digit_rules: Vec::new(),
        lead_rules: Vec::new(),
        at_rules: Vec::new(),
        colon_rules: Vec::new(),
        url_rules: Vec::new(),
        head_tables: HeadTables::default(),
    };
    let mut seen = BTreeMap::new();
    for spec in specs {
        if seen.insert(spec.id.as_str(), ()).is_some() {
            return Err(BuildError::new(&spec.id, BuildErrorKind::DuplicateId));
        }
        add(&mut program, spec).map_err(|kind| BuildError::new(&spec.id, kind))?;
    }
    for (index, spec) in specs.iter().enumerate() {
        program.rules[index].parts = parts(specs, spec);
    }
    program.run_prefixes.sort();
    program.literals.sort();
    program.head_tables = head_tables(&program);
    Ok(program)
}

/// The rules that a rule names as its parts, as far as they are run.
fn parts(specs: &[RuleSpec], spec: &RuleSpec) -> Vec<RuleIndex> {
    let index = |part: &String| specs.iter().position(|other| other.id == *part && other.id != spec.id);
    spec.parts.iter().filter_map(index).map(|at| RuleIndex(at as u32)).collect()
}

fn word_list(specs: &[RuleSpec]) -> Result<Vec<String>, BuildError> {
    let mut words: Vec<String> = Vec::new();
    for spec in specs.iter().filter(|s| !matches!(s.reads, Reads::UrlPassword | Reads::Compared)) {
        for word in &spec.words {
            let folded = fold_word(word);
            if !folded.is_ascii() || folded.len() < 3 || folded.len() > MAX_WORD {
                return Err(BuildError::new(&spec.id, BuildErrorKind::BadWord(word.clone())));
            }
            words.push(folded);
        }
    }
    words.sort();
    words.dedup();
    Ok(words)
}

fn fold_word(word: &str) -> String {
    word.bytes().map(|b| fold(b) as char).collect()
}

fn add(program: &mut Program, spec: &RuleSpec) -> Result<(), BuildErrorKind> {
    let index = program.rules.len() as u32;
    let validator = match &spec.validator {
        None => None,
        Some(name) => Some(Validator::from_name(name).ok_or_else(|| BuildErrorKind::UnknownValidator(name.clone()))?),
    };
    let max_len = spec.max_len.unwrap_or(DEFAULT_MAX_LEN);
    if max_len > MAX_MAX_LEN {
        return Err(BuildErrorKind::MaxLen { limit: MAX_MAX_LEN });
    }
    let hir = automaton::parse(&expression(spec))?;
    let right = spec.right.unwrap_or_else(|| automaton::natural_right(&hir));
    let dfa = automaton::build(&hir, right)?;
    let shape = Shape::of(&dfa);
    let quoted_hir = spec.quoted.as_deref().map(automaton::parse).transpose()?;
    let quoted = quoted_hir.map(|hir| automaton::build(&hir, Side::None)).transpose()?;
    let lane = lane::derive(spec, &shape, quoted.as_ref().map(Shape::of).as_ref())?;
    match lane {
        Lane::Run if shape.prefixes.is_empty() => program.run_any.push(index),
        Lane::Run => program.run_prefixes.extend(prefixes(&shape, index)),
        Lane::Literal if spec.reads == Reads::Compared => program.literals.extend(compared::prefixes(index)),
        Lane::Literal => program.literals.extend(prefixes(&shape, index)),
        Lane::Digit => program.digit_rules.push(index),
        Lane::Lead => program.lead_rules.push(index),
        Lane::At => program.at_rules.push(index),
        Lane::Colon => program.colon_rules.push(index),
        Lane::Url => program.url_rules.push(index),
        Lane::RunValue | Lane::WordValue | Lane::Known => {}
    }
    // Digit rules with words look for them from the digits, not the other way round.
    if matches!(lane, Lane::RunValue | Lane::WordValue | Lane::Digit) {
        for word in &spec.words {
            let word = program.words.index(&fold_word(word)).ok_or_else(|| BuildErrorKind::BadWord(word.clone()))?;
            program.word_rules[word].push(index);
        }
    }
    let value_rule = matches!(lane, Lane::RunValue | Lane::WordValue);
    program.rules.push(Rule {
        id: spec.id.clone(),
        title: spec.title.clone(),
        class: spec.class.clone(),
        confidence: spec.confidence,
        lane,
        reads: spec.reads,
        revoke: spec.revoke.clone(),
        reference: spec.reference.clone(),
        tags: spec.tags.clone(),
        since: spec.since.clone(),
        validator,
        parts: Vec::new(),
        within: spec.within.unwrap_or(DEFAULT_WITHIN).into(),
        near: spec.near,
        has_words: !spec.words.is_empty(),
        schemes: if lane == Lane::Url { spec.words.iter().map(|w| w.to_ascii_lowercase()).collect() } else { Vec::new() },
        left: spec.left.unwrap_or(Side::Alnum),
        random: spec.random.or(value_rule.then_some(DEFAULT_RANDOM)).filter(|r| spec.random.is_none() || *r != 0.0),
        max_len,
        min_digits: shape.min_digits,
        digit_places: shape.digit_places,
        leading_digits: shape.leading_digits,
        after_digits: if lane == Lane::Digit { shape.after_digits } else { Vec::new() },
        min_run: shape.min_run,
        telling: if lane == Lane::Run && shape.prefixes.is_empty() { shape.telling } else { Vec::new() },
        dfa: number(&mut program.automata, dfa),
        quoted: quoted.map(|quoted| number(&mut program.automata, quoted)),
    });
    Ok(())
}

/// The literals that matches of this shape start with, for a rule.
fn prefixes(shape: &Shape, rule: u32) -> impl Iterator<Item = Prefix> {
    shape.prefixes.iter().map(move |literal| Prefix { literal: literal.clone(), rule, behind: 0 })
}

/// The number of an automaton in the program, which holds equal ones once.
fn number(automata: &mut Vec<Dfa>, dfa: Dfa) -> u32 {
    let at = automata.iter().position(|known| *known == dfa).unwrap_or_else(|| {
        automata.push(dfa);
        automata.len() - 1
    });
    at as u32
}

/// The right side a pattern has by nature.
#[cfg(feature = "reference")]
pub(crate) fn natural_right_of(pattern: &str) -> Side {
    automaton::parse(pattern).map_or(Side::None, |hir| automaton::natural_right(&hir))
}
