//! From a match to a finding: how sure, by what evidence.

mod account;
mod code;
mod name;
mod personal;
mod placeholder;
mod randomness;
mod scorer;
mod url;
mod value;
mod vocabulary;

use crate::context::{self, Context, Tie};
use crate::escape;
use crate::finding::{Confidence, Finding, Layer, RuleIndex, Verdict};
use crate::program::{Lane, Rule};
use crate::span::Span;
use crate::spec::{Near, Reads};
use placeholder::Doubt;
use scorer::Candidate;

/// Below this many bits a character the body of a token with a known prefix reads like words.
const READABLE: f32 = -0.6;

pub use account::Account;
pub(crate) use account::account;
pub use scorer::FEATURES;
pub(crate) use value::may_have_name;

/// One of the things that the learned scorer counts about a value known by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What was looked at.
    pub what: &'static str,
    /// What was seen: a number below [`FEATURES`].
    pub feature: u16,
    /// What it adds, in 256ths of a nat: above zero it speaks for a secret.
    pub weight: i32,
}

/// A match with what stands around it, as evidence is weighed.
pub(crate) struct Exhibit<'a> {
    pub(crate) index: u32,
    pub(crate) rule: &'a Rule,
    /// The window's bytes.
    pub(crate) text: &'a [u8],
    /// Offset of the first of them.
    pub(crate) base: u64,
    pub(crate) span: Span,
    /// What ties the match to a name, for rules that need it.
    pub(crate) context: Option<&'a Context>,
}

/// What is kept between matches of one stream.
#[derive(Clone, Default)]
pub(crate) struct Scratch {
    /// The match without its escapes while it is looked at.
    unescaped: Vec<u8>,
    /// What looks like a placeholder in the last match: several rules often match the same bytes.
    doubts: Option<(Span, Doubt, Doubt)>,
}

impl Scratch {
    /// Forgets the last match.
    pub(crate) fn clear(&mut self) {
        self.doubts = None;
    }
}

/// Weighs the evidence. `None` when it says that this is not what the rule looks for.
pub(crate) fn weigh(exhibit: &Exhibit<'_>, scratch: &mut Scratch) -> Option<Finding> {
    if exhibit.rule.reads != Reads::Compared {
        return weigh_value(exhibit, scratch);
    }
    // Of the comparison the literal alone is what the rule looks for.
    let index = |offset: u64| offset.wrapping_sub(exhibit.base) as usize;
    let (value, context) = context::comparison(exhibit.text, index(exhibit.span.start)..index(exhibit.span.end))?;
    let span = Span::new(exhibit.base.wrapping_add(value.start as u64), exhibit.base.wrapping_add(value.end as u64));
    weigh_value(&Exhibit { span, context: Some(&context), ..*exhibit }, scratch)
}

