//! What a user chooses, and what is said to who chooses wrongly.

use std::fs;

use tempfile::TempDir;

use crate::repository::{Repository, places};
use crate::support::{card_number, folder, github_token, run, run_in};

/// A folder with a secret of each of several kinds in several places.
fn place() -> TempDir {
    let (token, card) = (github_token(400), card_number());
    let password = format!("password = \"kQ7-x2Lp{}!\"\n", &github_token(401)[6..12]);
    folder(&[
        ("src/a.py", format!("T = '{token}'\n").as_bytes()),
        ("vendor/lib/b.py", format!("T = '{}'\n", github_token(402)).as_bytes()),
        ("config.ini", password.as_bytes()),
        ("orders.csv", format!("card number,{card}\n").as_bytes()),
    ])
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn choices_narrow_what_is_told() {
    let place = place();
    let all = ["config.ini:1:13", "orders.csv:1:13", "src/a.py:1:6", "vendor/lib/b.py:1:6"];
    for (words, told) in [
        ("", &all[..]),
        ("--exclude vendor", &all[..3]),
        ("--exclude vendor/ --exclude *.csv", &[all[0], all[2]]),
        ("--exclude /lib", &all),
        ("--exclude src src/a.py", &[]),
        ("--exclude src src/a.py config.ini", &all[..1]),
        ("--rule github.*", &all[2..]),
        ("--rule github.pat-classic,generic.password", &[all[0], all[2], all[3]]),
        ("--no-rule github.*", &all[..2]),
        ("--rule github.* --no-rule github.pat-classic", &[]),
        ("--class pii --no-rule github.*", &all[1..2]),
    ] {
        let run = run_in(place.path(), ["scan", "--format", "jsonl"].into_iter().chain(words.split_whitespace()));
        assert_eq!((places(&run), run.code), (strings(told), i32::from(!told.is_empty())), "{words}: {}", run.err);
        let zero = run_in(place.path(), ["scan", "--exit-zero", "--quiet"].into_iter().chain(words.split_whitespace()));
        assert_eq!((zero.code, zero.err.as_str(), zero.text().is_empty()), (0, "", told.is_empty()), "{words}");
    }
    // What cannot be read is never well.
    assert_eq!(run_in(place.path(), ["scan", "--exit-zero", "src", "nowhere"]).code, 2);
}

#[test]
fn files_below_the_current_folder_are_named_from_there() {
    let place = place();
    let here = fs::canonicalize(place.path()).unwrap();
    fs::write(here.join("p.toml"), "[[boundary]]\nid = \"made-up\"\npath = \"src/**\"\ndecision = \"allow\"\n").unwrap();
    for root in [here.clone(), here.join("src"), here.join("src/a.py")] {
        let args = ["scan", "--rule=github.*", "--exclude=/vendor", "--format=jsonl"].map(str::to_owned);
        let args = args.into_iter().chain([root.display().to_string()]);
        assert_eq!(places(&run_in(&here, args.clone())), ["src/a.py:1:6"], "{}", root.display());
        assert_eq!(run_in(&here, args.chain(["--policy=p.toml".to_owned()])).code, 0, "{}", root.display());
    }
}

#[test]
fn choices_hold_for_history_diffs_and_streams() {
    let repository = Repository::new();
    repository.commit("Begin");
    repository.add("src/a", &github_token(403));
    repository.add("vendor/b", &github_token(404));
    repository.commit("Add");
    let diff = repository.bytes("show HEAD");
    fs::write(repository.file("x.diff"), diff).unwrap();
    for words in ["--git", "--git HEAD~1..HEAD", "--diff x.diff"] {
        assert_eq!(places(&repository.scan(&format!("{words} --exclude vendor"))), ["src/a:1:1"], "{words}");
        assert_eq!(repository.scan(&format!("{words} --no-rule github.*")).code, 0, "{words}");
        assert_eq!(repository.told(&format!("{words} --quiet")).err, "", "{words}");
    }
    let token = github_token(405);
    assert_eq!(run(["--no-rule", "github.pat-classic"], &token).text(), token);
    assert_eq!(
        run(["--rule", "github.*"], format!("{token} {}", card_number())).text(),
        format!("[REDACTED:github.pat-classic] {}", card_number())
    );
}

#[test]
fn a_choice_makes_no_entry_of_a_baseline_stale() {
    let place = place();
    let here = place.path();
    assert_eq!(run_in(here, ["baseline", "write"]).code, 0);
    for words in ["--exclude src", "--rule aws.*", "--class pii", ""] {
        let run = run_in(here, ["scan", "--baseline", "tamis.baseline"].into_iter().chain(words.split_whitespace()));
        assert_eq!((run.code, run.err.lines().count()), (0, 1), "{words}: {}", run.err);
    }
    fs::remove_file(here.join("src/a.py")).unwrap();
    let run = run_in(here, ["scan", "--baseline", "tamis.baseline"]);
    assert!(run.err.contains("src/a.py"), "{}", run.err);
}

#[test]
fn a_secret_that_stands_twice_is_explained_once() {
    let token = github_token(406);
    let place = folder(&[("a", format!("x = '{token}'\n").as_bytes()), ("b", format!("\n y = '{token}'\n").as_bytes())]);
    let run = run_in(place.path(), ["scan"]);
    let print = run.text().split("fingerprint ").nth(1).unwrap()[..12].to_owned();
    insta::assert_snapshot!(run.text().replace(&print, "PRINT"), @r#"
    a:1:6: certain: GitHub personal access token (classic) [github.pat-classic]
       1 | x = '**********'
         |      ^^^^^^^^^^ its checksum or structure proves it
         = secret/api-key, fingerprint PRINT
         = to do: revoke it, and have the program read a new one from its environment or a secret store
         = rotate it at https://github.com/settings/tokens

    b:2:7: certain: GitHub personal access token (classic) [github.pat-classic]
       2 |  y = '**********'
         |       ^^^^^^^^^^ its checksum or structure proves it
         = secret/api-key, fingerprint PRINT
         = the same secret as at a:1:6
    "#);
}

#[test]
fn colours_are_a_choice() {
    let place = place();
    let is_colored = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = crate::support::tamis([&["scan"], args].concat());
        let run: crate::support::Run = command.current_dir(place.path()).envs(env.iter().copied()).output().unwrap().into();
        assert_eq!(run.code, 1, "{}", run.err);
        run.text().contains("\x1b[")
    };
    for (args, env, colored) in [
        (&[][..], &[][..], false),
        (&["--color", "always"], &[("NO_COLOR", "1"), ("TERM", "dumb")], true),
        (&["--color=never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "0")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--format=jsonl", "--color=always"], &[], false),
    ] {
        assert_eq!(is_colored(args, env), colored, "{args:?} {env:?}");
    }
}

#[test]
fn mistakes_are_told_with_a_way_out() {
    let place = folder(&[("sub/x", b"")]);
    let told: Vec<String> = [
        "scna .",
        "version",
        "rules",
        "hook",
        "hook instal gemini",
        "scan --format json",
        "scan --formt sarif",
        "scan --since yesterday",
        "scan --report xml=x",
        "scan --exclude a{b",
        "scan --rule github.pat",
        "scan --no-rule nope",
        "scan --git sub",
        "scan https://example.org/acme/shop",
        "rules show github.pat-clasic",
        "baseline import",
        "exec",
        "exec --polcy x sh",
        "exec /no/such/command",
        "exec sub/x",
        "completions tcsh",
        "transcript scan nowhere",
    ]
    .iter()
    .map(|words| {
        let run = run_in(place.path(), words.split_whitespace());
        assert_eq!((run.code, run.text()), (2, ""), "{words}");
        format!("{words}\n  {}", run.err.lines().next().unwrap_or_default())
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    scna .
      tamis: no such command or file: scna: is it `tamis scan`?
    version
      tamis: no such command or file: version: see `tamis --help`
    rules
      tamis: bad command line: 'tamis rules' requires a subcommand but one was not provided [subcommands: list, show, explain, check, test, help]: see `tamis rules --help`
    hook
      tamis: bad command line: 'tamis hook' requires a subcommand but one was not provided [subcommands: claude-code, codex, gemini, cursor, copilot, install, uninstall, help]: see `tamis hook --help`
    hook instal gemini
      tamis: bad command line: unrecognized subcommand 'instal': some similar subcommands exist: 'uninstall', 'install'
    scan --format json
      tamis: bad command line: invalid value 'json' for '--format <FORMAT>' [possible values: human, jsonl, sarif, github, markdown, gitlab, gitlab-secrets, junit, html]: a similar value exists: 'jsonl'
    scan --formt sarif
      tamis: bad command line: unexpected argument '--formt' found: a similar argument exists: '--format'
    scan --since yesterday
      tamis: bad command line: unexpected argument '--since' found: see `tamis scan --help`
    scan --report xml=x
      tamis: bad command line: invalid value 'xml=x' for '--report <FORMAT=FILE>': no such report: write one of human, jsonl, sarif, github, markdown, gitlab, gitlab-secrets, junit, html, `=` and a file: see `tamis --help`
    scan --exclude a{b
      tamis: bad pattern: --exclude a{b: error parsing glob 'a{b': unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    scan --rule github.pat
      tamis: no such rule: github.pat: is it github.pat-classic or github.pat-fine-grained or gitlab.pat?
    scan --no-rule nope
      tamis: no such rule: nope: see `tamis rules list`
    scan --git sub
      tamis: no range: --git sub: a repository's folder comes after the range: --git HEAD FOLDER
    scan https://example.org/acme/shop
      tamis: cannot read: https://example.org/acme/shop: it is an address: clone it, and give its folder
    rules show github.pat-clasic
      tamis: no such rule: github.pat-clasic: is it github.pat-classic?
    baseline import
      tamis: bad command line: the following required arguments were not provided: <FROM>: see `tamis baseline import --help`
    exec
      tamis: bad command line: the following required arguments were not provided: <CMD>...: see `tamis exec --help`
    exec --polcy x sh
      tamis: bad command line: unexpected argument '--polcy' found: a similar argument exists: '--policy'
    exec /no/such/command
      tamis: cannot run: /no/such/command: no such command: check the name, and PATH
    exec sub/x
      tamis: cannot run: sub/x: permission denied: make it executable
    completions tcsh
      tamis: bad command line: invalid value 'tcsh' for '<SHELL>' [possible values: bash, elvish, fish, powershell, zsh]: a similar value exists: 'zsh'
    transcript scan nowhere
      tamis: cannot read: nowhere: no such file or directory: check the name
    "#);
}

#[test]
fn help_is_where_it_is_looked_for() {
    for words in ["help", "--help", "-h", "help scan", "scan --help", "hook install --help", "help hook install"] {
        let run = run(words.split_whitespace(), "");
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{words}");
        assert!(run.text().contains("Usage: tamis"), "{words}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(["completions", shell], "");
        assert_eq!(run.code, 0);
        assert!(run.text().contains("pass-removed"), "{shell}");
    }
}
