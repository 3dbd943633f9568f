//! Rules of other scanners: small configurations of each dialect, converted and run in all modes.

use tamis_corpus::case::Case;
use tamis_corpus::modes::Lab;
use tamis_rules::{Loaded, convert, read};

/// What is found in the text, of what the rules' conditions admit: `rule@start..end`.
fn found(loaded: &Loaded, lab: &Lab, text: &str, path: Option<&str>) -> String {
    let trace = lab.agree(&Case::new("foreign", text));
    let admitted = trace.findings().filter_map(|finding| {
        let rule = lab.scanner().rule(finding.rule).id.as_str();
        let secret = &text.as_bytes()[finding.span.range()];
        loaded.conditions.admit(rule, secret, path).then(|| format!("{rule}={}", String::from_utf8_lossy(secret)))
    });
    admitted.collect::<Vec<_>>().join(" ")
}

fn rules(name: &str, text: &str) -> (Loaded, Lab) {
    let loaded = read(name, text).unwrap_or_else(|error| panic!("{error}"));
    let lab = Lab::new(&loaded.specs).unwrap();
    (loaded, lab)
}

const KEY: &str = "acmek_q7w2e9r4t1y8u3i6o5p0a2s4";
const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";

#[test]
fn gitleaks() {
    let (loaded, lab) = rules("gitleaks.toml", include_str!("../foreign/gitleaks.toml"));
    let find = |text: &str, path| found(&loaded, &lab, text, path);
    let key = format!("gitleaks.acme-key={KEY}");
    let secret = format!("gitleaks.zephyr-secret={HEX}");
    assert_eq!(find(&format!("a = \"{KEY}\""), None), key);
    assert_eq!(find(&format!("key: {KEY};"), Some("src/a.rs")), key);
    assert_eq!(find(&format!("a = \"{KEY}\""), Some("fixtures/a.rs")), "", "an allowlist of paths");
    assert_eq!(find("a = \"acmek_donotuse4t1y8u3i6o5p0a2\"", None), "", "a stopword");
    assert_eq!(find("a = \"acmek_aaaaaaaaaaaaaaaaaaaaaaaa\"", None), "", "too little entropy");
    assert_eq!(find(&format!("x{KEY} "), None), "", "a word boundary");
    for line in ["ZEPHYR_TOKEN={}", "zephyr.secret: '{}'", "\"zephCloudKey\": \"{}\"", "zephyr-api-key => {};"] {
        assert_eq!(find(&line.replace("{}", HEX), None), secret, "{line}");
    }
    assert_eq!(find(&format!("token = {HEX}\n"), None), "", "no word");
    let zeros = format!("zephyr = {}", HEX.replace("9f86d081", "00000000"));
    assert_eq!(find(&zeros, Some("README.md")), "", "both lists of an allowlist");
    assert!(find(&zeros, Some("a.rs")).starts_with("gitleaks.zephyr-secret="), "one of its lists");
    assert_eq!(
        find("curl https://hooks.bolt.example/B01234ABCDE", None),
        "gitleaks.bolt-hook=https://hooks.bolt.example/B01234ABCDE",
        "fixed text beside the group belongs to the finding"
    );
    let pin = "pin_code = \"9f86d081884c7d65\"";
    assert_eq!(find(pin, Some("main.tf")), "gitleaks.terraform-pin=9f86d081884c7d65");
    assert_eq!((find(pin, Some("main.rs")), find(pin, None)), (String::new(), String::new()), "a rule for some paths");
}

#[test]
fn betterleaks() {
    let (loaded, lab) = rules("betterleaks.toml", include_str!("../foreign/betterleaks.toml"));
    let find = |text: &str| found(&loaded, &lab, text, None);
    assert_eq!(find(&format!("a = \"{KEY}\"")), format!("gitleaks.acme-key={KEY}"));
    let key = loaded.specs.iter().find(|spec| spec.id == "gitleaks.acme-key").unwrap();
    assert_eq!((key.parts.as_slice(), key.within), (&["gitleaks.acme-id".to_owned()][..], Some(120)), "a part that adds to a finding");
    for dropped in ["acmek_donotuse4t1y8u3i6o5p0a2s", "acmek_aaaaaaaaaaaaaaaaaaaaaaaa", "acmek_00000000t1y8u3i6o5p0a2s4"] {
        assert_eq!(find(&format!("a = \"{dropped}\"")), "", "{dropped}");
    }
}

