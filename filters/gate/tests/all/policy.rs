//! Policies: what they decide, what is wrong with them, and why.

use tamis::policy::{Answer, CaseFile, ExceptionState, Outcome, ToolDecision, add_exception, expire_exception};
use tamis::{
    Confidence, Decision, Direction, Facts, Flow, Lifetime, Policy, PolicyFile, Scanner, Surface, Timestamp, Verdict, policy, rules,
};

pub(crate) const POLICY: &str = r#"
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
fn a_row_that_blocks_is_wary() {
    let text = "tools.default = 'allow'\n[[tool]]\nid = 'no'\ntool = 'Read'\ndecision = 'block'\nwhen = [{ argument = 'path', path = 'secrets/**' }, { argument = 'n', max = 9 }]\n";
    let policy = PolicyFile::load("tamis.toml", text).unwrap().policy();
    for (path, n, row) in [
        (serde_json::json!("secrets/a"), serde_json::json!(3), "no"),
        (serde_json::json!("docs/../secrets/a"), serde_json::json!(3), "no"),
        (serde_json::json!("~/secrets/a"), serde_json::json!("3"), "no"),
        (serde_json::json!(["docs/a", "secrets/a"]), serde_json::json!("a few"), "no"),
        (serde_json::json!({"at": "secrets/a"}), serde_json::json!([10, 3]), "no"),
        (serde_json::json!("docs/a"), serde_json::json!(3), "tools.default"),
        (serde_json::json!([]), serde_json::json!(3), "tools.default"),
        (serde_json::json!("secrets/a"), serde_json::json!(10), "tools.default"),
        (serde_json::json!("secrets/a"), serde_json::json!(null), "tools.default"),
    ] {
        let arguments = serde_json::json!({"path": path, "n": n});
        assert_eq!(&*policy.rule_call(&flow(|f| f.tool = Some("Read".into())), &arguments).row, row, "{arguments}");
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

#[test]
fn settings_of_profiles_go_over_those_of_the_file() {
    let text = "on_limit = 'observe'\nsession = { max_blocks = 9, id_required = true }\naudit = { deadline_ms = 7, sinks = ['a'] }\n\
        [[profile]]\nname = 'p'\non_limit = 'block'\nsession.max_blocks = 1\naudit.required = true\ntokens.tenant = 't'\n\
        [[profile]]\nname = 'q'\nsession.max_blocks = 2\nsession.grant_required = true\n";
    let policy = PolicyFile::load("tamis.toml", text).unwrap().policy();
    let settings = |labels: &[&str]| policy.settings(&flow(|f| f.labels = labels.iter().map(|label| (*label).to_owned()).collect()));
    let (base, p, both) = (settings(&[]), settings(&["p"]), settings(&["p", "q"]));
    assert_eq!((base.on_limit, base.session.max_blocks, base.session.id_required), (Decision::Observe, Some(9), true));
    assert_eq!((p.on_limit, p.session.max_blocks, p.session.id_required), (Decision::Block, Some(1), true));
    assert_eq!((p.audit.required, p.audit.deadline_ms, p.audit.sinks.as_slice()), (Some(true), Some(7), &["a".to_owned()][..]));
    assert_eq!((base.tokens.tenant, p.tokens.tenant.as_deref()), (None, Some("t")));
    // Of two, the first one wins; what it does not say the second one may.
    assert_eq!((both.session.max_blocks, both.session.grant_required), (Some(1), true));
}
