//! Streams under a policy.

use std::sync::Arc;

use proptest::prelude::*;
use tamis::session::{Id, Session, SessionRules};
use tamis::{Confidence, Decided, Decision, Flow, Frame, Gate, Mode, Policy, PolicyFile, Rewriter, Settings, Timestamp};

use super::{any_of, pieces, scanner, settings};

const MIXED: &str = r#"
[[boundary]]
id = "cards"
class = "pii/payment-card"
decision = "allow"

[[boundary]]
id = "pem"
class = "secret/private-key"
path = "k*"
decision = "allow"

[[boundary]]
id = "weak"
class = "secret/private-key"
path = "b*"
decision = "block"

[[boundary]]
id = "tokens"
rule = "github.*"
decision = "tokenize"
"#;

fn policy(text: &str) -> Arc<Policy> {
    Arc::new(PolicyFile::load("tamis.toml", text).unwrap().policy())
}

/// A session may have three of what is found here, and no more.
fn rules() -> SessionRules {
    SessionRules { max_findings: [("secret".to_owned(), 3)].into(), ..SessionRules::default() }
}

/// What came out, what was decided, and whether the stream was blocked.
fn filter(policy: &Arc<Policy>, settings: &Settings, path: &str, chunks: &[&[u8]]) -> (Vec<u8>, Vec<Decided>, bool) {
    filter_for(None, policy, settings, path, chunks)
}

/// The same, for a session with these rules.
fn filter_for(
    rules: Option<SessionRules>,
    policy: &Arc<Policy>,
    settings: &Settings,
    path: &str,
    chunks: &[&[u8]],
) -> (Vec<u8>, Vec<Decided>, bool) {
    let scanner = scanner();
    let mut gate = Gate::new(scanner, settings, policy.clone(), Vec::new());
    gate.observe();
    if let Some(rules) = rules {
        gate.watch(Session::new(Id::new("s").unwrap(), None, Timestamp::UNIX_EPOCH), rules);
    }
    gate.reset(Flow { path: Some(path.to_owned()), ..Flow::default() }, Timestamp::UNIX_EPOCH, true);
    let (mut stream, mut decided) = (scanner.stream(), Vec::new());
    for chunk in chunks {
        stream.push(chunk, &mut gate);
        decided.extend(gate.drain());
    }
    stream.finish(&mut gate);
    decided.extend(gate.drain());
    (gate.output().clone(), decided, gate.is_blocked())
}

proptest! {
    #[test]
    fn cuts_do_not_matter(
        parts in prop::collection::vec(prop::sample::select(pieces()), 1..12), path in any_of(&["a", "k", "b"]),
        mode in any_of(&Mode::ALL), frame in any_of(&Frame::ALL), least in any_of(&Confidence::ALL), size in 1usize..40,
    ) {
        let (text, settings, policy) = (parts.concat().into_bytes(), settings(mode, frame, least), policy(MIXED));
        let whole = filter_for(Some(rules()), &policy, &settings, path, &[&text]);
        let chunks: Vec<&[u8]> = text.chunks(size).collect();
        prop_assert_eq!(filter_for(Some(rules()), &policy, &settings, path, &chunks), whole);
    }

    /// Without rows of its own, a policy redacts as the rewriter does.
    #[test]
    fn the_default_policy_redacts(parts in prop::collection::vec(prop::sample::select(pieces()), 1..12), frame in any_of(&Frame::ALL)) {
        let (text, settings) = (parts.concat().into_bytes(), settings(Mode::Label, frame, Confidence::Medium));
        let mut rewriter = Rewriter::new(scanner(), &settings, Vec::new());
        let mut stream = scanner().stream();
        stream.push(&text, &mut rewriter);
        stream.finish(&mut rewriter);
        let (gated, ..) = filter(&Arc::new(Policy::default()), &settings, "x", &[&text]);
        prop_assert_eq!(&gated, rewriter.output());
    }

    #[test]
    fn what_is_allowed_stays_as_it_is(parts in prop::collection::vec(prop::sample::select(pieces()), 1..12), frame in any_of(&Frame::ALL)) {
        let text = parts.concat().into_bytes();
        let (out, decided, blocked) =
            filter(&policy("[[boundary]]\nid = 'a'\ndecision = 'observe'\n"), &settings(Mode::Label, frame, Confidence::Low), "x", &[&text]);
        prop_assert_eq!(out, text);
        prop_assert!(!blocked && decided.iter().all(|decided| decided.ruling.decision == Decision::Observe));
    }
}

#[test]
fn each_finding_is_decided_for_itself() {
    let (token, key) = (&pieces()[13], &pieces()[17]);
    let text = format!("a {token} b\n{key}\ncard: 4716238955073146 c\n");
    let (out, decided, blocked) = filter(&policy(MIXED), &settings(Mode::Label, Frame::Text, Confidence::Medium), "x", &[text.as_bytes()]);
    let out = String::from_utf8(out).unwrap();
    assert!(!blocked && !out.contains(token.as_str()) && !out.contains("MIIE") && out.contains("4716238955073146"), "{out}");
    assert!(out.contains("[REDACTED:"), "{out}");
    let rows: Vec<_> = decided.iter().map(|decided| (&*decided.ruling.row, decided.ruling.decision)).collect();
    assert_eq!(rows, [("tokens", Decision::Tokenize), ("default", Decision::Redact), ("cards", Decision::Allow)]);
    let lines: Vec<_> = decided.iter().map(|decided| decided.located.start.line).collect();
    assert_eq!(lines, [1, 2, 6]);
}

