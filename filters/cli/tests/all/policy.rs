//! `tamis policy`, and `--policy` of `tamis redact` and `tamis scan`

use std::fs;

use crate::support::{assert_hidden, card_number, folder, github_token, private_key, run, run_in, tamis};

const POLICY: &str = r#"
[[boundary]]
id = "cards-stay"
note = "Card numbers leave for no model."
class = "pii/payment-card"
direction = "outbound"
decision = "block"

[[boundary]]
id = "tests-may"
class = "secret"
path = ["tests/**", "*.example"]
confidence = "medium"
decision = "observe"

[[boundary]]
id = "github-comes-back"
rule = "github.*"
destination.host = "*.example.com"
decision = "tokenize"

[[tool]]
id = "git"
tool = "Bash"
when = [{ argument = "command", is = "git *" }]
decision = "allow"

[[profile]]
name = "production"
labels = ["production", "repository=acme/*"]
default = "block"

[[profile]]
name = "sandbox"

[[profile.boundary]]
id = "play"
class = "secret"
decision = "allow"
"#;

const TABLE: &str = r#"
[[case]]
name = "cards stay"
class = "pii/payment-card"
direction = "outbound"
expect = "block"
row = "cards-stay"

[[case]]
name = "production stops keys"
labels = ["production"]
rule = "github.pat-classic"
expect = "redact"

[[case]]
name = "git may run"
tool = "Bash"
arguments = { command = "git status" }
expect = "allow"
"#;

