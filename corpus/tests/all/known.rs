//! Known values: what the lane finds by hashes is what a comparison of all forms with all places finds, however the
//! stream is cut.

use proptest::prelude::*;
use tamis_engine::{Finding, Findings, KnownKey, KnownReference, KnownSet, KnownSetBuilder, Scanner, compile};

fn key() -> KnownKey {
    KnownKey::new(b"a key of the tests").unwrap()
}

/// Without rules, so that findings are those of known values.
fn scanner(values: &KnownSetBuilder) -> Scanner {
    let set = KnownSet::from_bytes(&values.build(&key()).to_bytes()).unwrap();
    Scanner::with_known(compile(&[]).unwrap(), &set, &key()).unwrap()
}

fn in_pieces<'a>(scanner: &Scanner, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut stream = scanner.stream();
    pieces.for_each(|piece| stream.push(piece, &mut findings));
    stream.finish(&mut findings);
    findings.found
}

fn shown(found: &[Finding]) -> Vec<(u64, u64, Option<&'static str>)> {
    found.iter().map(|f| (f.span.start, f.span.end, f.layer.map(|layer| layer.as_str()))).collect()
}

/// Fast, slow, and at cuts: all the same.
fn agree(values: &KnownSetBuilder, text: &[u8], cuts: impl Iterator<Item = usize>) -> Vec<Finding> {
    let scanner = scanner(values);
    let wanted = KnownReference::new(values).find(text);
    let print = || text.escape_ascii().to_string();
    assert_eq!(shown(&scanner.find(text)), shown(&wanted), "whole: {}", print());
    assert_eq!(shown(&in_pieces(&scanner, text.chunks(1))), shown(&wanted), "byte by byte: {}", print());
    for cut in cuts {
        let (head, tail) = text.split_at(cut);
        assert_eq!(shown(&in_pieces(&scanner, [head, tail].into_iter())), shown(&wanted), "cut at {cut}: {}", print());
    }
    wanted
}

fn values(all: &[&str]) -> KnownSetBuilder {
    let mut values = KnownSetBuilder::default();
    for value in all {
        let notes = values.add(Some("own"), value.as_bytes());
        assert!(!notes.iter().any(|note| note.is_refusal()), "{value}: {notes:?}");
    }
    values
}

const VALUES: [&str; 7] = [
    "kQ7x2Lp9ZwTb4",
    "p@ss \"w0rd\"/of$Ours'",
    "correct-horse-battery",
    "0f9e8d7c6b5a49382716",
    "first line\nsecond l1ne\n",
    "größe&<7>schlüssel",
    "AbCdEfGhIjKl",
];

#[test]
fn every_form_is_found_between_anything() {
    let values = values(&VALUES);
    let reference = KnownReference::new(&values);
    let around =
        [("", ""), ("token=", ";"), ("https://user:", "@host/"), ("{\"a\":\"\\n", "\\n\"}"), ("\u{1b}[31m", "\u{1b}[0m"), ("(", ")\r\n")];
    for form in reference.forms() {
        for (before, after) in around {
            let text = [before.as_bytes(), form, after.as_bytes()].concat();
            let found = agree(&values, &text, 0..text.len());
            let span = (before.len() as u64, (before.len() + form.len()) as u64);
            assert!(
                found.iter().any(|f| f.span.start <= span.0 && f.span.end >= span.1),
                "{} in {}: {:?}",
                form.escape_ascii(),
                text.escape_ascii(),
                shown(&found)
            );
        }
    }
}

#[test]
fn what_is_glued_to_letters_is_found_where_the_value_has_digits() {
    let values = values(&VALUES);
    let found = |text: &str| agree(&values, text.as_bytes(), 0..text.len()).len();
    assert_eq!(found("xxkQ7x2Lp9ZwTb4yy"), 1);
    assert_eq!(found("kQ7x2Lp9ZwTb4kQ7x2Lp9ZwTb4"), 2);
    // Of words alone the part after the first dash is enough to see it.
    assert_eq!(found("xcorrect-horse-batteryx"), 1);
    assert_eq!((found("kQ7x2Lp9ZwTb"), found("kQ7x2Lp9ZwTc4"), found("")), (0, 0, 0));
}

