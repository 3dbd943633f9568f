//! What was tokenized comes back, wherever it stands and however the stream is cut, and only where it may.

use proptest::prelude::*;
use tamis::engine::Findings;
use tamis::token::{Outcome, Refusal, Restoration, Restorer, Scope, TokenKeys, Tokenizer};
use tamis::{Frame, Mode, Rewriter, Settings};

use crate::{pieces, scanner};

pub(crate) fn tokenizer(session: &str) -> Tokenizer {
    Tokenizer::new(TokenKeys::parse(&format!("k1 {}", "5e".repeat(64))).unwrap(), Scope::session(session))
}

fn tokenize(text: &[u8], frame: Frame) -> Vec<u8> {
    let settings = Settings { mode: Mode::Tokenize, frame, tokens: Some(tokenizer("s")), ..Settings::default() };
    let mut rewriter = Rewriter::new(scanner(), &settings, Vec::new());
    let mut stream = scanner().stream();
    stream.push(text, &mut rewriter);
    stream.finish(&mut rewriter);
    rewriter.output().clone()
}

fn restore_chunks(tokens: Tokenizer, chunks: &[&[u8]], frame: Frame, may: bool) -> (Vec<u8>, Vec<Restoration>) {
    let mut restorer = Restorer::new(tokens, frame, Vec::new(), |_| may);
    chunks.iter().for_each(|chunk| restorer.push(chunk));
    restorer.finish();
    let restorations = restorer.drain().collect();
    (restorer.output().clone(), restorations)
}

fn restore(text: &[u8], frame: Frame) -> Vec<u8> {
    restore_chunks(tokenizer("s"), &[text], frame, true).0
}

/// What the engine finds of any confidence that counts.
fn found(text: &[u8]) -> usize {
    let mut findings = Findings::default();
    let mut stream = scanner().stream();
    stream.push(text, &mut findings);
    stream.finish(&mut findings);
    findings.found.iter().filter(|finding| Settings::default().selection.admits(finding, b"")).count()
}

/// A password with all that JSON has to escape.
fn awkward() -> String {
    ["Kq7\"v", "T\\2xR", "w9!mZ"].concat()
}

#[test]
fn a_token_in_strings_comes_back_with_their_escapes() {
    let password = awkward();
    let url = format!("postgres://app:{}@db/app", ["s9Vq-27h", "TzLm"].concat());
    let inner = serde_json::json!({ "cmd": format!("psql {url}"), "note": password }).to_string();
    let document = serde_json::json!({ "arguments": inner, "text": format!("see {url}") }).to_string();
    let tokens = tokenizer("s");
    let token = tokens.seal("acme.password", password.as_bytes()).unwrap();
    // As a model would write it: with the token where the value belongs.
    let escaped = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    let sent = document.replace(&escaped(&escaped(&password)), &token);
    assert!(sent.contains(&token));
    let back = restore(&sent.into_bytes(), Frame::Auto);
    assert_eq!(String::from_utf8(back).unwrap(), document);
}

#[test]
fn tokenized_documents_come_back_whole_and_rescan_clean() {
    let token = &pieces()[13];
    let url = format!("postgres://app:{}@db/app", ["s9Vq-27h", "TzLm"].concat());
    let inner = serde_json::json!({ "cmd": format!("curl -H \"x: {token}\" {url}") }).to_string();
    for text in [
        format!("GITHUB_TOKEN={token}\nPGPASSWORD={}\n", ["s9Vq-27h", "TzLm"].concat()),
        format!("{{\"a\":\"\\n{token}\\n\",\"arguments\":{}}}\n", serde_json::to_string(&inner).unwrap()),
        format!("data: {{\"delta\":\"{url}\"}}\n\ndata: {}\n\n", serde_json::to_string(&inner).unwrap()),
        format!("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{url}\n+password = \"{token}\"\n"),
        format!("password: '{}'\napi_key: \"{token}\"\n", ["s9Vq-27h", "TzLm!"].concat()),
    ] {
        let sent = tokenize(text.as_bytes(), Frame::Auto);
        let shown = String::from_utf8(sent.clone()).unwrap();
        assert!(shown.contains("[TOKEN:") && !shown.contains(token.as_str()), "{shown}");
        assert_eq!(found(&sent), 0, "{shown}");
        assert_eq!(tokenize(&sent, Frame::Auto), sent, "a token is let alone");
        assert_eq!(String::from_utf8(restore(&sent, Frame::Auto)).unwrap(), text);
    }
}

