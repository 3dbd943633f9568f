//! Private key blocks: in text, strings, diffs and listings, whole and broken.

use tamis_corpus::case::Case;
use tamis_corpus::contexts::escaped;
use tamis_corpus::random::Rng;

use crate::packs::{ALL_RULES, FEW_RULES};

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn body(seed: u64, lines: usize) -> Vec<String> {
    let mut rng = Rng::new(seed);
    (0..lines)
        .map(|line| format!("{}{}", if line == 0 { "MIIE" } else { "Qx3v" }, rng.text(BASE64, if line + 1 == lines { 20 } else { 60 })))
        .collect()
}

fn block(seed: u64, lines: usize) -> String {
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", body(seed, lines).join("\n"))
}

/// Runs the text in every mode and returns the blocks that are found.
fn blocks(name: &str, text: &str) -> Vec<String> {
    let case = Case::new(name, text);
    FEW_RULES.agree(&case);
    let trace = ALL_RULES.agree(&case);
    let is_block = |f: &tamis_engine::Finding| ALL_RULES.scanner().rule(f.rule).class == "secret/private-key";
    trace.findings().filter(is_block).map(|f| text[f.span.range()].to_owned()).collect()
}

#[test]
fn a_block_is_found_whole() {
    for lines in [1, 2, 7, 26] {
        let block = block(lines as u64, lines);
        assert_eq!(blocks("text", &format!("key:\n{block}\nafter\n")), [block.as_str()]);
        assert_eq!(blocks("alone", &block), [block.as_str()]);
    }
}

#[test]
fn a_block_in_a_string_is_found_whole() {
    for depth in 1..=3 {
        let inside = escaped(&block(2, 9), depth);
        assert_eq!(blocks("string", &format!("{{\"key\": \"{inside}\\n\", \"b\": \"x\"}}")), [inside.as_str()], "depth {depth}");
    }
}

#[test]
fn a_block_in_a_diff_or_a_listing_is_found_whole() {
    let block = block(3, 8);
    for prefix in ["+", "-", " ", "    ", "> ", "# "] {
        let text: String = block.lines().map(|line| format!("{prefix}{line}\n")).collect();
        let found = blocks("prefixed lines", &format!("@@ -0,0 +1,9 @@\n{text} unchanged words\n"));
        assert_eq!(found.len(), 1, "{prefix:?}: {found:?}");
        assert!(found[0].ends_with("-----END RSA PRIVATE KEY-----"), "{prefix:?}: {found:?}");
    }
    let text: String = block.lines().enumerate().map(|(number, line)| format!("{:6}\t{line}\n", number + 1)).collect();
    let found = blocks("listing", &text);
    assert!(found.len() == 1 && found[0].ends_with("-----END RSA PRIVATE KEY-----"), "{found:?}");
}

#[test]
fn a_block_without_an_end_ends_with_its_last_line() {
    let lines = body(4, 6);
    let text = format!("-----BEGIN EC PRIVATE KEY-----\n{}\n\nThis is what was said after it, in words.\nAnd more.\n", lines.join("\n"));
    let found = blocks("no end", &text);
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with(lines.last().unwrap().as_str()), "{found:?}");
    blocks("cut", &format!("-----BEGIN EC PRIVATE KEY-----\n{}", lines.join("\n")));
    blocks("cut in the end line", &block(4, 6)[..400]);
}

#[test]
fn blocks_of_other_shapes_are_told_the_same_in_every_mode() {
    let line = body(5, 6).concat();
    for text in [
        format!("-----BEGIN PRIVATE KEY-----{line}-----END PRIVATE KEY-----"),
        format!("key = '-----BEGIN PRIVATE KEY----- {line} -----END PRIVATE KEY-----'"),
        format!(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n{line}\n-----END RSA PRIVATE KEY-----\n"
        ),
        format!("{}\n{}{}\n", block(6, 3), block(7, 2), block(8, 1)),
        format!("-----BEGIN RSA PRIVATE KEY-----\n-----BEGIN RSA PRIVATE KEY-----\n{line}\n"),
        format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{line}\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n"),
        format!("password=\"{}\"\n", block(9, 2)),
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n".to_owned(),
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUTn\n-----END CERTIFICATE-----\n".to_owned(),
    ] {
        blocks("other shapes", &text);
    }
}