fn weigh_value(exhibit: &Exhibit<'_>, scratch: &mut Scratch) -> Option<Finding> {
    let rule = exhibit.rule;
    let (start, end) = (exhibit.span.start.wrapping_sub(exhibit.base) as usize, exhibit.span.end.wrapping_sub(exhibit.base) as usize);
    if touches_label(exhibit.text, start, end) {
        return None;
    }
    let raw = &exhibit.text[start..end];
    let escaped = unescape(raw, &mut scratch.unescaped);
    let value: &[u8] = if escaped { &scratch.unescaped } else { raw };
    let verdict = rule.validator.map_or(Verdict::Abstain, |v| v.check(value));
    let secret = rule.class.starts_with("secret/");
    let disproved = verdict == Verdict::Invalid && rule.validator.is_some_and(|v| v.disproves());
    let specific = secret && is_specific(rule);
    let (evidence, regular) = match scratch.doubts {
        _ if !secret => (Doubt::None, Doubt::None),
        Some((span, evidence, regular)) if span == exhibit.span => (evidence, regular),
        _ => (placeholder::counter_evidence(value), placeholder::regularity(value)),
    };
    if secret {
        scratch.doubts = Some((exhibit.span, evidence, regular));
    }
    let doubt = if specific { evidence } else { evidence.max(regular) };
    let typed = (specific || is_vague(rule)) && regular != Doubt::None;
    let readable = !typed
        && rule.random.is_some_and(|least| if specific { reads_like_words(value, least) } else { randomness::randomness(value) < least });
    // What has the form of one issuer's secrets stays of interest to those who search for everything.
    // So does what may be a poor password, and a template of so many symbols that it is none.
    let password = rule.class == "secret/password";
    let odd = || password && value.iter().all(u8::is_ascii_alphanumeric) || is_vague(rule) && value::is_wild(value);
    // What somebody typed along the alphabet and named a secret may be one that they chose.
    let struck_out = if is_vague(rule) { evidence } else { doubt };
    let unlikely = disproved || struck_out == Doubt::Strong && !odd() || readable && !(password && odd());
    if unlikely && !specific {
        return None;
    }
    let mut confidence = if readable && specific { Confidence::Low } else { confidence(rule, verdict, doubt, value, typed) };
    if let Some(context) = exhibit.context.filter(|_| secret && is_vague(rule)) {
        let form = value::plausible(rule, exhibit.text, start..end, value, typed, context)?;
        let candidate = candidate(exhibit, value, context, form);
        let likely = !value::is_guess(value, context) && (value::is_chosen(value, context) || scorer::score(&candidate.features()) > 0);
        confidence = confidence.min(if likely { form.max(Confidence::Medium) } else { Confidence::Low });
    }
    if rule.lane == Lane::Url {
        confidence = confidence.min(url::weigh(value));
    }
    let unclear = specific && rule.confidence == Confidence::Low && !readable && doubt == Doubt::None && verdict != Verdict::Invalid;
    if unclear && is_called_secret(exhibit, start) {
        confidence = Confidence::Medium;
    }
    if !secret {
        confidence = confidence.min(personal::weigh(rule, exhibit.text, start..end, value));
    }
    let guarded = escaped || exhibit.context.and_then(|c| c.quote).is_some_and(|q| q.guards > 0) || after_escape(exhibit.text, start);
    let told = rule.validator.map(|v| v.told(value)).unwrap_or_default();
    let layer = guarded.then_some(Layer::JsonEscape);
    Some(Finding { rule: RuleIndex(exhibit.index), span: exhibit.span, confidence, verdict, layer, told })
}

/// Whether the value is assigned to a name that says it is secret: what may be public is none where it is called so.
fn is_called_secret(exhibit: &Exhibit<'_>, start: usize) -> bool {
    let read = || context::read(exhibit.text, start);
    let Some(context) = exhibit.context.cloned().or_else(read) else { return false };
    let given = matches!(context.tie, Tie::Operator | Tie::Tag | Tie::Argument | Tie::Flag);
    let name = &exhibit.text[context.name];
    given && name::mentions(name) && !name::is_public(name) && !name::is_about(name)
}

fn candidate<'a>(exhibit: &Exhibit<'a>, value: &'a [u8], context: &'a Context, form: Confidence) -> Candidate<'a> {
    let end = exhibit.span.end.wrapping_sub(exhibit.base) as usize;
    Candidate {
        password: exhibit.rule.class == "secret/password",
        wild: exhibit.rule.id == value::WILD,
        value,
        name: &exhibit.text[context.name.clone()],
        line: &exhibit.text[context.line.clone()],
        context,
        next: exhibit.text.get(end).copied().unwrap_or(b'\n'),
        form,
    }
}

/// What ties a value that was found to its name, for rules that know values by their names.
fn context_of(rule: &Rule, text: &[u8], span: Span) -> Option<Context> {
    match (rule.reads, rule.lane) {
        (Reads::Compared, _) => context::compared(text, span.range(), text.len()),
        (_, Lane::RunValue | Lane::WordValue) => context::read(text, span.range().start),
        _ => None,
    }
}

