//! Rewriting and recording do not depend on where the stream is cut.

mod api;
mod gate;
mod grants;
mod policy;
mod policy_check;
mod sessions;
mod tokens;

use proptest::prelude::*;
use tamis::{Confidence, Span};
use tamis::{Fingerprint, Frame, Located, Mode, Recorder, Rewriter, Scanner, Selection, Settings, Tee, Threshold};

/// Pieces of streams that ask something of a sink: JSON quotes and escapes, lines of a diff, fields of events, secrets.
fn pieces() -> Vec<String> {
    let token = ["ghp_", "x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa", "2JF1fs"].concat();
    let body = ["MIIEvQIBADANBgkqhkiG9w0BAQEF", "AASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"].concat();
    let key = format!("-----BEGIN {0}-----\n{body}\n{body}\n-----END {0}-----", "PRIVATE KEY");
    let mut pieces: Vec<String> =
        ["diff --git a/x b/x\n", "{\"card\": ", "\"card: ", "\"", "\\", "\n", "\\n", "data: ", "\r\n", "+", " ", "}", "text, "]
            .map(str::to_owned)
            .into();
    pieces.extend([
        token.clone(),
        format!("token={token}\n"),
        ["4716", "2389", "5507", "3146"].concat(),
        "card 4716238955073146".to_owned(),
    ]);
    pieces.extend([key.clone(), key.replace('\n', "\n+"), key.replace('\n', "\\n"), key.replace('\n', "\r\ndata: "), key[..90].to_owned()]);
    pieces
}

/// What came out, and what was noted down.
#[derive(Debug, PartialEq)]
struct Result {
    text: Vec<u8>,
    found: Vec<Located>,
}

fn filter(scanner: &Scanner, settings: &Settings, chunks: &[&[u8]]) -> Result {
    let mut sink = Tee(Rewriter::new(scanner, settings, Vec::new()), Recorder::new(settings));
    let mut stream = scanner.stream();
    for chunk in chunks {
        stream.push(chunk, &mut sink);
    }
    stream.finish(&mut sink);
    Result { text: sink.0.output().clone(), found: sink.1.found().to_vec() }
}

fn settings(mode: Mode, frame: Frame, least: Confidence) -> Settings {
    let tokens = Some(tokens::tokenizer("s"));
    Settings { mode, frame, selection: Selection::new(Threshold(least)), tokens, ..Settings::default() }
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

proptest! {
    #[test]
    fn cuts_do_not_matter(
        parts in prop::collection::vec(prop::sample::select(pieces()), 1..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        mode in any_of(&Mode::ALL), frame in any_of(&Frame::ALL), least in any_of(&Confidence::ALL),
    ) {
        let scanner = scanner();
        let (text, settings) = (parts.concat().into_bytes(), settings(mode, frame, least));
        let whole = filter(scanner, &settings, &[&text]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&filter(scanner, &settings, &chunks), &whole);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(&filter(scanner, &settings, &bytes), &whole);
    }

    /// Positions filled in afterwards are those that were counted, and what is no finding stays.
    #[test]
    fn records_agree_with_the_text(parts in prop::collection::vec(prop::sample::select(pieces()), 1..12)) {
        let scanner = scanner();
        let (text, settings) = (parts.concat().into_bytes(), settings(Mode::Remove, Frame::Text, Confidence::Low));
        let Result { text: left, found } = filter(scanner, &settings, &[&text]);
        let mut recorder = Recorder::new(&settings);
        recorder.reset(false);
        let mut stream = scanner.stream();
        stream.push(&text, &mut recorder);
        stream.finish(&mut recorder);
        recorder.locate(&text);
        prop_assert_eq!(recorder.found(), &found[..]);
        let mut rest = text.clone();
        for located in found.iter().rev() {
            rest.drain(located.finding.span.range());
        }
        prop_assert_eq!(rest, left);
    }
}

fn scanner() -> &'static Scanner {
    static SCANNER: std::sync::OnceLock<Scanner> = std::sync::OnceLock::new();
    SCANNER.get_or_init(|| Scanner::new(tamis::rules::builtin()))
}

#[test]
fn a_diff_keeps_its_line_count() {
    let key = &pieces()[18];
    let diff = format!("diff --git a/k b/k\n--- /dev/null\n+++ b/k\n@@ -0,0 +1,4 @@\n+{key}\n");
    for mode in Mode::ALL {
        let text = String::from_utf8(filter(scanner(), &settings(mode, Frame::Auto, Confidence::Medium), &[diff.as_bytes()]).text).unwrap();
        let (lines, added) = (text.lines().count(), text.lines().skip(4).all(|line| line.starts_with('+')));
        assert_eq!((lines, added), (diff.lines().count(), true), "{mode:?}\n{text}");
        assert!(!text.contains("MIIE"), "{mode:?}");
    }
}

#[test]
fn one_key_has_one_fingerprint_wherever_it_stands() {
    let prints: Vec<Fingerprint> = [17, 18, 19]
        .iter()
        .flat_map(|i| filter(scanner(), &Settings::default(), &[format!("{}\n", pieces()[*i]).as_bytes()]).found)
        .map(|located| located.fingerprint)
        .collect();
    assert!(prints.len() == 3 && prints.iter().all(|print| *print == prints[0]), "{prints:?}");
}

#[test]
fn a_report_has_the_documented_fields_in_order() {
    let text = format!("\n  {}", pieces()[13]);
    let found = filter(scanner(), &Settings::default(), &[text.as_bytes()]).found;
    assert_eq!(found[0].finding.span, Span::new(3, 43));
    let report = tamis::Report::new(&found[0], scanner().rule(found[0].finding.rule), tamis::Place::file(Some("a\"b")));
    let expected = format!(
        "{{\"rule\":\"github.pat-classic\",\"class\":\"secret/api-key\",\"confidence\":\"certain\",\"verdict\":\"valid\",\"path\":\"a\\\"b\",\"start\":3,\"end\":43,\
         \"line\":2,\"column\":3,\"end_line\":2,\"end_column\":43,\"layers\":[],\"fingerprint\":\"{}\"}}",
        found[0].fingerprint
    );
    assert_eq!(serde_json::to_string(&report).unwrap(), expected);
}
