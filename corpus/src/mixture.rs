//! Texts made of the pieces that matter to a scanner, from a list of small numbers, so that fuzzers and property tests
//! can shrink and mutate them.

use tamis_engine::RuleSpec;

use crate::member::Pattern;
use crate::random::Rng;

/// Pieces that open, close, tie, escape and cut.
const PIECES: &[&str] = &[
    "\\n",
    "\\t",
    "\\r",
    "\\\"",
    "\\/",
    "\\\\",
    "\\\\n",
    "\\\\\\\"",
    "\\u003d",
    "\\u0022",
    "\\u001b[32m",
    "\\x1b[0m",
    "\\033[1;31m",
    "\\u00",
    "\\u0041",
    "\\u002b",
    "\\u0040",
    "\\u003a",
    "\\u002F",
    "\\u0028",
    "\\x20",
    "\\u000a",
    "\\x",
    "\\u001b[3",
    "\x1b[32m",
    "\x1b[0m",
    "\x1b",
    "\x1b[",
    "\"",
    "'",
    "`",
    "\": \"",
    "\\\": \\\"",
    "\\\\\\\": \\\\\\\"",
    "=",
    ": ",
    ":",
    " := ",
    " => ",
    ">",
    "</",
    "(",
    ")",
    "(\"",
    "\", \"",
    ",",
    ";",
    "{",
    "}",
    "[\"",
    "\"]",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\n\n",
    "@",
    "://",
    ":\\/\\/",
    "https://",
    "postgres://user:",
    "/",
    "?",
    "&",
    "#",
    "-",
    "--",
    "_",
    ".",
    "+",
    "%",
    "*",
    "|",
    "\\",
    "\0",
    "\u{e9}",
    "password",
    "PASSWORD=",
    "api_key",
    "apiKey",
    "secret",
    "token ",
    "Authorization: Bearer ",
    "the password is ",
    "--password ",
    "key",
    "-----BEGIN ",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----",
    "-----",
    "RSA PRIVATE KEY",
    "Proc-Type: 4,ENCRYPTED",
    "AKIA",
    "ghp_",
    "eyJ",
    "eyJ-eyJ",
    "xoxb-",
    "sk-",
    "AIza",
    "1",
    "12",
    "4111",
    "4111 1111 1111 1111",
    "555-12-",
    "+1 ",
    "(202) ",
    "192.168.1.",
    "fe80:",
    "2001:db8::",
    "GB82",
    "GB82 WEST ",
    "user@",
    "example.com",
    "gmail.com",
    "a",
    "n",
    "u",
    "xx",
    "abcdefghij",
    "ABCDEFGHIJKLMNOP",
    "0123456789abcdef",
    "MIIEpAIBAAKCAQEA7bq2Kp",
    "if x == y:",
    "MIIEpAIBAAKCAQEAx3Vq9Zt0MIIEpAIBAAKCAQEAx3Vq9Zt0MIIEpAIBAAKCAQEAx3Vq9Zt0",
];

/// The pieces, with members of a set of rules.
#[derive(Debug)]
pub struct Mixture {
    members: Vec<String>,
    words: Vec<String>,
}

impl Mixture {
    /// Pieces and members of these rules.
    ///
    /// # Panics
    /// When a rule's pattern has no member.
    #[must_use]
    pub fn new(specs: &[RuleSpec], rng: &mut Rng) -> Self {
        let mut members = Vec::new();
        for spec in specs {
            let validator = spec.validator.as_deref().and_then(tamis_engine::Validator::from_name);
            let patterns = [Some(spec.pattern.as_str()), spec.quoted.as_deref()];
            for pattern in patterns.into_iter().flatten() {
                let parsed = Pattern::new(pattern).unwrap_or_else(|error| panic!("{}: {error}", spec.id));
                members.push(if pattern == spec.pattern { parsed.completed(validator, rng) } else { parsed.member(rng) });
            }
        }
        let words = specs.iter().flat_map(|s| s.words.iter().take(3).cloned()).collect();
        Mixture { members, words }
    }

    /// The text that a list of bytes stands for. A byte below 128 is itself; others start a piece, a member, the
    /// beginning or end of one, a context word, any byte, or a repetition, which the one or two bytes after choose.
    #[must_use]
    pub fn text(&self, plan: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut plan = plan.iter().copied();
        while let Some(byte) = plan.next() {
            let mut next = || usize::from(plan.next().unwrap_or(0));
            match byte {
                0..=127 => out.push(byte),
                128..=175 => out.extend(PIECES[next() % PIECES.len()].bytes()),
                176..=199 => out.extend(self.member(next()).bytes()),
                200..=215 => {
                    let member = self.member(next()).as_bytes();
                    out.extend(&member[..next() % member.len()]);
                }
                216..=223 => {
                    let member = self.member(next()).as_bytes();
                    out.extend(&member[next() % member.len()..]);
                }
                224..=239 => out.extend(self.words.get(next() % self.words.len().max(1)).into_iter().flat_map(|w| w.bytes())),
                240..=243 => out.push(next() as u8),
                244..=247 => {
                    let (byte, times) = (next() as u8, next() % 80);
                    out.extend(core::iter::repeat_n(byte, times));
                }
                _ => {
                    let tail = out.len().saturating_sub(next() % 40);
                    out.extend_from_within(tail..);
                }
            }
        }
        out
    }

    fn member(&self, choice: usize) -> &str {
        // More rules than a byte tells: the choice is spread over them.
        self.members.get(choice * self.members.len().div_ceil(256) % self.members.len().max(1)).map_or("x", String::as_str)
    }
}

/// About `count` rules of the pack, taken so that every lane and every way to read has its share, and the generic ones
/// that overlap with others are always in.
#[must_use]
pub fn representative(specs: Vec<RuleSpec>, count: usize) -> Vec<RuleSpec> {
    let always = |s: &RuleSpec| {
        ["pii", "network", "generic", "jwt", "url", "private-key", "password"].iter().any(|p| s.id.starts_with(p))
            || s.quoted.is_some()
            || s.words.len() > 8
    };
    let step = (specs.len() / count.max(1)).max(1);
    let (mut kept, rest): (Vec<RuleSpec>, Vec<RuleSpec>) = specs.into_iter().partition(always);
    kept.truncate(count);
    let missing = count - kept.len();
    kept.extend(rest.into_iter().step_by(step).take(missing));
    kept
}
