//! Policies: what they decide, what is wrong with them, and why.

use tamis::policy::{Answer, CaseFile, ExceptionState, Outcome, ToolDecision, add_exception, expire_exception};
use tamis::{
    Confidence, Decision, Direction, Facts, Flow, Lifetime, Policy, PolicyFile, Scanner, Surface, Timestamp, Verdict, policy, rules,
};

const POLICY: &str = r#"
default = "redact"

[[boundary]]
id = "cards-stay"
class = "pii/payment-card"
destination.host = ["*.example.com", "!internal.example.com"]
decision = "block"
exceptions = false

[[boundary]]
id = "tests-may"
class = "secret"
path = "tests/**"
confidence = "medium"
decision = "observe"

[[boundary]]
id = "own-shell"
surface = "tool-input"
direction = "inbound"
tool = "Bash"
decision = "allow"
restore = true

[[boundary]]
id = "model-sees-tokens"
class = ["secret", "!secret/private-key"]
direction = "outbound"
destination.model = "gpt-*"
lifetime = "long"
decision = "tokenize"

[[tool]]
id = "read-docs"
tool = ["Read", "mcp__docs__*"]
when = [{ argument = "file_path", path = ["docs/**", "src/**"] }]
decision = "allow"

[[tool]]
id = "git"
tool = "Bash"
when = [{ argument = "command", is = ["git status", "git log*", "!*;*"] }, { argument = "timeout", max = 60 }]
decision = "observe"

[[profile]]
name = "production"
labels = ["production", "repository=acme/pay*", "route=live"]
default = "block"
exceptions.max_days = 7

[[profile.boundary]]
id = "keys-never"
class = "secret/private-key"
decision = "block"

[[profile]]
name = "sandbox"

[[profile.boundary]]
id = "play"
class = "network"
decision = "allow"

[[exception]]
id = "EX-1"
scope = { rule = "stripe.*", path = "demo/**" }
reason = "used-in-tests"
requested_by = "ana"
approved_by = "bo"
created = 2026-01-01
expires = 2026-02-01

[[exception]]
id = "EX-2"
scope.fingerprint = "00112233445566778899aabbccddeeff"
reason = "false-positive"
requested_by = "ana"
approved_by = "bo"
created = 2026-01-01
expires = 2026-12-31
"#;