#[test]
fn kingfisher() {
    let (loaded, lab) = rules("kingfisher.yml", include_str!("../foreign/kingfisher.yml"));
    assert_eq!(loaded.specs.len(), 3, "a rule that is never reported is none");
    let find = |text: &str| found(&loaded, &lab, text, None);
    assert_eq!(find(&format!("a = {KEY}\n")), format!("acme.key.1={KEY}"));
    assert_eq!(find("a = acmek_qawseerttgyhuuiiooppaass\n"), "", "too few digits");
    assert_eq!(find("a = acmek_donotuse4t1y8u3i6o5p0a2\n"), "", "a word that it must not hold");
    assert_eq!(find(&format!("zephyr_secret: {HEX}\n")), format!("zephyr.1={HEX}"));
    let login = "boltu_123456:boltk_q7w2e9r4t1y8u3i6o5p0a2s4\n";
    let in_file = |path| found(&loaded, &lab, login, Some(path));
    assert_eq!((in_file("a/login.bolt"), in_file("a/login.txt")), ("bolt.1=boltk_q7w2e9r4t1y8u3i6o5p0a2s4".to_owned(), String::new()));
    for proof in &loaded.proofs {
        assert_eq!(!find(&proof.text).is_empty(), proof.found, "{}", proof.text);
    }
}

fn refusals(name: &str, text: &str) -> String {
    convert(name, text).refused.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn what_cannot_be_honoured_is_named() {
    insta::assert_snapshot!(refusals("refused.toml", include_str!("../foreign/refused.toml")), @r"
    refused.toml:2:1: extend.path: other files are not fetched: give each with --rules
    refused.toml:4:1: rule no-regex: regex: a rule for paths alone finds files, not secrets
    refused.toml:10:1: rule look-around: regex: look-around, including look-ahead and look-behind, is not supported
    refused.toml:14:1: rule any-hex: regex: no lane finds it: start the pattern with a literal or a run of 24 token characters, or give it words
    refused.toml:19:1: rule two-part: required: `acme-id` must be found as well, and a finding here does not wait for another one
    refused.toml:26:1: rule by-line: allowlists: regexTarget: a stream's lines are not kept, only secrets
    refused.toml:33:1: rule by-commit: allowlist: commits: findings are not judged by it
    refused.toml:38:1: rule misspelt: entropi: this field is not known
    refused.toml:42:1: rule in-a-choice: regex: the secret's group stands inside a choice or a repetition
    refused.toml:47:1: rule words-of-a-model: filter: `tokenRatio` is not read: only entropy, matchesAny and containsAny of the secret or the path, joined by ||
    refused.toml:52:15: rule lost-part: components: `acme-id` is no rule of this file
    refused.toml:57:52: rule far-part: components: within: it is not such as `5L` or `200C`
    refused.toml:62:35: rule misspelt-part: components: optonal: this field is not known
    ");
    insta::assert_snapshot!(refusals("refused.yml", include_str!("../foreign/refused.yml")), @r"
    refused.yml:4:5: rule acme.1: pattern: it has several groups and none is named TOKEN: which is the secret?
    refused.yml:9:7: rule acme.2: pattern_requirements: checksum: a secret is not judged by it
    refused.yml:13:5: rule acme.3: entropy: this field is not known
    refused.yml:14:5: rule acme.4: pattern: it is missing
    ");
}

#[test]
fn one_refusal_refuses_the_file() {
    let error = read("refused.yml", include_str!("../foreign/refused.yml")).unwrap_err().to_string();
    assert!(error.contains("and 3 more"), "{error}");
    assert!(read("a.yml", "rules: [").is_err() && read("a.toml", "[[rules]").is_err() && read("a.yml", "rules: []").is_err());
}
