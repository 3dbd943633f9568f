//! Hand-made cases: where a secret stands, and what is found there, in every mode.

use tamis_corpus::case::Case;
use tamis_corpus::contexts::escaped;
use tamis_corpus::member::completed;
use tamis_corpus::random::Rng;
use tamis_engine::Validator;

use crate::packs::{ALL_RULES, FEW_RULES};

/// A GitHub token with the right checksum.
fn token(seed: u64) -> String {
    completed("ghp_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), &mut Rng::new(seed))
}

/// An AWS key id.
fn key_id(seed: u64) -> String {
    completed("AKIA[A-Z2-7]{16}", None, &mut Rng::new(seed))
}

/// Runs the text in every mode, with all rules and with few and their reference, and returns what all rules find.
fn found(name: &str, text: impl Into<Vec<u8>>) -> Vec<(String, String)> {
    let case = Case::new(name, text);
    FEW_RULES.agree(&case);
    let trace = ALL_RULES.agree(&case);
    let id = |f: &tamis_engine::Finding| ALL_RULES.scanner().rule(f.rule).id.clone();
    trace.findings().map(|f| (id(&f), case.text[f.span.range()].escape_ascii().to_string())).collect()
}

fn one(rule: &str, secret: &str) -> Vec<(String, String)> {
    vec![(rule.to_owned(), secret.to_owned())]
}

#[test]
fn a_token_glued_to_an_escape_is_found_at_any_depth() {
    let token = token(1);
    for depth in 1..=4 {
        for before in ["\n", "\t", "\r", "\"", "\n\t"] {
            for after in ["\n", "\"", "\t", ""] {
                let text = format!("{{\"a\": \"{}\"}}", escaped(&format!("x{before}{token}{after}"), depth));
                assert_eq!(found("glued", text), one("github.pat-classic", &token), "depth {depth}, {before:?} before, {after:?} after");
            }
        }
    }
}

#[test]
fn a_token_after_any_escape_is_found() {
    let token = token(2);
    for before in [
        "\\/",
        "\\u001b[32m",
        "\\u001B[0;1m",
        "\\x1b[31m",
        "\\033[1;31m",
        "\\u003d",
        "\\u0022",
        "\\u00A0",
        "\\x3d",
        "\x1b[32m",
        "\x1b[38;5;196m",
        "\\b",
        "\\\\",
        "\\",
    ] {
        for after in ["", "\\u001b[0m", "\x1b[0m", "\\n", "\\/", "\\u0026b=c"] {
            let text = format!("{{\"url\": \"k{before}{token}{after}\"}}");
            assert_eq!(found("escape", text), one("github.pat-classic", &token), "{before:?} before, {after:?} after");
        }
    }
}

#[test]
fn what_is_part_of_a_longer_word_is_no_token() {
    let token = token(3);
    for (before, after) in [("n", ""), ("x", ""), ("", "x"), ("0", "0"), ("\\\\x4n", "")] {
        assert_eq!(found("glued to letters", format!("{before}{token}{after}")), [], "{before:?}, {after:?}");
    }
}

#[test]
fn a_token_at_every_place_of_a_block_is_found() {
    let token = token(4);
    for padding in 0..=130 {
        let text = format!("{}{token} tail", " ".repeat(padding));
        assert_eq!(found("padding", text), one("github.pat-classic", &token), "padding {padding}");
    }
}

#[test]
fn a_token_around_the_window_s_end_is_found() {
    let token = token(5);
    let scanner = ALL_RULES.scanner();
    for edge in [40 * 1024, 65_536, 131_072] {
        for shift in (-44..=44).step_by(if edge == 65_536 { 1 } else { 8 }) {
            let start = (edge + shift) as usize;
            let mut text = b"some words of no meaning, ".repeat(start / 26 + 1)[..start - 1].to_vec();
            text.push(b' ');
            text.extend(token.bytes());
            text.extend(b" and more words".repeat(300));
            let case = Case::new(format!("token at {start}"), text);
            let whole = tamis_corpus::trace::run(&mut scanner.stream(), &case.text, []).unwrap();
            let spans: Vec<_> = whole.findings().map(|f| f.span.range()).collect();
            assert_eq!(spans, vec![start..start + 40], "{}", case.name);
            for step in [1000, 4096, 65_536] {
                let mut small = tamis_engine::Stream::with_window(scanner.clone(), 0);
                let cuts: Vec<usize> = (step..case.text.len()).step_by(step).collect();
                assert_eq!(tamis_corpus::trace::run(&mut small, &case.text, cuts).as_ref(), Ok(&whole), "{} in steps of {step}", case.name);
            }
        }
    }
}

#[test]
fn a_word_counts_for_all_numbers_that_stand_near_after_it() {
    let number = "536228451";
    // No rule's numbers, but looked at like them.
    let others = "000000012 000000013 ".repeat(6);
    for near in (0..=120).step_by(3) {
        for word in ["ssn: ", "Social-Security ", "socialsecurity="] {
            let (first, between) = (format!("{number}, {word}"), &others[..near]);
            let reached = word.len() + near < 96;
            let wanted = if reached { one("pii.us-ssn-named", number) } else { Vec::new() };
            assert_eq!(found("numbers of one line", format!("{first}{between} {number};")), wanted, "{word}, {near} bytes before");
            assert_eq!(found("numbers of two lines", format!("{first}{between}\n{number};")), [], "{word}, {near} bytes before");
        }
    }
}

#[test]
fn url_passwords_end_where_the_url_says() {
    for (text, rule, password) in [
        ("postgres://app:Wq8zN2vL@db:5432/app", "postgres.connection-password", "Wq8zN2vL"),
        ("DATABASE_URL=\"mysql://root:tR7pX9kq!@10.0.0.3/x\"", "mysql.connection-password", "tR7pX9kq!"),
        ("{\"u\":\"redis:\\/\\/:kV93hQzLw2@h\\/0\"}", "redis.connection-password", "kV93hQzLw2"),
        ("line\\nmongodb+srv://joe:bT4nZ8sKq1@c0.example.net/?w=1", "mongodb.connection-password", "bT4nZ8sKq1"),
        ("\x1b[32mhttps://joe:mX4nZ8sKq1@git.example.net/r.git\x1b[0m", "url.password", "mX4nZ8sKq1"),
    ] {
        let all = found("url", text);
        assert!(all.contains(&(rule.to_owned(), password.to_owned())), "{text}: {all:?}");
    }
    assert_eq!(found("no password", "https://example.org:8080/a@b http://[::1]:80/@x ftp://joe@host/"), []);
}

#[test]
fn quoted_passwords_end_at_their_own_quote() {
    for (text, value) in [
        (r#"password = "kW9\"zQ2vLp7x""#, r#"kW9\\\"zQ2vLp7x"#),
        (r#"{"cmd": "password = \"kW9zQ2vLp7x\" next"}"#, "kW9zQ2vLp7x"),
        (r#"{"cmd": "{\"password\": \"kW9zQ2vLp7x\"}"}"#, "kW9zQ2vLp7x"),
        (r#"{"cmd": "{\"password\": \"kW9\\\"zQ2vLp7x\"}"}"#, r#"kW9\\\\\\\"zQ2vLp7x"#),
        ("password: 'kW9zQ2vLp7x'", "kW9zQ2vLp7x"),
    ] {
        let all = found("quoted", text);
        assert!(all.iter().any(|(_, found)| found == value), "{text}: {all:?}");
    }
}

#[test]
fn of_overlapping_matches_one_is_told() {
    let (first, second) = (token(6), key_id(6));
    for text in [
        format!("password = \"{first}\""),
        format!("https://{first}:{second}@example.org/"),
        format!("aws_secret_access_key={first}{second}"),
        format!("{first}{first}"),
        format!("{second} {second}{first}\n{first}.{second}"),
        format!("token: {first}@example.com:{second}"),
    ] {
        found("overlap", text);
    }
}

#[test]
fn cut_tokens_and_odd_bytes_are_no_trouble() {
    let (token, key) = (token(7), key_id(7));
    for end in 1..token.len() {
        assert_eq!(found("cut token", &token[..end]), []);
        assert_eq!(found("two cut tokens", format!("{} {}", &token[..end], &token[end..])), []);
    }
    let mut odd = vec![0];
    odd.extend(token.bytes());
    odd.extend([0, 0xff]);
    odd.extend(key.bytes());
    odd.extend([0xc3, 0x28, 0x80]);
    let expected = [one("github.pat-classic", &token), one("aws.access-key-id", &key)].concat();
    assert_eq!(found("odd bytes", odd), expected);
}