fn policy() -> Policy {
    PolicyFile::load("tamis.toml", POLICY).unwrap().policy()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn facts<'a>(rule: &'a str, class: &'a str) -> Facts<'a> {
    let lifetime = if class.starts_with("secret") { Lifetime::Long } else { Lifetime::Unknown };
    Facts { rule, class, confidence: Confidence::High, verdict: Verdict::Abstain, lifetime, fingerprint: None }
}

fn flow(change: impl FnOnce(&mut Flow)) -> Flow {
    let mut flow = Flow::default();
    change(&mut flow);
    flow
}

#[test]
fn without_a_file_what_is_likely_is_redacted() {
    let policy = Policy::default();
    for (confidence, decision, row) in [
        (Confidence::Low, Decision::Observe, "default-low"),
        (Confidence::Medium, Decision::Redact, "default"),
        (Confidence::Certain, Decision::Redact, "default"),
    ] {
        let facts = Facts { confidence, ..facts("github.pat-classic", "secret/api-key") };
        let ruling = policy.rule(&Flow::default(), &facts, Timestamp::UNIX_EPOCH);
        assert_eq!((ruling.decision, &*ruling.row, ruling.exception), (decision, row, None));
    }
    assert_eq!(policy.rule_call(&Flow::default(), &serde_json::json!({})).decision, ToolDecision::Allow);
    assert_eq!(policy.restores(&Flow::default(), &facts("a.b", "secret/api-key")), None);
    assert_eq!(policy.on_limit(&Flow::default()), Decision::Observe);
}

#[test]
fn the_first_row_that_matches_decides() {
    let policy = policy();
    let key = facts("aws.access-key-id", "secret/api-key");
    let pem = facts("pem.private-key", "secret/private-key");
    let card = facts("payment.card", "pii/payment-card");
    let host = |host: &str| flow(|f| f.destination.host = Some(host.into()));
    let labelled = |label: &str| flow(|f| f.labels = [label.to_owned()].into());
    let model = flow(|f| {
        f.direction = Some(Direction::Outbound);
        f.destination.model = Some("gpt-7".into());
    });
    for (flow, facts, decision, row) in [
        (host("API.example.com"), card, Decision::Block, "cards-stay"),
        (host("internal.example.com"), card, Decision::Redact, "default"),
        // What is not known meets no condition.
        (Flow::default(), card, Decision::Redact, "default"),
        (flow(|f| f.path = Some("./tests/a/b.txt".into())), key, Decision::Observe, "tests-may"),
        (flow(|f| f.path = Some("a/tests/b.txt".into())), key, Decision::Redact, "default"),
        (model.clone(), key, Decision::Tokenize, "model-sees-tokens"),
        (model.clone(), pem, Decision::Redact, "default"),
        (model, Facts { lifetime: Lifetime::Short, ..key }, Decision::Redact, "default"),
        (labelled("production"), pem, Decision::Block, "keys-never"),
        (labelled("repository=acme/payments"), key, Decision::Block, "production.default"),
        (flow(|f| f.destination.route = Some("live".into())), key, Decision::Block, "production.default"),
        (labelled("sandbox"), facts("network.ipv4", "network/ip"), Decision::Allow, "play"),
        (labelled("sandbox"), pem, Decision::Redact, "default"),
    ] {
        let ruling = policy.rule(&flow, &facts, at("2026-06-01T00:00:00Z"));
        assert_eq!((ruling.decision, &*ruling.row), (decision, row), "{flow:?} {facts:?}");
    }
}

#[test]
fn exceptions_lift_until_they_expire() {
    let policy = policy();
    let stripe = facts("stripe.live-key", "secret/api-key");
    let demo = flow(|f| f.path = Some("demo/pay.js".into()));
    let rule = |flow: &Flow, facts: &Facts<'_>, when| {
        let ruling = policy.rule(flow, facts, at(when));
        (ruling.decision, ruling.exception.map(|e| e.id().to_owned()), ruling.lapsed.map(|e| e.id().to_owned()))
    };
    let ex1 = || Some("EX-1".to_owned());
    assert_eq!(rule(&demo, &stripe, "2026-01-20T00:00:00Z"), (Decision::Allow, ex1(), None));
    // The last day counts to its end.
    assert_eq!(rule(&demo, &stripe, "2026-02-01T23:59:59Z"), (Decision::Allow, ex1(), None));
    assert_eq!(rule(&demo, &stripe, "2026-02-02T00:00:00Z"), (Decision::Redact, None, ex1()));
    assert_eq!(rule(&demo, &stripe, "2025-12-31T23:59:59Z"), (Decision::Redact, None, ex1()));
    assert_eq!(rule(&Flow::default(), &stripe, "2026-01-20T00:00:00Z"), (Decision::Redact, None, None));
    // Production allows seven days only.
    let live = flow(|f| {
        f.path = Some("demo/pay.js".into());
        f.labels.insert("production".into());
    });
    assert_eq!(rule(&live, &stripe, "2026-01-02T00:00:00Z"), (Decision::Block, None, ex1()));
    // Over-long by the file's own rule.
    let print = Some("00112233445566778899aabbccddeeff".parse().unwrap());
    let known = Facts { fingerprint: print, ..stripe };
    assert_eq!(rule(&Flow::default(), &known, "2026-01-20T00:00:00Z"), (Decision::Redact, None, Some("EX-2".into())));
    let states: Vec<_> = policy.exceptions().iter().map(|e| policy.state(e, &Flow::default(), at("2026-01-20T00:00:00Z"))).collect();
    assert_eq!(states, [ExceptionState::Active, ExceptionState::TooLong]);
}