#[test]
fn a_policy_decides_what_redact_does() {
    let token = github_token(1);
    let folder = folder(&[
        ("tamis.toml", POLICY.as_bytes()),
        ("tests/a", format!("a {token}\n").as_bytes()),
        ("b", format!("b {token}\n").as_bytes()),
    ]);
    // A row that cannot match here asks for no key: no host is known.
    let redact = |args: &[&str]| run_in(folder.path(), ["redact", "--policy", "tamis.toml"].iter().chain(args));
    let run = redact(&["tests/a", "b"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(run.text(), format!("a {token}\nb [REDACTED:github.pat-classic]\n"));
    // Only what was replaced counts.
    assert_eq!(redact(&["--check", "tests/a"]).code, 0);
    assert_eq!(redact(&["--check", "b"]).code, 1);
    // Another profile, another decision.
    assert_eq!(redact(&["--label", "sandbox", "b"]).text(), format!("b {token}\n"));
    let run = redact(&["--label", "repository=acme/shop", "--findings", "-", "b", "tests/a"]);
    assert_eq!((run.code, run.text()), (3, "b "));
    assert_hidden(run.err.as_bytes(), &token);
    let (finding, told) = run.err.trim_end().split_once('\n').unwrap();
    let finding: serde_json::Value = serde_json::from_str(finding).unwrap();
    assert_eq!((&finding["decision"], &finding["row"]), (&"block".into(), &"production.default".into()));
    assert_eq!(told, "tamis: blocked by row production.default: b at byte 2: github.pat-classic is not let through");
}

#[test]
fn what_is_blocked_ends_a_stream_and_the_files_after_it() {
    let (key, card) = (private_key(20), card_number());
    let folder =
        folder(&[("tamis.toml", POLICY.as_bytes()), ("p", format!("x\n{key}\n").as_bytes()), ("c", format!("card {card} end").as_bytes())]);
    let args = ["--policy", "tamis.toml", "--direction", "outbound", "p", "c", "p"];
    let run = run_in(folder.path(), args);
    assert_eq!((run.code, run.text()), (3, "x\n[REDACTED:private-key.pem]\ncard "));
    assert_hidden(run.err.as_bytes(), &card);
}

#[test]
fn tokens_need_a_key_and_no_other_mode_is_one() {
    let token = github_token(2);
    let folder = folder(&[("tamis.toml", POLICY.as_bytes()), ("a", format!("{token} {}\n", card_number()).as_bytes())]);
    let keys = tamis(["keygen", "token"]).output().unwrap().stdout;
    fs::write(folder.path().join("keys"), keys).unwrap();
    let args = ["--policy", "tamis.toml", "--host", "api.example.com", "--class", "secret", "a"];
    let run = run_in(folder.path(), args);
    assert_eq!((run.code, run.text()), (2, ""));
    assert!(run.err.starts_with("tamis: no token keys: "), "{}", run.err);
    let run = run_in(folder.path(), args.iter().chain(&["--key-file", "keys"]));
    assert_eq!(run.code, 0, "{}", run.err);
    assert_hidden(&run.out, &token);
    assert!(!run.text().contains("REDACTED"), "{}", run.text());
    fs::write(folder.path().join("b"), run.out).unwrap();
    let restored = run_in(folder.path(), ["restore", "--everywhere", "--key-file", "keys", "b"]);
    assert_eq!(restored.text(), format!("{token} {}\n", card_number()));
}

#[test]
fn a_policy_decides_what_scan_says() {
    let token = github_token(3);
    let folder = folder(&[("tamis.toml", POLICY.as_bytes()), ("tests/a", token.as_bytes()), ("b", token.as_bytes())]);
    let scan = |args: &[&str]| run_in(folder.path(), ["scan", "--policy", "tamis.toml"].iter().chain(args));
    assert_eq!(scan(&["tests"]).code, 0);
    assert_eq!(scan(&["b"]).code, 1);
    assert_eq!(scan(&["--label", "production", "b", "tests"]).code, 3);
    let run = scan(&["--label", "sandbox", "."]);
    assert_eq!((run.code, run.text()), (0, ""));
    let run = scan(&["--format", "jsonl"]);
    assert_hidden(&run.out, &token);
    let rows: Vec<_> = run.lines().iter().map(|line| format!("{} {} {}", line["path"], line["decision"], line["row"])).collect();
    assert_eq!(rows, [r#""b" "redact" "default""#, r#""tests/a" "observe" "tests-may""#]);
    let text = scan(&["tests/a"]);
    assert!(text.text().contains("\n     = observe by row tests-may\n") && !text.text().contains("rotate"), "{}", text.text());
}

#[test]
fn without_a_policy_nothing_is_said_of_decisions() {
    let token = github_token(4);
    let run = run(["scan", "--format", "jsonl", "-"], &token);
    assert!(run.code == 1 && !run.text().contains("decision"), "{}", run.text());
}

#[test]
fn mistakes_have_a_place_and_stop_everything() {
    let folder = folder(&[("tamis.toml", b"[[boundary]]\nid = 'a'\nclas = 'secret'\ndecision = 'blok'\n"), ("a", b"text")]);
    for command in ["redact", "scan"] {
        let run = run_in(folder.path(), [command, "--policy", "tamis.toml", "a"]);
        assert_eq!((run.code, run.text()), (2, ""));
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.err, @r"
            tamis: bad policy: tamis.toml:3:1: unknown key `clas`: did you mean `class`?: see docs/policy.md
            tamis: bad policy: tamis.toml:4:12: unknown word `blok`: did you mean `block`?: see docs/policy.md
            ");
        }
    }
    let run = run_in(folder.path(), ["redact", "--policy", "none.toml", "a"]);
    assert_eq!((run.code, run.err.as_str()), (2, "tamis: cannot read the policy: none.toml: no such file or directory: check the name\n"));
}

#[test]
fn check_tells_all_at_once() {
    let policy = format!(
        "{POLICY}\n[[boundary]]\nid = 'late'\nclass = 'secret'\npath = 'tests/unit/**'\nconfidence = 'high'\ndecision = 'block'\ntool = ['x', '!x']\n"
    );
    let exception = "[[exception]]\nid = 'E-1'\nscope.rule = 'github.*'\nreason = 'false-positive'\nrequested_by = 'a'\napproved_by = 'b'\ncreated = 2020-01-01\nexpires = 2020-02-01\n";
    let folder = folder(&[("tamis.toml", policy.as_bytes()), ("tamis.exceptions.toml", exception.as_bytes())]);
    let run = run_in(folder.path(), ["policy", "check"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.text(), @r"
    tamis.toml:42:6: warning: boundary late: it is never reached: tests-may (line 10) takes all that it matches (unreachable)
    tamis.toml:47:9: error: boundary late: `x` and `!x` take each other away (contradiction)
    tamis.exceptions.toml:8:11: error: exception E-1: it expired on 2020-02-01: take it out, or have it approved anew (expired)
    ");
    let (summary, digest) = run.err.trim_end().rsplit_once(' ').unwrap();
    assert_eq!(summary, "tamis: tamis.toml: 2 errors, 1 warning; 5 boundaries, 1 tool row, 2 profiles, 1 exception, digest");
    assert_eq!(digest.len(), 12);
    let run = run_in(folder.path(), ["policy", "check", "--format", "jsonl"]);
    let found = run.lines();
    assert_eq!((found.len(), &found[2]["problem"], &found[2]["line"], &found[2]["column"]), (3, &"expired".into(), &8.into(), &11.into()));
}

#[test]
fn a_policy_can_be_named_as_in_a_run() {
    let folder = folder(&[("p.toml", b"default = 'block'\n")]);
    let run = |args: &[&str]| run_in(folder.path(), ["policy"].iter().chain(args));
    assert_eq!(run(&["check", "--policy", "p.toml"]).code, 0);
    assert!(run(&["explain", "--policy", "p.toml", "--class", "secret"]).text().starts_with("block by row default\n"));
    assert_eq!(run(&["check", "p.toml", "--policy", "p.toml"]).code, 2);
}

#[test]
fn check_knows_what_a_sink_is() {
    let policy = b"[audit]\nsinks = ['log.jsonl', 'ftp://logs.example']\n[[profile]]\nname = 'p'\naudit.sinks = ['syslog+tcp://h']\n";
    let folder = folder(&[("tamis.toml", policy)]);
    let run = run_in(folder.path(), ["policy", "check"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.text(), @r"
    tamis.toml:2:23: error: audit sink `ftp://logs.example`: expected a file, stderr, syslog, syslog+tcp://, http(s):// or otlp+http(s):// (bad-value)
    tamis.toml:5:16: error: audit sink `syslog+tcp://h`: expected syslog+tcp://HOST:PORT (bad-value)
    ");
}

#[test]
fn a_sound_policy_has_nothing_wrong() {
    let folder = folder(&[("tamis.toml", POLICY.as_bytes())]);
    let run = run_in(folder.path(), ["policy", "check"]);
    assert_eq!((run.code, run.text()), (0, ""));
    assert!(run.err.starts_with("tamis: tamis.toml: nothing wrong; 4 boundaries, 1 tool row, 2 profiles, digest "), "{}", run.err);
}

#[test]
fn explain_says_which_row_and_why_no_other() {
    let token = github_token(5);
    let folder = folder(&[("tamis.toml", POLICY.as_bytes()), ("b", token.as_bytes())]);
    let finding = run_in(folder.path(), ["scan", "--format", "jsonl", "b"]);
    let by_line = run_in(folder.path(), ["policy", "explain", "--finding", finding.text().trim_end()]);
    let flags = ["policy", "explain", "--rule", "github.pat-classic", "--path", "b", "--confidence", "certain", "--verdict", "valid"];
    let by_flags = run_in(folder.path(), flags);
    assert_eq!((by_line.code, by_line.text()), (0, by_flags.text()));
    let (head, rows) = by_flags.text().split_once("\n\n").unwrap();
    assert!(head.starts_with("redact by row default\npolicy "), "{head}");
    insta::assert_snapshot!(rows, @"
      play                allow     its profile is not chosen  tamis.toml:36:1
      cards-stay          block     class is secret/api-key, not pii/payment-card; direction is not known, outbound is wanted  tamis.toml:2:1
      tests-may           observe   path is b, not tests/**, *.example  tamis.toml:9:1
      github-comes-back   tokenize  destination.host is not known, *.example.com is wanted  tamis.toml:16:1
      production.default  block     its profile is not chosen  built in
    → default             redact    decides  built in
      default-low         observe   would match too  built in
    ");
}

#[test]
fn explain_tells_when_it_is_asked_about_another_run() {
    let folder = folder(&[
        ("tamis.toml", b"[[boundary]]\nid = 'c'\nsurface = 'commit'\ndecision = 'observe'\n"),
        ("b", github_token(10).as_bytes()),
    ]);
    let finding = run_in(folder.path(), ["scan", "--format", "jsonl", "--policy", "tamis.toml", "b"]);
    let explain = |more: &[&str]| run_in(folder.path(), ["policy", "explain", "--finding", finding.text().trim_end()].iter().chain(more));
    let other = explain(&[]);
    assert_eq!(other.err, "tamis: row c decided when this was found: give the flags of that run, such as --surface commit\n");
    let same = explain(&["--surface", "commit"]);
    assert!(same.text().starts_with("observe by row c\n") && same.err.is_empty(), "{}", same.err);
}

#[test]
fn explain_takes_tool_calls_and_shows_no_argument() {
    let token = github_token(6);
    let folder = folder(&[("tamis.toml", POLICY.as_bytes())]);
    let arguments = format!("{{\"command\":\"curl -H {token}\"}}");
    let run = run_in(folder.path(), ["policy", "explain", "--tool", "Bash", "--arguments", &arguments]);
    assert_eq!(run.code, 0);
    assert_hidden(&run.out, &token);
    assert!(run.text().starts_with("block by row tools.default\n"), "{}", run.text());
    assert!(run.text().contains("argument command is not as wanted: is git *"), "{}", run.text());
    let run = run_in(folder.path(), ["policy", "explain", "--tool", "Bash", "--arguments", &arguments[1..]]);
    assert_hidden(run.err.as_bytes(), &token);
    assert_eq!(run.err, "tamis: bad arguments: --arguments, line 1, column 10: it is no such JSON object\n");
    let run = run_in(folder.path(), ["policy", "explain", "--format", "jsonl", "--class", "secret/token"]);
    assert_eq!((&run.lines()[0]["decision"], &run.lines()[0]["row"]), (&"redact".into(), &"default".into()));
}

#[test]
fn tables_of_cases_pass_or_say_why() {
    let folder = folder(&[("p/tamis.toml", POLICY.as_bytes()), ("p/tamis.test.toml", TABLE.as_bytes())]);
    let run = run_in(folder.path(), ["policy", "test", "p/tamis.test.toml"]);
    assert_eq!((run.code, run.err.as_str()), (1, "tamis: 1 case failed, 2 passed\n"));
    assert_eq!(run.text(), "p/tamis.test.toml:9:1: production stops keys: expected redact, got block by production.default\n");
    fs::write(folder.path().join("p/tamis.test.toml"), TABLE.replace("\"redact\"", "\"block\"")).unwrap();
    let run = run_in(&folder.path().join("p"), ["policy", "test"]);
    assert_eq!((run.code, run.text(), run.err.as_str()), (0, "", "tamis: 3 cases passed\n"));
}

#[test]
fn schemas_are_the_published_ones() {
    for (kind, published) in [
        ("policy", include_str!("../../../../docs/schema/policy.json")),
        ("exceptions", include_str!("../../../../docs/schema/exceptions.json")),
        ("cases", include_str!("../../../../docs/schema/cases.json")),
    ] {
        let run = run(["policy", "schema", kind], "");
        let drifted = run.text() != published;
        assert!(!drifted, "write it anew: tamis policy schema {kind} > docs/schema/{kind}.json");
    }
}

#[test]
fn the_examples_of_the_documentation_hold() {
    let folder = folder(&[
        ("tamis.toml", include_bytes!("../../../../docs/examples/tamis.toml")),
        ("tamis.exceptions.toml", include_bytes!("../../../../docs/examples/tamis.exceptions.toml")),
        ("tamis.test.toml", include_bytes!("../../../../docs/examples/tamis.test.toml")),
    ]);
    let run = run_in(folder.path(), ["policy", "check", "--format", "jsonl"]);
    // Examples grow old: only that may be wrong with them.
    assert!(run.lines().iter().all(|line| line["problem"] == "expired"), "{}", run.text());
    let run = run_in(folder.path(), ["policy", "test"]);
    assert_eq!((run.code, run.text()), (0, ""), "{}", run.err);
}

#[test]
fn tokens_go_back_only_where_a_row_says_so() {
    let token = github_token(7);
    let policy = "[[boundary]]\nid = 'shell'\nclass = 'secret'\ntool = 'Bash'\ndirection = 'inbound'\ndecision = 'allow'\nrestore = true\n";
    let folder = folder(&[("tamis.toml", policy.as_bytes()), ("a", token.as_bytes())]);
    let keys = tamis(["keygen", "token"]).output().unwrap().stdout;
    fs::write(folder.path().join("keys"), keys).unwrap();
    let sealed = run_in(folder.path(), ["--mode", "tokenize", "--key-file", "keys", "a"]);
    fs::write(folder.path().join("b"), &sealed.out).unwrap();
    let restore = |more: &[&str]| run_in(folder.path(), ["restore", "--key-file", "keys", "--check", "b"].iter().chain(more));
    assert_eq!((restore(&["--everywhere"]).code, restore(&["--everywhere"]).text()), (0, token.as_str()));
    let nowhere = restore(&[]);
    assert_eq!((nowhere.code, nowhere.text()), (2, ""));
    insta::assert_snapshot!(nowhere.err, @"tamis: nothing may be restored: no policy says where: give --policy FILE, in which rows with `restore = true` do, or --everywhere");
    assert_eq!(restore(&["--everywhere", "--policy", "tamis.toml"]).code, 2);
    let back = restore(&["--policy", "tamis.toml", "--tool", "Bash", "--direction", "inbound", "--audit", "log"]);
    assert_eq!((back.code, back.text()), (0, token.as_str()), "{}", back.err);
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains(r#""restored":{"#) && log.contains(r#""row":"shell""#), "{log}");
    let kept = restore(&["--policy", "tamis.toml", "--tool", "WebFetch", "--direction", "inbound"]);
    assert_eq!((kept.code, kept.out), (1, sealed.out), "{}", kept.err);
}

#[test]
fn a_policy_names_the_log_and_no_flag_makes_it_optional() {
    let token = github_token(8);
    let policy = |audit: &str| format!("[audit]\nrequired = true\n{audit}\n[[profile]]\nname = 'sandbox'\naudit.required = false\n");
    let folder = folder(&[("p/tamis.toml", policy("").as_bytes()), ("a", token.as_bytes())]);
    let redact = |more: &[&str]| run_in(folder.path(), ["--policy", "p/tamis.toml", "a"].iter().chain(more));
    let closed = redact(&[]);
    assert_eq!((closed.code, closed.text()), (4, ""));
    assert!(closed.err.starts_with("tamis: nothing can be recorded: p/tamis.toml: "), "{}", closed.err);
    assert_eq!(run_in(folder.path(), ["scan", "--policy", "p/tamis.toml", "a"]).code, 4);
    assert_eq!(redact(&["--label", "sandbox"]).code, 0);
    assert_eq!(redact(&["--audit", "here.jsonl"]).code, 0);
    assert_eq!(redact(&["--audit", "nowhere/x", "--audit-optional"]).code, 4);
    // Files are named from the policy's folder.
    fs::write(folder.path().join("p/tamis.toml"), policy("sinks = ['there.jsonl']\ndeadline_ms = 5000")).unwrap();
    assert_eq!(redact(&[]).code, 0);
    assert!(fs::read_to_string(folder.path().join("p/there.jsonl")).unwrap().contains("policy-loaded"));
    fs::write(folder.path().join("p/tamis.toml"), policy("sinks = ['ftp://x']")).unwrap();
    let bad = redact(&[]);
    assert_eq!((bad.code, bad.text()), (2, ""));
    assert!(bad.err.starts_with("tamis: bad audit sink in the policy: ftp://x: "), "{}", bad.err);
}

#[test]
fn a_policy_names_the_keys_of_tokens() {
    let token = github_token(9);
    let policy = "default = 'tokenize'\ntokens.key_file = 'keys'\n";
    let folder = folder(&[("p/tamis.toml", policy.as_bytes()), ("a", token.as_bytes())]);
    fs::write(folder.path().join("p/keys"), tamis(["keygen", "token"]).output().unwrap().stdout).unwrap();
    let sealed = run_in(folder.path(), ["--policy", "p/tamis.toml", "a"]);
    assert_eq!(sealed.code, 0, "{}", sealed.err);
    assert_hidden(&sealed.out, &token);
    fs::write(folder.path().join("b"), &sealed.out).unwrap();
    let back = run_in(folder.path(), ["restore", "--everywhere", "--key-file", "p/keys", "b"]);
    assert_eq!(back.text(), token);
    // No row of this policy lets anything be put back.
    let kept = run_in(folder.path(), ["restore", "--policy", "p/tamis.toml", "b"]);
    assert_eq!(kept.out, sealed.out, "{}", kept.err);
}
