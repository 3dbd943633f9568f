//! `tamis grant`

use std::path::Path;

use tempfile::TempDir;

use crate::support::{Run, folder, run};

/// A folder with a shared secret, and nobody's.
fn secrets() -> TempDir {
    folder(&[("secret", "correct horse battery staple, twice".as_bytes()), ("other", "another secret of some thirty bytes".as_bytes())])
}

fn issue(keys: &Path, args: &[&str]) -> Run {
    let key = keys.join("secret").display().to_string();
    run(["grant", "issue", "--key", &key, "--agent", "release-bot"].iter().chain(args), "")
}

fn verify(keys: &Path, key: &str, grant: &str, args: &[&str]) -> Run {
    let (key, state) = (keys.join(key).display().to_string(), keys.join("state").display().to_string());
    run(["grant", "verify", "-", "--key", &key, "--state", &state].iter().chain(args), grant)
}

#[test]
fn a_grant_is_issued_and_verified() {
    let keys = secrets();
    let grant = issue(keys.path(), &["--expires", "8h", "--tool", "Read", "--tool", "mcp__git__*", "--destination", "api.example.com"]);
    assert_eq!((grant.code, grant.err.as_str(), grant.text().matches('.').count()), (0, "", 2));
    let run = verify(keys.path(), "secret", grant.text(), &["--tool", "mcp__git__push"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let shown: Vec<&str> = run.text().lines().filter(|line| !line.starts_with("grant") && !line.contains("expires")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
      agent         release-bot
      session       the first that uses it
      tools         Read, mcp__git__*
      repositories  as policy says
      destinations  api.example.com
    ");
    let json = verify(keys.path(), "secret", grant.text(), &["--format", "jsonl"]).lines();
    assert_eq!(json[0]["subject"], "release-bot");
}

#[test]
fn what_is_no_good_grant_is_refused_with_a_reason() {
    let keys = secrets();
    let grant = issue(keys.path(), &["--expires", "8h", "--tool", "Read", "--session", "s-1"]);
    for (key, text, args, reason) in [
        ("other", grant.text(), &[][..], "its signature is wrong"),
        ("secret", &grant.text()[1..], &[], "it is no JSON Web Token"),
        ("secret", "", &[], "it is no JSON Web Token"),
        ("secret", grant.text(), &["--tool", "Bash"], "the grant is not for the tool Bash"),
        ("secret", grant.text(), &["--session", "s-2"], "it is for another session"),
        ("secret", grant.text(), &["--audience", "elsewhere"], "it is for another audience (claim aud)"),
        ("secret", grant.text(), &["--issuer", "https://id.example"], "it is by another issuer (claim iss)"),
    ] {
        let run = verify(keys.path(), key, text, args);
        assert_eq!((run.code, run.text()), (3, ""));
        assert_eq!(run.err, format!("tamis: grant refused: {reason}\n"));
    }
    let short = issue(keys.path(), &["--expires", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(verify(keys.path(), "secret", short.text(), &[]).err, "tamis: grant refused: it has expired\n");
}

#[test]
fn a_grant_that_another_session_used_is_refused() {
    let keys = secrets();
    let grant = issue(keys.path(), &["--expires", "8h"]);
    for (session, code) in [("s-1", 0), ("s-1", 0), ("s-2", 3), ("s-1", 0)] {
        let run = verify(keys.path(), "secret", grant.text(), &["--session", session]);
        assert_eq!(run.code, code, "{session} {}", run.err);
        assert!(code == 0 || run.err == "tamis: grant refused: another session has used it\n", "{}", run.err);
    }
}

#[test]
fn mistakes_are_one_line_and_tell_nothing_of_a_key() {
    let keys = folder(&[("secret", b"too short a secret"), ("jwks", b"{\"keys\":\n nothing}")]);
    for (run, says) in [
        (issue(keys.path(), &["--expires", "8h"]), "a shared secret has at least 32 bytes"),
        (issue(keys.path(), &["--expires", "soon"]), "use a time such as 30m, 8h or 2d"),
        (verify(keys.path(), "secret", "", &[]), "a shared secret has at least 32 bytes"),
        (verify(keys.path(), "jwks", "", &[]), "line 2, column 3: it is no JWKS document"),
        (verify(keys.path(), "gone", "", &[]), "no such file or directory"),
    ] {
        assert_eq!((run.code, run.text(), run.err.lines().count()), (2, "", 1));
        assert!(run.err.contains(says) && !run.err.contains("too short a secret"), "{}", run.err);
    }
}
