//! What is wrong with a policy, with line and column.

use proptest::prelude::*;
use tamis::{Confidence, Direction, Facts, Flow, Lifetime, PolicyFile, Problem, Rule, Scanner, Surface, Timestamp, Verdict, rules};

use super::policy::POLICY;

/// What `check` says of a text, at the first of January 2026.
fn said(name: &str, text: &str) -> String {
    let (file, mut found) = PolicyFile::inspect(name, text);
    let scanner = Scanner::new(rules::builtin());
    found.extend(file.check(scanner.rules(), "2026-01-01T12:00:00Z".parse().unwrap()));
    found.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
    found.iter().map(|d| format!("{}:{} {}: {}\n", d.line, d.column, d.problem.as_str(), d.message)).collect()
}

const EXCEPTION: &str = "reason = 'used-in-tests'\nrequested_by = 'ana'\napproved_by = 'ana'\n";

const DATES: &str = "created = 2025-12-31\nexpires = 2026-01-31";

fn exception(scope: &str, dates: &str) -> String {
    format!("[[exception]]\nid = 'e'\n{scope}\n{EXCEPTION}{dates}\n")
}

fn boundary(id: &str, rest: &str) -> String {
    format!("[[boundary]]\nid = '{id}'\n{rest}\n")
}

fn expect<const N: usize>(cases: [(String, &str); N]) {
    for (text, expected) in cases {
        assert_eq!(said("tamis.toml", &text), expected, "{text}");
    }
}

#[test]
fn mistakes_are_told_all_at_once() {
    expect([
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
            format!("{}{}", boundary("a", "surfaces = 'log'\ndecision = 'block'"), exception("scope.rule = 'x.y'", DATES)),
            "3:1 unknown-key: unknown key `surfaces`: did you mean `surface`?\n7:14 never-matches: exception e: no rule has id `x.y`: see `tamis rules list`\n",
        ),
    ]);
}

