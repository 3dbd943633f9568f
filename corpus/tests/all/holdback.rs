//! What is held back: nothing after a line or a word, little otherwise, and never what was already delivered.

use tamis_corpus::mixture::Mixture;
use tamis_corpus::oracle::{holdback, holdback_is_small};
use tamis_corpus::random::Rng;

use crate::packs::ALL_RULES;

/// The most that a text which is no flood may have held back: the longest match and what leads to it.
const MOST: u64 = 8 * 1024;

const LINES: &[&str] = &[
    "fn main() {",
    "    let token = next();",
    "",
    "The quick brown fox.",
    "| a | b |",
    "+added line",
    "-removed line",
    "@@ -1,3 +1,4 @@",
    "# heading",
    "password = os.environ[\"PASSWORD\"]",
    "api_key: ${API_KEY}",
    "url: https://example.org/a?b=c",
    "2026-01-02T03:04:05Z INFO started",
    "key=value;",
    "{\"a\": [1, 2, 3]}",
    "user@example.org wrote:",
    "-----BEGIN CERTIFICATE-----",
    "ghp_",
    "AKIA",
    "eyJhbGciOiJIUzI1NiJ9",
    "Authorization: Bearer",
    "x = 0xdeadbeef",
    "e3b0c44298fc1c149afbf4c8996fb924",
    "\\n\\n\\n",
    "\x1b[32mok\x1b[0m",
    "version 1.2.3",
    "GB82 WEST",
    "call (202)",
    "\u{e9}t\u{e9}",
];

#[test]
fn a_line_that_ends_is_released() {
    let mut text = String::new();
    for line in LINES {
        assert_eq!(holdback(ALL_RULES.scanner(), format!("{line}\n").as_bytes()), 0, "{line:?}");
        text += line;
        text += "\n";
        assert_eq!(holdback(ALL_RULES.scanner(), text.as_bytes()), 0, "after {line:?}");
    }
}

#[test]
fn a_word_and_a_space_are_released() {
    let mut rng = Rng::new(5);
    for line in LINES {
        for word in ["word", "password", "the token is", "-----BEGIN", "secret_key", "ghp"] {
            let text = format!("{line}\n{word} ");
            // What follows a head's first words is still the head.
            let allowed = if word == "-----BEGIN" { 11 } else { 0 };
            let held = holdback(ALL_RULES.scanner(), text.as_bytes());
            assert!(held <= allowed, "{held} bytes are held back after {text:?}");
        }
    }
    for _ in 0..200 {
        let text = format!("{} ", rng.text(b"abcdefghijklmnopqrstuvwxyz", 9));
        assert_eq!(holdback(ALL_RULES.scanner(), text.as_bytes()), 0, "{text:?}");
    }
}

#[test]
fn what_is_held_back_is_small_and_told() {
    let mixture = Mixture::new(&tamis_rules::builtin_specs(), &mut Rng::new(3));
    let mut rng = Rng::new(4);
    for _ in 0..60 {
        let plan: Vec<u8> = (0..60).map(|_| rng.next_u64() as u8).collect();
        let text = mixture.text(&plan);
        assert_eq!(holdback_is_small(ALL_RULES.scanner(), &text, MOST), Ok(()), "{}", text.escape_ascii());
    }
}