#[test]
fn nothing_follows_what_is_blocked() {
    let (token, key) = (&pieces()[13], &pieces()[17]);
    let text = format!("a\n{key}\nb {token}\n");
    let (out, decided, blocked) = filter(&policy(MIXED), &settings(Mode::Label, Frame::Text, Confidence::Medium), "b", &[text.as_bytes()]);
    assert_eq!((out.as_slice(), blocked), (&b"a\n"[..], true));
    // The rest of what was read is told, and not let through.
    assert_eq!(decided.iter().map(|decided| &*decided.ruling.row).collect::<Vec<_>>(), ["weak", "tokens"]);
}

#[test]
fn a_short_finding_is_blocked_before_its_first_byte() {
    let (token, cards) = (&pieces()[13], "[[boundary]]\nid = 'b'\nclass = 'pii'\ndecision = 'block'\n");
    let settings = settings(Mode::Label, Frame::Text, Confidence::Medium);
    let text = format!("a {token} card: 4716238955073146 c {token}\n");
    let (out, decided, blocked) = filter(&policy(cards), &settings, "x", &[text.as_bytes()]);
    assert_eq!((String::from_utf8(out).unwrap().as_str(), blocked), ("a [REDACTED:github.pat-classic] card: ", true));
    assert_eq!(decided.len(), 3);
}

#[test]
fn an_exception_for_a_fingerprint_lets_that_value_pass() {
    let token = &pieces()[13];
    let settings = settings(Mode::Label, Frame::Text, Confidence::Medium);
    let (_, decided, _) = filter(&Arc::new(Policy::default()), &settings, "x", &[token.as_bytes()]);
    let print = decided[0].located.fingerprint.to_string();
    let other: String = print.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    // All digits, and as many as reports for people show.
    for (named, passes) in [(&print[..], true), (&print[..12], true), (&format!("{}{}", &print[..30], &other[30..]), false)] {
        let text = format!(
            "[[exception]]\nid = 'e'\nscope.fingerprint = '{named}'\nreason = 'used-in-tests'\nrequested_by = 'a'\napproved_by = 'b'\n\
             created = 1970-01-01\nexpires = 1970-01-02\n"
        );
        let (out, decided, _) = filter(&policy(&text), &settings, "x", &[token.as_bytes()]);
        assert_eq!(out == token.as_bytes(), passes, "{named}");
        assert_eq!(decided[0].ruling.exception.as_ref().map(|exception| exception.id()), passes.then_some("e"));
        assert!(!format!("{decided:?}").contains(&token[4..20]));
    }
}

#[test]
fn a_limit_can_end_a_stream() {
    // A token that is longer than its rule allows.
    let text = format!("eyJ{}.eyJ{}.{}\n", "hbGciOiJIUzI1NiJ9", "zdWIiOiIxMjM0NTY3ODkwIn0".repeat(1000), "s9Vq27hTzLm".repeat(4));
    let settings = settings(Mode::Label, Frame::Text, Confidence::Medium);
    let (_, _, blocked) = filter(&Arc::new(Policy::default()), &settings, "x", &[text.as_bytes()]);
    assert!(!blocked);
    let (_, _, blocked) = filter(&policy("on_limit = 'block'"), &settings, "x", &[text.as_bytes()]);
    assert!(blocked);
}

#[test]
fn a_session_that_breaks_its_rules_sends_nothing_more() {
    let token = &pieces()[13];
    let text = format!("{token} a\n").repeat(5);
    let (out, decided, blocked) = filter_for(
        Some(rules()),
        &Arc::new(Policy::default()),
        &settings(Mode::Label, Frame::Text, Confidence::Medium),
        "a",
        &[text.as_bytes()],
    );
    assert_eq!(String::from_utf8(out).unwrap(), "[REDACTED:github.pat-classic] a\n".repeat(3));
    assert!(blocked && decided.len() == 5);
}

#[test]
fn a_finding_is_told_with_what_its_document_says() {
    let token = &pieces()[13];
    let text = format!(
        "{{\"session_id\":\"s-1\",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Bash\",\"tool_input\":\"{token}\"}}\n{{\"sessionId\":\"s-2\",\"x\":\"{token}\"}}\n"
    );
    let seen = |text: &str| {
        let settings = settings(Mode::Label, Frame::Auto, Confidence::Medium);
        let decided = filter(&Arc::new(Policy::default()), &settings, "a", &[text.as_bytes()]).1;
        decided.into_iter().map(|decided| decided.seen.map(|seen| seen.ids.session.clone().unwrap().to_string())).collect::<Vec<_>>()
    };
    assert_eq!(seen(&text), [Some("s-1".to_owned()), Some("s-2".to_owned())]);
    // Text may quote anything.
    assert_eq!(seen(&format!("see:\n{text}")), [None, None]);
}