#[test]
fn the_same_value_has_the_same_token_wherever_it_stands() {
    let token = &pieces()[13];
    let inner = serde_json::json!({ "cmd": format!("echo {token}") }).to_string();
    let text = format!("{{\"a\":\"{token}\",\"b\":{}}}", serde_json::to_string(&inner).unwrap());
    let sent = String::from_utf8(tokenize(text.as_bytes(), Frame::Auto)).unwrap();
    let tokens: Vec<&str> = sent.match_indices("[TOKEN:").map(|(at, _)| &sent[at..=at + sent[at..].find(']').unwrap()]).collect();
    assert!(tokens.len() == 2 && tokens[0] == tokens[1], "{sent}");
}

#[test]
fn a_private_key_gets_a_label() {
    let sent = tokenize(pieces()[17].as_bytes(), Frame::Auto);
    assert!(sent.starts_with(b"[REDACTED:"));
}

#[test]
fn what_does_not_open_stays_and_is_told() {
    let tokens = tokenizer("s");
    let token = tokens.seal("acme.key", b"value").unwrap();
    let elsewhere = tokenizer("other").seal("acme.key", b"value").unwrap();
    let relabelled = token.replace("acme", "acne");
    let cut = &token[..token.len() - 3];
    let text = format!("a {token} b {elsewhere} c {relabelled} d {cut}] e {cut} f [TOKEN:x:k9:AAAA] [TOKEN:] [TOKEN::::] g");
    let (out, told) = restore_chunks(tokens.clone(), &[text.as_bytes()], Frame::Text, true);
    assert_eq!(String::from_utf8(out).unwrap(), text.replacen(&token, "value", 1));
    let outcomes: Vec<Outcome> = told.iter().map(|restoration| restoration.outcome).collect();
    use Outcome::{Refused, Restored};
    use Refusal::{Malformed, NotAuthentic, UnknownKey};
    assert_eq!(outcomes[..3], [Restored, Refused(NotAuthentic), Refused(NotAuthentic)]);
    assert!(matches!(outcomes[3], Refused(NotAuthentic | Malformed)));
    assert_eq!(outcomes[4..], [Refused(UnknownKey), Refused(Malformed)]);
    assert!(told[0].fingerprint.is_some() && told[0].offset == 2 && told[1].fingerprint.is_none());
    let (out, told) = restore_chunks(tokens, &[text.as_bytes()], Frame::Text, false);
    assert_eq!((String::from_utf8(out).unwrap(), told[0].outcome), (text, Outcome::NotAllowed));
}

#[test]
fn only_a_token_that_has_begun_is_held_back() {
    let mut restorer = Restorer::new(tokenizer("s"), Frame::Auto, Vec::new(), |_| true);
    restorer.push(b"Password: ");
    assert_eq!(restorer.output(), b"Password: ");
    restorer.push(b"x [TOKEN:a.b:k1:");
    assert_eq!(restorer.output(), b"Password: x ");
    // Longer than any token is: it is none.
    restorer.push(&[b'A'; 4096]);
    assert!(restorer.output().len() > 4096);
}

/// Pieces that ask something of restoring: whole and broken tokens, brackets, quotes, escapes.
fn shards() -> Vec<String> {
    let tokens = tokenizer("s");
    let token = |value: &str| tokens.seal("acme.key", value.as_bytes()).unwrap();
    let mut shards: Vec<String> =
        ["[", "[TOKEN:", "[TOKEN:a:k1:", "]", "\"", "\\\"", "\\", "{", "{\"a\":\"", "{\\\"b\\\":\\\"", "\n", "data: ", "x"]
            .map(str::to_owned)
            .into();
    shards.extend([
        token("plain"),
        token(&awkward()),
        token("a\nb")[..30].to_owned(),
        token("a\nb"),
        tokenizer("t").seal("x.y", b"z").unwrap(),
    ]);
    shards
}

proptest! {
    #[test]
    fn cuts_do_not_matter(
        parts in prop::collection::vec(prop::sample::select(shards()), 1..16), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        frame in prop::sample::select(&Frame::ALL[..]),
    ) {
        let text = parts.concat().into_bytes();
        let whole = restore_chunks(tokenizer("s"), &[&text], frame, true);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&restore_chunks(tokenizer("s"), &chunks, frame, true), &whole);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(&restore_chunks(tokenizer("s"), &bytes, frame, true), &whole);
        if whole.1.is_empty() {
            prop_assert_eq!(whole.0, text);
        }
    }

    /// Tokenizing and restoring gives the stream back, but for private keys and numbers without quotes.
    #[test]
    fn restoring_undoes_tokenizing(
        parts in prop::collection::vec(prop::sample::select(pieces()[..15].to_vec()), 1..12), frame in prop::sample::select(&Frame::ALL[..]),
    ) {
        let text = parts.concat();
        let sent = tokenize(text.as_bytes(), frame);
        prop_assert_eq!(String::from_utf8(restore(&sent, frame)).unwrap(), text);
    }
}
