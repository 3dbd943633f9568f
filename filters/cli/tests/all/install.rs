//! Hooks in the configurations of hosts: nothing of what is there gets lost.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, folder, tamis};

const HOSTS: [(&str, &str); 5] = [
    ("claude-code", ".claude/settings.json"),
    ("codex", ".codex/hooks.json"),
    ("gemini", ".gemini/settings.json"),
    ("cursor", ".cursor/hooks.json"),
    ("copilot", ".copilot/hooks/tamis.json"),
];

/// Configurations as people have them.
const BEFORE: [&str; 6] = [
    "{}",
    "\n",
    "{\"model\":\"x\"}",
    "{\n  // ours\n  \"model\": \"x\", /* and */ \"n\": 1.50,\n  \"hooks\": {}\n}\n",
    "{\r\n\t\"hooks\": {\r\n\t\t\"PreToolUse\": [{\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"other hook claude-code\"}]}],\r\n\t\t\"Stop\": []\r\n\t}\r\n}\r\n",
    "{\"version\": 1, \"hooks\": {\"preToolUse\": [{\"command\": \"./x.sh\"}], \"BeforeTool\": [{\"hooks\": [{\"command\": \"y\"}]}],},}",
];

fn command(home: &Path, args: &[&str]) -> Run {
    let mut command = tamis(args);
    command.env("HOME", home).current_dir(home);
    for variable in ["CLAUDE_CONFIG_DIR", "CODEX_HOME", "COPILOT_HOME"] {
        command.env_remove(variable);
    }
    command.output().unwrap().into()
}

#[test]
fn what_is_installed_can_be_taken_out_again() {
    for (host, file) in HOSTS {
        for before in BEFORE {
            let home = folder(&[(file, before.as_bytes())]);
            let path = home.path().join(file);
            assert_eq!(command(home.path(), &["hook", "install", host]).code, 0);
            let installed = fs::read_to_string(&path).unwrap();
            assert!(installed.matches(&format!("tamis hook {host}")).count() >= 3, "{installed}");
            assert_eq!(
                fs::read_to_string(path.with_file_name(format!("{}.tamis-backup", path.file_name().unwrap().display()))).unwrap(),
                before
            );
            let again = command(home.path(), &["hook", "install", host]);
            assert_eq!((again.code, fs::read_to_string(&path).unwrap()), (0, installed), "{}", again.err);
            assert_eq!(command(home.path(), &["hook", "uninstall", host]).code, 0);
            assert_eq!(fs::read_to_string(&path).unwrap(), before, "{host}");
            assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "{host}: something is left");
        }
    }
}

#[test]
fn what_was_there_first_is_kept_however_often_it_is_installed() {
    for (host, file) in HOSTS {
        for before in BEFORE {
            let home = folder(&[(file, before.as_bytes())]);
            for args in [&["hook", "install", host][..], &["hook", "install", host, "--", "--mode", "mask"], &["hook", "install", host]] {
                let run = command(home.path(), args);
                assert_eq!(run.code, 0, "{}", run.err);
                assert!(run.err.contains(".tamis-backup"), "{}", run.err);
            }
            assert_eq!(command(home.path(), &["hook", "uninstall", host]).code, 0);
            assert_eq!(fs::read_to_string(home.path().join(file)).unwrap(), before, "{host}");
        }
    }
}

#[test]
fn a_file_that_was_not_there_is_gone_again() {
    for (host, file) in HOSTS {
        let home = folder(&[]);
        assert_eq!(command(home.path(), &["hook", "install", host]).code, 0);
        let text = fs::read_to_string(home.path().join(file)).unwrap();
        assert!(serde_json::from_str::<Value>(&text).unwrap()["hooks"].is_object(), "{text}");
        assert_eq!(command(home.path(), &["hook", "uninstall", host]).code, 0);
        assert!(!home.path().join(file).exists(), "{host}");
    }
}

#[test]
fn what_others_add_later_stays() {
    let home = folder(&[(".claude/settings.json", b"{\n  \"model\": \"x\"\n}\n")]);
    let path = home.path().join(".claude/settings.json");
    command(home.path(), &["hook", "install", "claude-code"]);
    let text = fs::read_to_string(&path).unwrap().replacen("\"model\": \"x\"", "\"model\": \"y\"", 1);
    fs::write(&path, text).unwrap();
    assert_eq!(command(home.path(), &["hook", "uninstall", "claude-code"]).code, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\n  \"model\": \"y\"\n}\n");
}

#[test]
fn a_project_gets_commands_that_work_for_everybody() {
    let home = folder(&[]);
    let args = ["hook", "install", "codex", "--project", "--", "--policy", "ci/my policy.toml", "--label", "$LABEL"];
    let run = command(home.path(), &args);
    insta::assert_snapshot!(run.err, @r"
    tamis: the hooks for codex are in .codex/hooks.json
    tamis: Codex runs them once you trust them: open /hooks there
    ");
    insta::assert_snapshot!(fs::read_to_string(home.path().join(".codex/hooks.json")).unwrap(), @r#"
    {
      "hooks": {
        "UserPromptSubmit": [
          {
            "hooks": [
              {
                "type": "command",
                "command": "tamis hook codex --policy 'ci/my policy.toml' --label \"$LABEL\"",
                "timeout": 30
              }
            ]
          }
        ],
        "PreToolUse": [
          {
            "matcher": "*",
            "hooks": [
              {
                "type": "command",
                "command": "tamis hook codex --policy 'ci/my policy.toml' --label \"$LABEL\"",
                "timeout": 30
              }
            ]
          }
        ],
        "PostToolUse": [
          {
            "matcher": "*",
            "hooks": [
              {
                "type": "command",
                "command": "tamis hook codex --policy 'ci/my policy.toml' --label \"$LABEL\"",
                "timeout": 30
              }
            ]
          }
        ]
      }
    }
    "#);
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for (text, why) in [
        ("{\"hooks\": ", "cannot change the configuration"),
        ("[1]", "it is no JSON object"),
        ("{\"hooks\": []}", "its `hooks` are no object"),
        ("{\"hooks\": {\"PreToolUse\": 1}}", "its `hooks.PreToolUse` is no list"),
    ] {
        let home = folder(&[(".claude/settings.json", text.as_bytes())]);
        let run = command(home.path(), &["hook", "install", "claude-code"]);
        assert_eq!((run.code, run.err.lines().count()), (2, 1), "{}", run.err);
        assert!(run.err.contains(why) && run.err.contains("settings.json"), "{}", run.err);
        assert_eq!(fs::read_to_string(home.path().join(".claude/settings.json")).unwrap(), text);
    }
}

#[test]
fn mistakes_in_the_hooks_arguments_are_told_before() {
    let home = folder(&[]);
    let run = command(home.path(), &["hook", "install", "gemini", "--", "--polcy", "x"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (2, "tamis: bad command line: unexpected argument '--polcy' found: a similar argument exists: '--policy'\n")
    );
    assert!(!home.path().join(".gemini").exists());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = folder(&[("dotfiles/claude.json", b"{}\n"), (".claude/x", b"")]);
    let target = home.path().join("dotfiles/claude.json");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&target, home.path().join(".claude/settings.json")).unwrap();
    assert_eq!(command(home.path(), &["hook", "install", "claude-code"]).code, 0);
    assert!(fs::symlink_metadata(home.path().join(".claude/settings.json")).unwrap().is_symlink());
    let metadata = fs::metadata(&target).unwrap();
    assert_eq!((metadata.permissions().mode() & 0o777, metadata.len() > 100), (0o600, true));
}
