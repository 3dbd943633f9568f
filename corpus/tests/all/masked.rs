//! Nothing that a program may print by accident holds a byte of a secret.

use tamis_corpus::member::completed;
use tamis_corpus::random::Rng;
use tamis_engine::{Finding, Findings, Secret, Sink, Validator};

use crate::packs::ALL_RULES;

/// Prints all it is told, as a careless program would.
#[derive(Debug, Default)]
struct Careless(String);

impl Sink for Careless {
    fn text(&mut self, _: &[u8]) {}

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        self.0 += &format!("{finding:?} {secret:?} {secret:#?}");
    }

    fn open(&mut self, finding: &Finding) {
        self.0 += &format!("{finding:?}");
    }

    fn part(&mut self, rule: tamis_engine::RuleIndex, secret: Secret<'_>) {
        self.0 += &format!("{rule:?} {secret:?}");
    }
}

/// All the ways bytes come out of a derived Debug.
fn spellings(secret: &str) -> [String; 3] {
    let numbers = format!("{:?}", secret.as_bytes());
    let lines: String = secret.bytes().take(8).map(|b| format!("{b},")).collect();
    [secret.to_owned(), numbers.trim_matches(['[', ']']).to_owned(), lines]
}

#[test]
fn debug_is_masked() {
    let token = completed("ghp_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), &mut Rng::new(8));
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\nMIIE{}\n", Rng::new(9).text(b"abcdefghijklmnopqrstuvwxyzABCDEF", 60));
    let text = format!("a\\n{token}\npassword=\"{token}\\n\" {token}\n{key}{token}");
    let mut stream = ALL_RULES.scanner().stream();
    let (mut careless, mut findings) = (Careless::default(), Findings::default());
    let mut printed = String::new();
    for byte in text.as_bytes() {
        stream.push(&[*byte], &mut careless);
        printed = format!("{stream:?}");
        let compact: String = format!("{stream:#?}").split_whitespace().collect();
        assert_masked(&compact, &token);
    }
    stream.finish(&mut careless);
    stream.push(text.as_bytes(), &mut findings);
    stream.finish(&mut findings);
    printed += &format!("{careless:?} {findings:?} {:?}", ALL_RULES.scanner().find(text.as_bytes()));
    for secret in [&token, key.lines().nth(1).unwrap()] {
        assert_masked(&printed, secret);
    }
    assert!(printed.contains("Secret(40 bytes)") && printed.contains("holdback"), "{printed}");
}

fn assert_masked(printed: &str, secret: &str) {
    for spelling in spellings(secret) {
        assert!(!printed.contains(&spelling), "a secret is printed as {spelling:?}");
    }
    assert!(!printed.contains(&secret[..12]), "the beginning of a secret is printed");
}