#[test]
fn a_row_can_refuse_exceptions() {
    let text = POLICY.replace("rule = \"stripe.*\", path = \"demo/**\"", "rule = \"*\"");
    let policy = PolicyFile::load("tamis.toml", &text).unwrap().policy();
    let flow = flow(|f| f.destination.host = Some("a.example.com".into()));
    let ruling = policy.rule(&flow, &facts("payment.card", "pii/payment-card"), at("2026-01-20T00:00:00Z"));
    assert_eq!((ruling.decision, ruling.exception, ruling.lapsed), (Decision::Block, None, None));
}

#[test]
fn tokens_go_back_only_where_a_row_says_so() {
    let policy = policy();
    let key = facts("aws.access-key-id", "secret/api-key");
    let shell = flow(|f| {
        f.surface = Some(Surface::ToolInput);
        f.direction = Some(Direction::Inbound);
        f.tool = Some("Bash".into());
    });
    assert_eq!(policy.restores(&shell, &key), Some("own-shell"));
    assert_eq!(policy.restores(&Flow { tool: Some("WebFetch".into()), ..shell }, &key), None);
}

#[test]
fn a_tool_is_called_as_the_list_allows() {
    let policy = policy();
    for (tool, arguments, decision, row) in [
        ("Read", serde_json::json!({"file_path": "docs/a.md"}), ToolDecision::Allow, "read-docs"),
        ("mcp__docs__get", serde_json::json!({"file_path": ["src/a.rs", "docs/b"]}), ToolDecision::Allow, "read-docs"),
        ("Read", serde_json::json!({"file_path": "docs/../.env"}), ToolDecision::Block, "tools.default"),
        ("Read", serde_json::json!({"file_path": ["docs/a.md", "/etc/passwd"]}), ToolDecision::Block, "tools.default"),
        ("Read", serde_json::json!({"path": "docs/a.md"}), ToolDecision::Block, "tools.default"),
        ("Read", serde_json::json!({"file_path": {"a": "docs/a.md"}}), ToolDecision::Block, "tools.default"),
        ("Bash", serde_json::json!({"command": "git status", "timeout": 10}), ToolDecision::Observe, "git"),
        ("Bash", serde_json::json!({"command": "git status", "timeout": 61}), ToolDecision::Block, "tools.default"),
        ("Bash", serde_json::json!({"command": "git log; rm -rf /", "timeout": 1}), ToolDecision::Block, "tools.default"),
        ("Bash", serde_json::json!({"command": "git status"}), ToolDecision::Block, "tools.default"),
        ("WebFetch", serde_json::json!({}), ToolDecision::Block, "tools.default"),
    ] {
        let ruling = policy.rule_call(&flow(|f| f.tool = Some(tool.into())), &arguments);
        assert_eq!((ruling.decision, &*ruling.row), (decision, row), "{tool} {arguments}");
    }
}