/// What the learned scorer counts for and against a match. `None` where it has no say.
pub(crate) fn explain(rule: &Rule, index: u32, text: &[u8], span: Span) -> Option<Vec<Counted>> {
    if !rule.class.starts_with("secret/") || !is_vague(rule) {
        return None;
    }
    let context = context_of(rule, text, span)?;
    let mut scratch = Vec::new();
    let raw = &text[span.range()];
    let value: &[u8] = if unescape(raw, &mut scratch) { &scratch } else { raw };
    if placeholder::counter_evidence(value).max(placeholder::regularity(value)) != Doubt::None {
        return None;
    }
    let form = value::plausible(rule, text, span.range(), value, false, &context)?;
    let exhibit = Exhibit { index, rule, text, base: 0, span, context: Some(&context) };
    let features = candidate(&exhibit, value, &context, form).features();
    let counted =
        |(feature, (what, _)): (&u16, (&'static str, usize))| Counted { what, feature: *feature, weight: scorer::weight(*feature) };
    Some(features.iter().zip(scorer::GROUPS).map(counted).collect())
}

/// Whether a label that took a secret's place reaches into `start..end`. What stands there was decided before.
fn touches_label(text: &[u8], start: usize, end: usize) -> bool {
    const LABELS: [&[u8]; 2] = [b"[REDACTED:", b"[TOKEN:"];
    const LONGEST: usize = 80;
    let low = start.saturating_sub(LONGEST);
    // What comes after the match may not have arrived: of a label at its end the word is enough.
    let is_label = |at: &usize| LABELS.iter().any(|label| text[*at..end.min(at + label.len())].starts_with(&label[..label.len() - 1]));
    let mut labels = memchr::memchr_iter(b'[', &text[low..end]).map(|i| low + i).filter(is_label);
    labels.any(|at| at >= start || memchr::memchr(b']', &text[at..start]).is_none())
}

fn confidence(rule: &Rule, verdict: Verdict, doubt: Doubt, value: &[u8], typed: bool) -> Confidence {
    let proves = rule.validator.is_some_and(|v| v.proves());
    match (verdict, doubt) {
        (Verdict::Valid, Doubt::None) if proves => return Confidence::Certain,
        (Verdict::Valid, _) if proves => return Confidence::High,
        (Verdict::Invalid, _) | (_, Doubt::Weak | Doubt::Strong) => return Confidence::Low,
        _ => {}
    }
    if typed {
        return rule.confidence.min(Confidence::Medium);
    }
    let readable = matches!(rule.lane, Lane::Run) && verdict != Verdict::Valid && reads_like_words(value, READABLE);
    match rule.confidence {
        _ if readable => Confidence::Low,
        // Of the checks that many wrong values pass only a card's says something: issuer, length and Luhn's digit.
        Confidence::Medium if verdict == Verdict::Valid && rule.class == "pii/payment-card" => Confidence::High,
        stated => stated,
    }
}

/// Whether the value looks written by a person, and no stretch of it drawn: tokens start with words that say whose they are,
/// and letters of a prefix make hexadecimal digits look like words.
fn reads_like_words(value: &[u8], least: f32) -> bool {
    const STRETCH: usize = 10;
    let reads = |part: &[u8]| randomness::randomness(part) < least;
    let mut stretches = value.chunk_by(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric());
    reads(value) && reads(&value[value.len() / 2..]) && stretches.all(|stretch| stretch.len() < STRETCH || reads(stretch))
}

/// Whether the rule knows values by the name they are given, and by little else.
fn is_vague(rule: &Rule) -> bool {
    rule.near == Near::Name
}

/// Whether the pattern itself says whose secret it is.
fn is_specific(rule: &Rule) -> bool {
    !is_vague(rule) && rule.reads != Reads::UrlPassword
}

/// Puts the match without its escapes into `out`; says whether it had any.
fn unescape(raw: &[u8], out: &mut Vec<u8>) -> bool {
    if memchr::memchr2(b'\\', 0x1b, raw).is_none() {
        return false;
    }
    out.clear();
    let mut i = 0;
    while i < raw.len() {
        // A match ends on a unit's end, so the last unit is whole.
        let Some(unit) = escape::unit_at(raw, i, true) else { break };
        out.push(unit.value);
        i += unit.len;
    }
    true
}

fn after_escape(text: &[u8], start: usize) -> bool {
    let low = start.saturating_sub(escape::MAX_UNIT);
    memchr::memchr(b'\\', &text[low..start]).is_some() && {
        let raw = start.checked_sub(1).map(|i| text[i]);
        match escape::before(text, start, true) {
            escape::Before::Unit(escape::Unit { value, .. }) => {
                raw != Some(value) || matches!(value, b'"' | b'\'' | b'`' | b'/') && start >= 2 && text[start - 2] == b'\\'
            }
            _ => false,
        }
    }
}