#[test]
fn no_part_of_an_escape_is_taken_for_a_value() {
    let values = values(&["n8f3k2mQ9zx", "u00e9kq8Lw2"]);
    let found = |text: &str| agree(&values, text.as_bytes(), 0..text.len()).len();
    assert_eq!((found(r"a\n8f3k2mQ9zx"), found(r"a\\n8f3k2mQ9zx"), found(r"a\u00e9kq8Lw2")), (0, 0, 0));
    assert_eq!((found(r"a\nn8f3k2mQ9zx\n"), found("\u{1b}[mn8f3k2mQ9zx")), (1, 1));
}

#[test]
fn a_stream_holds_back_what_may_become_a_value() {
    let scanner = scanner(&values(&["kQ7x2Lp9ZwTb4"]));
    let mut stream = scanner.stream();
    let mut findings = Findings::default();
    for (piece, held) in [("a word and ", 0), ("kQ7x2L", 6), ("p9Z", 9), (" ", 0), ("kQ7x2Lp9ZwTb4", 13), (" ", 0)] {
        stream.push(piece.as_bytes(), &mut findings);
        assert_eq!(stream.holdback(), held, "after {piece:?}");
    }
    assert_eq!(findings.found.len(), 1);
}

#[test]
fn among_rules_they_are_found_at_every_cut_too() {
    let values = values(&VALUES);
    let set = values.build(&key());
    let scanner = Scanner::with_known(tamis_rules::builtin(), &set, &key()).unwrap();
    let token = format!("ghp_x7Qm2VtR9pLk4WnZ8sYd{}", "3FbH6jCgTa2JF1fs");
    let text = format!(
        "{{\"log\":\"\\n{token} password=kQ7x2Lp9ZwTb4\\n\",\"auth\":\"Basic {}\",\"mail\":\"correct-horse-battery@example.org\"}}\n",
        // Of "app:kQ7x2Lp9ZwTb4".
        "YXBwOmtRN3gyTHA5WndUYjQ="
    );
    let names = |found: &[Finding]| -> Vec<(String, u64, u64)> {
        found.iter().map(|f| (scanner.rule(f.rule).id.clone(), f.span.start, f.span.end)).collect()
    };
    let wanted = names(&scanner.find(text.as_bytes()));
    assert!(wanted.iter().filter(|(id, ..)| id == "known.own").count() >= 3, "{wanted:?}");
    assert!(wanted.iter().any(|(id, ..)| id == "github.pat-classic"), "{wanted:?}");
    assert_eq!(names(&in_pieces(&scanner, text.as_bytes().chunks(1))), wanted);
    for cut in 0..text.len() {
        let (head, tail) = text.as_bytes().split_at(cut);
        assert_eq!(names(&in_pieces(&scanner, [head, tail].into_iter())), wanted, "cut at {cut}");
    }
}

/// Texts of a few kinds of bytes, in which the masks name many places.
const PIECES: &str = "[a-cA-C0-3_/+.%'\"$ \\\\n-]{0,12}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn hashes_find_what_comparison_finds(
        secrets in proptest::collection::vec("[a-zA-Z0-9_/+=.%'\"$& -]{8,40}", 1..4),
        pieces in proptest::collection::vec((PIECES, any::<prop::sample::Index>(), any::<bool>()), 1..6),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let mut values = KnownSetBuilder::default();
        for secret in &secrets {
            values.add(None, secret.as_bytes());
        }
        let reference = KnownReference::new(&values);
        let forms: Vec<&[u8]> = reference.forms().collect();
        let mut text = Vec::new();
        for (piece, form, cut) in &pieces {
            text.extend_from_slice(piece.as_bytes());
            if !forms.is_empty() {
                let form = forms[form.index(forms.len())];
                text.extend_from_slice(&form[..form.len() - usize::from(*cut)]);
            }
        }
        agree(&values, &text, cuts.iter().map(|cut| cut.index(text.len() + 1)));
    }
}