#[test]
fn a_digest_names_what_a_policy_says() {
    let digest = |name, text: &str| PolicyFile::load(name, text).unwrap().policy().digest();
    let toml = digest("a.toml", "# why\n[[boundary]]\ndecision = 'block'\nid = 'a'\nclass = ['secret']\n");
    let json = digest("b.json", r#"{"boundary":[{"id":"a","class":"secret","decision":"block"}]}"#);
    assert_eq!(toml, json);
    assert_ne!(toml, digest("a.toml", "[[boundary]]\ndecision = 'block'\nid = 'a'\nclass = ['pii']\n"));
    assert_eq!(digest("a.toml", ""), Policy::default().digest());
}

/// What `check` says of a text, at the first of January 2026.
fn said(name: &str, text: &str) -> String {
    let (file, mut found) = PolicyFile::inspect(name, text);
    let scanner = Scanner::new(rules::builtin());
    found.extend(file.check(scanner.rules(), at("2026-01-01T12:00:00Z")));
    found.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
    found.iter().map(|d| format!("{}:{} {}: {}\n", d.line, d.column, d.problem.as_str(), d.message)).collect()
}

const EXCEPTION: &str = "reason = 'used-in-tests'\nrequested_by = 'ana'\napproved_by = 'ana'\n";

#[test]
fn check_says_what_is_wrong_and_where() {
    let exception = |scope: &str, dates: &str| format!("[[exception]]\nid = 'e'\n{scope}\n{EXCEPTION}{dates}\n");
    let boundary = |id: &str, rest: &str| format!("[[boundary]]\nid = '{id}'\n{rest}\n");
    let dates = "created = 2025-12-31\nexpires = 2026-01-31";
    for (text, expected) in [
        ("defualt = 'redact'\n".into(), "1:1 unknown-key: unknown key `defualt`: did you mean `default`?\n"),
        (
            boundary("a", "clas = 'secret'\ndecison = 'block'\ndecision = 'block'"),
            "3:1 unknown-key: unknown key `clas`: did you mean `class`?\n4:1 unknown-key: unknown key `decison`: did you mean `decision`?\n",
        ),
        (
            boundary("a", "surface = ['message', 'tool-outptu']\ndecision = 'block'"),
            "3:23 bad-value: unknown word `tool-outptu`: did you mean `tool-output`?\n",
        ),
        (boundary("a", "class = 'secret'"), "1:1 bad-value: missing field `decision`\n"),
        (boundary("a", "confidence = 3\ndecision = 'block'"), "3:14 bad-value: invalid type: integer `3`, expected string or map\n"),
        ("default = \"redact\"\ndefault = 'block'\n".into(), "2:1 syntax: duplicate key\n"),
        (boundary("a b", "decision = 'block'"), "2:6 bad-value: \"a b\" is no id: use letters, digits, `-`, `_` and `.`, 64 at most\n"),
        (boundary("a", "tool = []\ndecision = 'block'"), "3:8 bad-value: the list is empty: name something, or leave the key out\n"),
        // Two mistakes of two sorts at once.
        (
            format!("{}{}", boundary("a", "surfaces = 'log'\ndecision = 'block'"), exception("scope.rule = 'x.y'", dates)),
            "3:1 unknown-key: unknown key `surfaces`: did you mean `surface`?\n7:14 never-matches: exception e: no rule has id `x.y`: see `tamis rules list`\n",
        ),
        (
            format!("{}{}", boundary("a", "class = 'secret'\ndecision = 'block'"), boundary("b", "rule = 'aws.*'\nsurface = 'log'\ndecision = 'allow'")),
            "6:6 unreachable: boundary b: it is never reached: a (line 2) takes all that it matches\n",
        ),
        // Two rows that together leave nothing.
        (
            [
                boundary("a", "class = 'secret'\nsurface = ['log', 'message']\ndecision = 'block'"),
                boundary("b", "class = 'pii'\ndecision = 'allow'"),
                boundary("c", "class = ['secret/api-key', 'pii/email']\nsurface = 'log'\ndecision = 'observe'"),
            ]
            .concat(),
            "11:6 unreachable: boundary c: it is never reached: a (line 2) and b (line 7) take all that it matches\n",
        ),
        (
            format!("{}{}", boundary("a", "tool = 'x*'\ndecision = 'block'"), boundary("b", "tool = ['xa*', 'y']\ndecision = 'allow'")),
            "",
        ),
        (
            format!("{}{}", boundary("a", "path = 'a/**'\ndecision = 'block'"), boundary("b", "path = ['a/*.rs', 'a/b/']\ndecision = 'block'")),
            "6:6 unreachable: boundary b: it is never reached: a (line 2) takes all that it matches\n",
        ),
        (
            format!("{}{}", boundary("a", "class = 'pii'\ndecision = 'block'"), boundary("b", "class = 'pii'\ndecision = 'allow'")),
            "6:6 contradiction: boundary b: it says allow where a (line 2) says block for the same findings\n",
        ),
        (
            format!("{}{}", boundary("a", "class = 'pii'\ndecision = 'block'"), boundary("a", "class = 'secret'\ndecision = 'block'")),
            "6:6 duplicate-id: boundary a: this id is taken by line 2: reports could not tell them apart\n",
        ),
        (
            boundary("default", "class = 'pii'\ndecision = 'block'"),
            "2:6 duplicate-id: boundary default: that is the id of a row that every policy ends with: choose another\n",
        ),
        (boundary("a", "rule = ['aws.*', 'gihub.pat-classic']\ndecision = 'block'"),
            "3:18 never-matches: boundary a: no rule has id `gihub.pat-classic`: did you mean `github.pat-classic`?\n"),
        (boundary("a", "rule = 'aws.*'\nclass = 'pii'\ndecision = 'block'"),
            "3:8 never-matches: boundary a: no rule meets class and rule at once\n"),
        (boundary("a", "confidence = 'certain'\nverdict = 'abstain'\ndecision = 'block'"),
            "4:11 never-matches: boundary a: only a valid verdict makes a finding certain\n"),
        (boundary("a", "destination.host = 'https://api.example.com'\ndecision = 'block'"),
            "3:20 never-matches: boundary a: host `https://api.example.com` never matches: a host has no scheme, no port and no path\n"),
        (boundary("a", "class = ['pii', '!pii']\ndecision = 'block'"),
            "3:10 contradiction: boundary a: `pii` and `!pii` take each other away\n"),
        (boundary("a", "decision = 'redact'\nrestore = true"),
            "4:11 contradiction: boundary a: it puts tokens back, and would redact what they stand for: use allow or observe\n"),
        (exception("scope.rule = 'aws.*'", "created = 2025-01-01\nexpires = 2025-02-01"),
            "8:11 expired: exception e: it expired on 2025-02-01: take it out, or have it approved anew\n"),
        (exception("scope.rule = 'aws.*'", "created = 2026-01-01\nexpires = 2026-06-01"),
            "8:11 too-long: exception e: it lasts longer than the 90 days that the policy allows\n"),
        (exception("scope.rule = 'aws.*'", "created = 2026-01-09\nexpires = 2026-02-01"),
            "7:11 not-in-force: exception e: it holds from 2026-01-09 on only\n"),
        (exception("scope.rule = 'aws.*'", "created = 2026-02-01\nexpires = 2026-01-05"),
            "8:11 contradiction: exception e: it expires before it is created\n"),
        (format!("exceptions.self_approval = false\n{}", exception("scope.rule = 'aws.*'", dates)),
            "7:15 not-in-force: exception e: who asked for it may not approve it\n"),
        (format!("exceptions.ticket_required = true\n{}", exception("scope.rule = 'aws.*'", dates)),
            "2:1 not-in-force: exception e: the policy asks for a ticket\n"),
        (exception("scope = {}", dates), "3:9 never-matches: exception e: its scope is empty, so it is for nothing: name a fingerprint or a rule\n"),
        (exception("scope.path = 'tests/**'", dates),
            "3:1 risky: exception e: its scope names no fingerprint and no rule: secrets of any kind pass there\n"),
        (exception("scope.fingerprint = 'abc'", dates),
            "3:21 bad-value: \"abc\" is no fingerprint: it has 32 hexadecimal digits, as `tamis scan --format jsonl` shows it\n"),
        (exception("scope.rule = 'aws.*'", "created = 2026-13-01\nexpires = 2026-02-01"), "7:11 syntax: invalid date, expected month between 01 and 12\n"),
        ("[[tool]]\nid = 'a'\ntool = 'Bash'\nwhen = [{ argument = 'command' }]\ndecision = 'allow'\n".into(),
            "4:9 contradiction: tool a: argument command: nothing is asked of it: add is, path, min, max or present\n"),
        ("[[tool]]\nid = 'a'\ntool = 'Ba*'\ndecision = 'allow'\n[[tool]]\nid = 'b'\ntool = 'Bash'\nwhen = [{ argument = 'x', present = true }]\ndecision = 'block'\n".into(),
            "6:6 unreachable: tool b: a (line 2) takes all calls that it matches, so it is never reached\n"),
        ("tools.default = 'allow'\n[[tool]]\nid = 'a'\ntool = 'Bash'\ndecision = 'allow'\n".into(),
            "1:17 contradiction: tools.default allows all tools, so the rows that allow some do nothing: use block\n"),
        ("[session.max_findings]\n'secret' = 3\n'sekret' = 3\n".into(),
            "3:1 never-matches: session: no rule has class `sekret`: did you mean `secret`?\n"),
        ("[[profile]]\nname = 'p'\n[[profile]]\nname = 'p'\n".into(),
            "4:8 duplicate-id: profile p: this id is taken by line 2: reports could not tell them apart\n"),
    ] {
        assert_eq!(said("tamis.toml", &text), expected, "{text}");
    }
}

#[test]
fn json_has_places_too() {
    let text =
        "{\n  \"default\": \"redact\",\n  \"boundary\": [\n    {\"id\": \"a\", \"klass\": \"pii\", \"decision\": \"block\"}\n  ]\n}\n";
    assert_eq!(said("tamis.json", text), "4:17 unknown-key: unknown key `klass`: did you mean `class`?\n");
    assert!(said("tamis.json", "{ // no\n}").starts_with("1:3 syntax: "), "{}", said("tamis.json", "{ // no\n}"));
}

#[test]
fn what_the_policy_of_these_tests_gets_wrong_is_known() {
    assert_eq!(said("tamis.toml", POLICY), "81:11 too-long: exception EX-2: it lasts longer than the 90 days that the policy allows\n");
}

#[test]
fn no_text_panics() {
    for cut in 0..POLICY.len() {
        let _ = said_quickly(&POLICY[..cut]);
        let _ = said_quickly(&format!("{}{}", &POLICY[..cut], &POLICY[(cut + 7).min(POLICY.len())..]));
    }
}

fn said_quickly(text: &str) -> usize {
    let (file, found) = PolicyFile::inspect("tamis.toml", text);
    assert!(found.iter().all(|diagnostic| diagnostic.to_string().lines().count() == 1), "{found:?}");
    let _ = file.policy().rule(&Flow::default(), &facts("a.b", "secret"), Timestamp::UNIX_EPOCH);
    file.check(&[], Timestamp::UNIX_EPOCH).len()
}

#[test]
fn an_explanation_tells_of_every_row() {
    let policy = policy();
    let flow = flow(|f| f.destination.host = Some("internal.example.com".into()));
    let card = facts("payment.card", "pii/payment-card");
    let explanation = policy.explain(&flow, &card, at("2026-01-20T00:00:00Z"));
    let outcomes: Vec<_> = explanation.rows.iter().map(|row| (row.id, row.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("keys-never", Outcome::OtherProfile),
            ("play", Outcome::OtherProfile),
            ("cards-stay", Outcome::DoesNotMatch),
            ("tests-may", Outcome::DoesNotMatch),
            ("own-shell", Outcome::DoesNotMatch),
            ("model-sees-tokens", Outcome::DoesNotMatch),
            ("production.default", Outcome::OtherProfile),
            ("default", Outcome::Decides),
            ("default-low", Outcome::TooLate),
        ]
    );
    let miss = &explanation.rows[2].misses[0];
    assert_eq!((miss.key.as_str(), miss.wanted.as_str()), ("destination.host", "*.example.com, !internal.example.com"));
    assert_eq!(miss.actual.as_deref(), Some("internal.example.com"));
    assert_eq!(explanation.rows[2].place.unwrap().to_string(), "tamis.toml:4:1");
    let Answer::Finding(ruling) = explanation.answer else { panic!("it is about a finding") };
    assert_eq!(ruling, policy.rule(&flow, &card, at("2026-01-20T00:00:00Z")));
}

#[test]
fn an_explanation_shows_no_argument() {
    let policy = policy();
    let flow = flow(|f| f.tool = Some("Bash".into()));
    let secret = ["ghp_", "x7Qm2VtR9pLk4WnZ8sYd"].concat();
    let explanation = policy.explain_call(&flow, &serde_json::json!({ "command": format!("curl -H {secret}") }));
    assert!(!serde_json::to_string(&explanation).unwrap().contains(&secret));
    assert_eq!(explanation.rows[1].misses[0].wanted, "is git status, git log*, !*;*");
}

#[test]
fn cases_fail_with_a_reason() {
    let cases = r#"
[[case]]
name = "a card"
class = "pii/payment-card"
destination.host = "a.example.com"
expect = "block"
row = "cards-stay"
exception = "none"

[[case]]
name = "a key in tests"
rule = "stripe.live-key"
path = "demo/a"
now = 2026-01-05
expect = "allow"
exception = "EX-1"

[[case]]
name = "wrong"
rule = "stripe.live-key"
expect = "block"
row = "x"
restore = true

[[case]]
name = "git"
tool = "Bash"
arguments = { command = "git status", timeout = 3 }
expect = "observe"

[[case]]
name = "unknown rule"
rule = "stripe.nothing"
expect = "block"
"#;
    let cases = CaseFile::load("tamis.test.toml", cases).unwrap();
    let results = cases.run(&policy(), Scanner::new(rules::builtin()).rules(), at("2026-06-01T00:00:00Z"));
    let failures: Vec<_> = results.iter().map(|result| (result.place.line, result.failure.as_deref())).collect();
    assert_eq!(
        failures,
        [
            (2, None),
            (10, None),
            (18, Some("expected block, got redact by default; expected row x, got default; expected restore = true")),
            (25, None),
            (31, Some("there is no rule stripe.nothing: see `tamis rules list`")),
        ]
    );
    let errors = CaseFile::load("t.toml", "[[case]]\nname = 'a'\nexpct = 'block'\n").unwrap_err();
    assert_eq!(errors[0].to_string(), "t.toml:3:1: unknown key `expct`: did you mean `expect`?");
}

#[test]
fn an_exception_ends_and_the_rest_stays() {
    let text = "# ours\n[[exception]]\nid = 'a' # first\nscope.rule = 'aws.*'\nreason = 'false-positive'\nrequested_by = 'x'\napproved_by = 'y'\ncreated = 2026-01-01\nexpires = 2026-03-01 # soon\n";
    let ended = expire_exception("e.toml", text, "a", at("2026-02-03T04:05:06.7Z")).unwrap().unwrap();
    assert_eq!(ended, text.replace("2026-03-01", "2026-02-03T04:05:06Z"));
    assert_eq!(expire_exception("e.toml", text, "b", at("2026-02-03T04:05:06Z")).unwrap(), None);
    let new = policy::NewException {
        id: "a\"b".into(),
        rule: vec!["aws.*".into(), "gcp.*".into()],
        host: vec!["h".into()],
        reason: Some(policy::Reason::FalsePositive),
        created: "2026-01-01".into(),
        expires: "2026-01-02".into(),
        ..policy::NewException::default()
    };
    assert!(add_exception("e.toml", text, &new).unwrap_err()[0].message.contains("is no id"));
    let new = policy::NewException { id: "b".into(), ticket: Some("T \"1\"".into()), ..new };
    let added = add_exception("e.toml", text, &new).unwrap();
    assert!(
        added.starts_with(text) && added.contains("scope = { rule = [\"aws.*\", \"gcp.*\"], destination = { host = \"h\" } }"),
        "{added}"
    );
    assert!(add_exception("e.toml", &added, &new).unwrap_err()[0].to_string().starts_with("e.toml:12:6: exception b: this id is taken"));
    let json = add_exception("e.json", "", &new).unwrap();
    let json = expire_exception("e.json", &json, "b", at("2026-02-03T04:05:06Z")).unwrap().unwrap();
    assert!(json.contains(r#""expires": "2026-02-03T04:05:06Z""#), "{json}");
}

#[test]
fn every_table_of_the_schemas_is_closed() {
    fn walk(value: &serde_json::Value, path: &str) {
        if value.get("properties").is_some() {
            assert_eq!(value["additionalProperties"], serde_json::json!(false), "{path}");
        }
        if let Some(object) = value.as_object() {
            object.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}")));
        }
    }
    [policy::schema(), policy::exceptions_schema(), policy::cases_schema()].iter().for_each(|schema| {
        walk(schema, "");
        assert!(!schema.to_string().contains("\"null\""), "{schema}");
    });
}