#[test]
fn rows_that_cannot_be_reached() {
    expect([
        (
            format!(
                "{}{}",
                boundary("a", "class = 'secret'\ndecision = 'block'"),
                boundary("b", "rule = 'aws.*'\nsurface = 'log'\ndecision = 'allow'")
            ),
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
        (format!("{}{}", boundary("a", "tool = 'x*'\ndecision = 'block'"), boundary("b", "tool = ['xa*', 'y']\ndecision = 'allow'")), ""),
        (
            format!(
                "{}{}",
                boundary("a", "path = 'a/**'\ndecision = 'block'"),
                boundary("b", "path = ['a/*.rs', 'a/b/']\ndecision = 'block'")
            ),
            "6:6 unreachable: boundary b: it is never reached: a (line 2) takes all that it matches\n",
        ),
        (
            format!("{}{}", boundary("a", "class = 'pii'\ndecision = 'block'"), boundary("b", "class = 'pii'\ndecision = 'allow'")),
            "6:6 contradiction: boundary b: it says allow where a (line 2) says block for the same findings\n",
        ),
    ]);
}

#[test]
fn rows_that_cannot_be_meant() {
    expect([
        (
            boundary("a", "confidence = 'high'\ndecision = 'allow'\nrestore = true"),
            "3:14 never-matches: boundary a: it puts no token back: of a token no confidence is known\n",
        ),
        (
            format!("{}{}", boundary("a", "class = 'pii'\ndecision = 'block'"), boundary("a", "class = 'secret'\ndecision = 'block'")),
            "6:6 duplicate-id: boundary a: this id is taken by line 2: reports could not tell them apart\n",
        ),
        (
            boundary("default", "class = 'pii'\ndecision = 'block'"),
            "2:6 duplicate-id: boundary default: that is the id of a row that every policy ends with: choose another\n",
        ),
        (
            boundary("a", "rule = ['aws.*', 'gihub.pat-classic']\ndecision = 'block'"),
            "3:18 never-matches: boundary a: no rule has id `gihub.pat-classic`: did you mean `github.pat-classic`?\n",
        ),
        (
            boundary("a", "rule = 'aws.*'\nclass = 'pii'\ndecision = 'block'"),
            "3:8 never-matches: boundary a: no rule meets class and rule at once\n",
        ),
        (
            boundary("a", "confidence = 'certain'\nverdict = 'abstain'\ndecision = 'block'"),
            "4:11 never-matches: boundary a: only a valid verdict makes a finding certain\n",
        ),
        (
            boundary("a", "destination.host = 'https://api.example.com'\ndecision = 'block'"),
            "3:20 never-matches: boundary a: host `https://api.example.com` never matches: a host has no scheme, no port and no path\n",
        ),
        (
            boundary("a", "class = ['pii', '!pii']\ndecision = 'block'"),
            "3:10 contradiction: boundary a: `pii` and `!pii` take each other away\n",
        ),
        (
            boundary("a", "path = ['docs/a.md', '!docs/']\ndecision = 'block'"),
            "3:9 never-matches: boundary a: `docs/a.md` never matches: `!docs/` takes all of it away\n",
        ),
        (
            boundary("a", "destination.host = ['api.example.com', '!*.Example.com']\ndecision = 'block'"),
            "3:21 never-matches: boundary a: `api.example.com` never matches: `!*.Example.com` takes all of it away\n",
        ),
        (boundary("a", "agent = '!*'\ndecision = 'block'"), "3:9 never-matches: boundary a: `!*` takes everything away\n"),
        (
            boundary("a", "decision = 'redact'\nrestore = true"),
            "4:11 contradiction: boundary a: it puts tokens back, and would redact what they stand for: use allow or observe\n",
        ),
        (
            "[session.max_findings]\n'secret' = 3\n'sekret' = 3\n".into(),
            "3:1 never-matches: session: no rule has class `sekret`: did you mean `secret`?\n",
        ),
        (
            "[[profile]]\nname = 'p'\n[[profile]]\nname = 'p'\n".into(),
            "4:8 duplicate-id: profile p: this id is taken by line 2: reports could not tell them apart\n",
        ),
    ]);
}

#[test]
fn exceptions_that_are_not_in_force() {
    expect([
        (
            exception("scope.rule = 'aws.*'", "created = 2025-01-01\nexpires = 2025-02-01"),
            "8:11 expired: exception e: it expired on 2025-02-01: take it out, or have it approved anew\n",
        ),
        (
            exception("scope.rule = 'aws.*'", "created = 2026-01-01\nexpires = 2026-06-01"),
            "8:11 too-long: exception e: it lasts longer than the 90 days that the policy allows\n",
        ),
        (
            exception("scope.rule = 'aws.*'", "created = 2026-01-09\nexpires = 2026-02-01"),
            "7:11 not-in-force: exception e: it holds from 2026-01-09 on only\n",
        ),
        (
            exception("scope.rule = 'aws.*'", "created = 2026-02-01\nexpires = 2026-01-05"),
            "8:11 contradiction: exception e: it expires before it is created\n",
        ),
        (
            format!("exceptions.self_approval = false\n{}", exception("scope.rule = 'aws.*'", DATES)),
            "7:15 not-in-force: exception e: who asked for it may not approve it\n",
        ),
        (
            format!("exceptions.ticket_required = true\n{}", exception("scope.rule = 'aws.*'", DATES)),
            "2:1 not-in-force: exception e: the policy asks for a ticket\n",
        ),
        (
            exception("scope = {}", DATES),
            "3:9 never-matches: exception e: its scope is empty, so it is for nothing: name a fingerprint or a rule\n",
        ),
        (
            exception("scope.path = 'tests/**'", DATES),
            "3:1 risky: exception e: its scope names no fingerprint and no rule: secrets of any kind pass there\n",
        ),
        (
            exception("scope.fingerprint = 'abc'", DATES),
            "3:21 bad-value: \"abc\" is no fingerprint: it has 32 hexadecimal digits, the first 12 of which are enough, as `tamis scan` shows them\n",
        ),
        (
            exception("scope.rule = 'aws.*'", "created = 2026-13-01\nexpires = 2026-02-01"),
            "7:11 syntax: invalid date, expected month between 01 and 12\n",
        ),
    ]);
}

/// Rows of an allowlist, six lines each: id, tools, conditions, decision.
fn tools(rows: &[(&str, &str, &str, &str)]) -> String {
    let row = |(id, tool, when, decision): &(&str, &str, &str, &str)| {
        format!("[[tool]]\nid = '{id}'\ntool = {tool}\nwhen = [{when}]\ndecision = '{decision}'\n\n")
    };
    rows.iter().map(row).collect()
}

#[test]
fn tool_rows_that_do_nothing() {
    expect([
        ("[[tool]]\nid = 'a'\ntool = 'Bash'\nwhen = [{ argument = 'command' }]\ndecision = 'allow'\n".into(),
            "4:9 contradiction: tool a: argument command: nothing is asked of it: add is, path, min, max or present\n"),
        ("[[tool]]\nid = 'a'\ntool = 'Ba*'\ndecision = 'allow'\n[[tool]]\nid = 'b'\ntool = 'Bash'\nwhen = [{ argument = 'x', present = true }]\ndecision = 'block'\n".into(),
            "6:6 unreachable: tool b: a (line 2) takes all calls that it matches, so it is never reached\n"),
        (tools(&[("a", "'Read'", "", "allow"), ("b", "'Grep'", "", "allow"), ("c", "['Read', 'Grep']", "", "block")]),
            "14:6 unreachable: tool c: a (line 2) and b (line 8) take all calls that it matches, so it is never reached\n"),
        (tools(&[("a", "'Read'", "", "allow"), ("b", "'Grep'", "", "allow"), ("c", "['Read', 'Glob']", "", "block")]), ""),
        (tools(&[("a", "'Read'", "", "allow"), ("b", "'Read'", "", "block")]),
            "8:6 contradiction: tool b: a (line 2) says something else for the same calls\n"),
        (tools(&[("a", "'Read'", "{ argument = '/n', max = 9 }", "allow"), ("b", "'Read'", "{ argument = 'n', min = 1, max = 5 }", "block")]), ""),
        (tools(&[("a", "'Read'", "{ argument = '/n', max = 9 }", "allow"), ("b", "'Read'", "{ argument = 'n', min = 1, max = 5 }", "observe")]),
            "8:6 unreachable: tool b: a (line 2) takes all calls that it matches, so it is never reached\n"),
        (tools(&[("a", "'Read'", "{ argument = 'p', present = true }", "allow"), ("b", "'Read'", "{ argument = 'p', path = 'src/**' }", "block")]),
            "8:6 unreachable: tool b: a (line 2) takes all calls that it matches, so it is never reached\n"),
        (tools(&[("a", "'Read'", "{ argument = 'p', path = ['src/**', '!src/x'] }", "allow"), ("b", "'Read'", "{ argument = 'p', path = 'src/a/**' }", "allow")]), ""),
        (tools(&[("a", "'Read'", "{ argument = 'p', path = 'src/**' }", "allow"), ("b", "'Read'", "{ argument = 'p', path = 'src/a/**' }", "allow")]),
            "8:6 unreachable: tool b: a (line 2) takes all calls that it matches, so it is never reached\n"),
        (tools(&[("a", "'Read'", "{ argument = 'n', min = 9 }, { argument = '/n', max = 5 }", "allow")]),
            "4:38 never-matches: tool a: argument /n: together with an earlier condition, no number is at least 9 and at most 5\n"),
        (tools(&[("a", "'Read'", "{ argument = 'n', present = false }, { argument = 'n', max = 5 }", "allow")]),
            "4:46 contradiction: tool a: argument n: an earlier condition asks for it to be missing, or there, and this one does not\n"),
        (tools(&[("a", "'Read'", "{ argument = 'p', path = ['src/a', '!src/**'] }", "allow")]),
            "4:35 never-matches: tool a: argument p: `src/a` never matches: `!src/**` takes all of it away\n"),
        (tools(&[("a", "'Read'", "{ argument = 'p', path = '~/.ssh/**' }", "allow"), ("b", "'Grep'", "{ argument = 'p', path = '~/.ssh/**' }", "block")]),
            "4:34 never-matches: tool a: argument p: `~/.ssh/**` never matches: a path that climbs out of its folder is no match\n"),
        (tools(&[("a", "['Read', '!Re*']", "", "allow")]),
            "3:9 never-matches: tool a: `Read` never matches: `!Re*` takes all of it away\n"),
        (tools(&[("a", "'!*'", "", "allow")]), "3:8 never-matches: tool a: `!*` takes everything away\n"),
        ("tools.default = 'allow'\n[[tool]]\nid = 'a'\ntool = 'Bash'\ndecision = 'allow'\n".into(),
            "1:17 contradiction: tools.default allows all tools, so the rows that allow some do nothing: use block\n"),
    ]);
}

#[test]
fn json_has_places_too() {
    let text =
        "{\n  \"default\": \"redact\",\n  \"boundary\": [\n    {\"id\": \"a\", \"klass\": \"pii\", \"decision\": \"block\"}\n  ]\n}\n";
    assert_eq!(said("tamis.json", text), "4:17 unknown-key: unknown key `klass`: did you mean `class`?\n");
    assert!(said("tamis.json", "{ // no\n}").starts_with("1:3 syntax: "), "{}", said("tamis.json", "{ // no\n}"));
    let twice = "{\"boundary\": [\n  {\"id\": \"a\", \"decision\": \"block\", \"decision\": \"allow\"}\n]}\n";
    assert_eq!(said("tamis.json", twice), "2:36 syntax: duplicate key `decision`\n");
    for no_object in ["[]", "null", " 3"] {
        let column = no_object.len() - no_object.trim_start().len() + 1;
        assert_eq!(said("tamis.json", no_object), format!("1:{column} syntax: the file must hold an object\n"));
    }
}

#[test]
fn a_deadline_leaves_some_time() {
    let wanted = |line| format!("{line}:15 bad-value: no sink stores anything in no time: give 1 or more\n");
    assert_eq!(said("tamis.toml", "[audit]\ndeadline_ms = 0\n"), wanted(2));
    assert_eq!(said("tamis.toml", "[[profile]]\nname = 'p'\n[profile.audit]\ndeadline_ms = 0\n"), wanted(4));
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
    let _ = file.policy().rule(
        &Flow::default(),
        &Facts {
            rule: "a.b",
            class: "secret",
            confidence: Confidence::High,
            verdict: Verdict::Abstain,
            lifetime: Lifetime::Long,
            fingerprint: None,
        },
        Timestamp::UNIX_EPOCH,
    );
    file.check(&[], Timestamp::UNIX_EPOCH).len()
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

/// A boundary of few words, so that rows often overlap.
fn row() -> impl Strategy<Value = String> {
    let condition = |key: &'static str, values: &'static [&'static str]| {
        prop::option::weighted(0.4, word(values))
            .prop_map(move |value| value.map_or_else(String::new, |value| format!("{key} = {value}\n")))
    };
    (
        condition("class", &["'secret'", "['secret', '!secret/token']", "'secret/token'", "['pii', 'secret/token']"]),
        condition("rule", &["'aws.*'", "['github.*', '!github.pat-*']", "'github.pat-classic'"]),
        condition("surface", &["'log'", "['log', 'message']"]),
        condition("direction", &["'inbound'"]),
        condition("tool", &["'a*'", "['ab', 'b']", "['*', '!ab']", "'!b'"]),
        condition("path", &["'x/**'", "['x/*', 'y']", "['**', '!x/y']"]),
        condition("confidence", &["'medium'", "'high'"]),
        condition("verdict", &["'valid'", "['valid', 'abstain']"]),
        condition("lifetime", &["'long'", "['short', 'unknown']"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i)| [a, b, c, d, e, f, g, h, i].concat())
}

fn flow() -> impl Strategy<Value = Flow> {
    (
        prop::option::of(word(&[Surface::Log, Surface::Message, Surface::Commit])),
        prop::option::of(word(&Direction::ALL)),
        prop::option::of(word(&["a", "ab", "b", "c"])),
        prop::option::of(word(&["x/y", "x/y/z", "y", "z/y", "w"])),
    )
        .prop_map(|(surface, direction, tool, path)| Flow {
            surface,
            direction,
            tool: tool.map(str::to_owned),
            path: path.map(str::to_owned),
            ..Flow::default()
        })
}

fn known() -> &'static [Rule] {
    static SCANNER: std::sync::OnceLock<Scanner> = std::sync::OnceLock::new();
    SCANNER.get_or_init(|| Scanner::new(rules::builtin())).rules()
}

proptest! {
    /// A row that is said to be out of reach decides nothing.
    #[test]
    fn what_is_said_to_be_unreachable_never_decides(
        rows in prop::collection::vec(row(), 1..6),
        flows in prop::collection::vec(flow(), 40),
        confidence in word(&Confidence::ALL), verdict in word(&[Verdict::Valid, Verdict::Invalid, Verdict::Abstain]),
    ) {
        let text: String = rows.iter().enumerate().map(|(i, row)| boundary(&format!("row-{i}"), &format!("{row}decision = 'block'"))).collect();
        let file = PolicyFile::load("tamis.toml", &text).unwrap();
        let found = file.check(known(), Timestamp::UNIX_EPOCH);
        let dead: Vec<&str> = found
            .iter()
            .filter(|diagnostic| matches!(diagnostic.problem, Problem::Unreachable | Problem::NeverMatches))
            .filter_map(|diagnostic| diagnostic.message.split([' ', ':']).nth(1))
            .collect();
        let policy = file.policy();
        for flow in &flows {
            for rule in known().iter().filter(|rule| ["aws.", "github.", "pii."].iter().any(|provider| rule.id.starts_with(provider))) {
                // What rules without a check never say is no case.
                let verdict = if rule.validator.is_none() { Verdict::Abstain } else { verdict };
                let facts = Facts {
                    rule: &rule.id, class: &rule.class, confidence, verdict, lifetime: Lifetime::of(rule), fingerprint: None,
                };
                let ruling = policy.rule(flow, &facts, Timestamp::UNIX_EPOCH);
                prop_assert!(!dead.contains(&&*ruling.row), "{} decides in\n{text}{flow:?} {facts:?}", ruling.row);
            }
        }
    }

    /// The same of tools.
    #[test]
    fn a_tool_row_that_is_said_to_be_unreachable_never_decides(
        rows in prop::collection::vec((word(&["'a'", "['a', 'b']", "'*'", "'!a'", "['a*', '!ab']"]), conditions(), word(&["allow", "observe", "block"])), 2..6),
        calls in prop::collection::vec((word(&["a", "b", "ab", "c"]), arguments()), 60),
    ) {
        let rows: Vec<_> = rows.iter().enumerate().map(|(i, (tool, when, decision))| (format!("row-{i}"), *tool, when, *decision)).collect();
        let text = tools(&rows.iter().map(|(id, tool, when, decision)| (id.as_str(), *tool, when.as_str(), *decision)).collect::<Vec<_>>());
        let file = PolicyFile::load("tamis.toml", &text).unwrap();
        let found = file.check(known(), Timestamp::UNIX_EPOCH);
        let dead: Vec<&str> = found.iter().filter(|found| found.message.starts_with("tool ")).filter_map(|found| found.message.split([' ', ':']).nth(1)).collect();
        for (tool, arguments) in &calls {
            let ruling = file.policy().rule_call(&Flow { tool: Some((*tool).to_owned()), ..Flow::default() }, arguments);
            prop_assert!(!dead.contains(&&*ruling.row), "{} decides in\n{text}{tool} {arguments}\n{found:?}", ruling.row);
        }
    }
}

/// Conditions on few arguments, so that rows often overlap.
fn conditions() -> impl Strategy<Value = String> {
    let one = (
        word(&["n", "/n", "p"]),
        word(&[
            "min = 1",
            "max = 2",
            "min = 1, max = 1",
            "is = 'x*'",
            "is = ['x', 'y']",
            "path = 'x/**'",
            "path = 'x/y'",
            "present = true",
            "present = false",
        ]),
    );
    prop::collection::vec(one, 0..3)
        .prop_map(|all| all.iter().map(|(name, what)| format!("{{ argument = '{name}', {what} }}")).collect::<Vec<_>>().join(", "))
}

fn arguments() -> impl Strategy<Value = serde_json::Value> {
    let value = || word(&["1", "2", "3", "\"x\"", "\"xy\"", "\"x/y\"", "\"x/../y\"", "[1, 3]", "[\"x\", 2]", "[]", "{}", "null", "[[1]]"]);
    (prop::option::of(value()), prop::option::of(value())).prop_map(|(n, p)| {
        let all =
            [("n", n), ("p", p)].into_iter().filter_map(|(name, value)| Some((name.to_owned(), serde_json::from_str(value?).unwrap())));
        serde_json::Value::Object(all.collect())
    })
}
