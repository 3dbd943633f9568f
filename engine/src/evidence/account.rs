//! What counted for a finding, for people who ask why.

use super::placeholder::{Doubt, counter_evidence, regularity};
use super::{Counted, context_of, explain, randomness, unescape};
use crate::context::Tie;
use crate::program::Rule;
use crate::span::Span;

/// The evidence for a finding. It holds no byte of the secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Where the value's name stands, for rules that know values by their names.
    pub name: Option<Span>,
    /// How the value is tied to its name.
    pub tie: Option<&'static str>,
    /// The quote it stands in.
    pub quote: Option<char>,
    /// How random it looks, in bits a character: below zero it reads like words, and a random value is above.
    pub randomness: f32,
    /// The least that the rule asks for.
    pub least: Option<f32>,
    /// What speaks for a placeholder, a template or a sample.
    pub placeholder: Option<&'static str>,
    /// What the learned scorer counts, where it has a say.
    pub counted: Vec<Counted>,
}

/// Gives account of a match of the rule at `span`.
pub(crate) fn account(rule: &Rule, index: u32, text: &[u8], span: Span) -> Account {
    let context = context_of(rule, text, span);
    let mut scratch = Vec::new();
    let raw = &text[span.range()];
    let value: &[u8] = if unescape(raw, &mut scratch) { &scratch } else { raw };
    let secret = rule.class.starts_with("secret/");
    Account {
        name: context.as_ref().map(|context| Span::new(context.name.start as u64, context.name.end as u64)),
        tie: context.as_ref().map(|context| tie(context.tie)),
        quote: context.as_ref().and_then(|context| context.quote).map(|quote| char::from(quote.byte)),
        randomness: randomness::randomness(value),
        least: rule.random,
        placeholder: match counter_evidence(value).max(regularity(value)) {
            Doubt::Weak if secret => Some("it may be a sample"),
            Doubt::Strong if secret => Some("it is a placeholder"),
            _ => None,
        },
        counted: explain(rule, index, text, span).unwrap_or_default(),
    }
}

fn tie(tie: Tie) -> &'static str {
    match tie {
        Tie::Operator => "name = value",
        Tie::Tag => "<name>value",
        Tie::Argument => "name, value",
        Tie::Flag => "--name value",
        Tie::Is => "name is value",
        Tie::Noun | Tie::Beside => "name value",
        Tie::Joined | Tie::Compound => "name-value",
    }
}
