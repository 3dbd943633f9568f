//! `tamis scan --diff`

use std::fs;

use crate::repository::{Repository, places};
use crate::support::{Random, Run, assert_hidden, folder, github_token, private_key, run, run_in, trials};

fn scan(diff: impl AsRef<[u8]>) -> Run {
    run(["scan", "--diff", "-", "--format", "jsonl"], diff)
}

/// A repository whose last commit adds secrets in several ways, next to one that was there.
fn edited() -> Repository {
    let repository = Repository::new();
    let old = github_token(50);
    repository.add("a b.py", &format!("1\n2\n3\nold = '{old}'\n4\n5\n6\n7\n8\n9\n10\n11\n"));
    repository.add("moved", &"line\n".repeat(20));
    repository.commit("Begin");
    repository.add(
        "a b.py",
        &format!("0\n1\n2\n3\nold = '{old}'\nnew = '{}'\n4\n5\n6\n7\n8\n9\n10\n\n--- '{}'\n11\n", github_token(51), github_token(52)),
    );
    fs::create_dir(repository.file("d")).unwrap();
    repository.git("mv moved d/é");
    repository.add("d/é", &format!("{}{}", "line\n".repeat(20), github_token(53)));
    repository.add("d/key", &format!("x\n{}\n", private_key(5)));
    repository.add("crlf", &format!("a\r\nb\r\n{}\r\n", github_token(54)));
    repository.commit("Change\n\nCo-authored-by: Cursor <cursoragent@cursor.com>");
    repository
}

#[test]
fn all_ways_to_print_a_diff_lead_to_the_same_places() {
    let repository = edited();
    let expected = places(&repository.scan("--git HEAD~1..HEAD"));
    assert_eq!(expected, ["a b.py:15:6", "a b.py:6:8", "crlf:3:1", "d/key:2:1", "d/é:21:1"]);
    for words in [
        "diff HEAD~1 HEAD",
        "diff --no-prefix HEAD~1 HEAD",
        "diff --unified=0 HEAD~1 HEAD",
        "diff --unified=100 HEAD~1 HEAD",
        "diff --no-renames HEAD~1 HEAD",
        "diff --src-prefix=i/ --dst-prefix=w/ HEAD~1 HEAD",
        "-c core.quotePath=false diff HEAD~1 HEAD",
        "show",
        "show --stat --patch --format=fuller",
        "log --patch --max-count=1",
        "format-patch --stdout HEAD~1",
        "format-patch --stdout --attach HEAD~1",
    ] {
        let diff = repository.bytes(words);
        let run = scan(&diff);
        assert_eq!((run.code, run.err.as_str(), places(&run)), (1, "", expected.clone()), "{words}");
        for found in run.lines() {
            let (start, end) = (found["start"].as_u64().unwrap() as usize, found["end"].as_u64().unwrap() as usize);
            let there = String::from_utf8_lossy(&diff[start..end]).into_owned();
            assert!(
                there.starts_with("ghp_") && there.len() == 40 || there.starts_with("-----BEGIN ") && there.ends_with(" KEY-----"),
                "{words}"
            );
        }
        // Windows tools turn all line ends around.
        let turned = String::from_utf8(diff).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
        assert_eq!(places(&scan(turned)), expected, "{words}");
    }
}

#[test]
fn commits_are_told() {
    let repository = edited();
    let id = repository.git("rev-parse HEAD");
    for words in ["format-patch --stdout HEAD~1", "log --patch --max-count=1"] {
        for found in scan(repository.bytes(words)).lines() {
            assert_eq!((found["commit"].as_str(), found["email"].as_str()), (Some(id.as_str()), Some("ann@example.org")), "{words}");
            assert_eq!(
                (found["date"].as_str(), found["origin"]["agent"].as_str()),
                (Some("2026-03-04T05:06:07Z"), Some("Cursor")),
                "{words}"
            );
        }
    }
}

#[test]
fn plain_diffs_have_paths_and_lines() {
    let token = github_token(60);
    let diff = format!(
        "Only in old: x\n--- old/config.c\t2026-01-01 00:00:00.000000000 +0000\n+++ new/config.c\t2026-01-02 00:00:00.000000000 +0000\n@@ -10,2 +10,3 @@\n int a;\n+// {token}\n int b;\n"
    );
    let run = scan(&diff);
    assert_eq!((run.code, places(&run)), (1, vec!["new/config.c:11:4".to_owned()]));
    assert_hidden(&run.out, &token);
}

#[test]
fn merges_are_read() {
    let (ours, theirs) = (github_token(61), github_token(62));
    let diff = format!(
        "diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,3 -1,3 +1,4 @@@\n  one\n- two\n -zwei\n++{ours}\n +{theirs}\n+ three\n"
    );
    let run = scan(&diff);
    assert_eq!((run.err.as_str(), places(&run)), ("", vec!["a:2:1".to_owned(), "a:3:1".to_owned()]));
}

#[test]
fn only_added_lines_count() {
    let (kept, gone) = (github_token(63), github_token(64));
    let diff = format!("--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n {kept}\n-{gone}\n-b\n+c\n");
    assert_eq!((scan(&diff).code, scan(&diff).text()), (0, ""));
}

#[test]
fn a_diff_that_is_cut_off_is_incomplete() {
    let repository = edited();
    let diff = repository.bytes("diff HEAD~1 HEAD");
    let folder = folder(&[]);
    let whole = places(&scan(&diff)).len();
    let find = |text: &[u8]| diff.windows(text.len()).position(|window| window == text).unwrap();
    for (cut, kept) in [(find(b"+-----END"), whole - 2), (find(b"old = "), 0)] {
        fs::write(folder.path().join("x.diff"), &diff[..cut]).unwrap();
        let run = run_in(folder.path(), ["scan", "--diff", "x.diff"]);
        assert_eq!(run.code, 2);
        assert!(run.err.starts_with("tamis: the diff is cut off: x.diff:"), "{}", run.err);
        assert!(run.text().lines().filter(|line| !line.starts_with(' ')).count() >= kept);
    }
    // A hunk that ends where the next file begins.
    let token = github_token(65);
    let run = scan(format!("--- a/x\n+++ b/x\n@@ -1 +1,5 @@\n+{token}\ndiff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -0,0 +1 @@\n+{token}\n"));
    assert_eq!((run.code, places(&run)), (2, vec!["x:1:1".to_owned(), "y:1:1".to_owned()]));
    insta::assert_snapshot!(run.err, @"tamis: the diff is cut off: standard input:5: a hunk of x lacks lines: 4; get the whole diff");
}

#[test]
fn text_around_diffs_is_searched() {
    let token = github_token(66);
    let folder = folder(&[(
        "x.patch",
        format!("see {token}\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\nalso {token}\n").as_bytes(),
    )]);
    let run = run_in(folder.path(), ["scan", "--format", "jsonl", "--diff", "x.patch"]);
    assert_eq!(places(&run), ["x.patch:1:5", "x.patch:8:6"]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let token = github_token(67);
    let mut binary = b"diff --git a/x b/x\nBinary files a/x and b/x differ\n".to_vec();
    assert!(run(["scan", "--diff", "-"], &binary).err.contains("1 binary skipped"));
    binary.extend(format!("diff --git a/y b/y\nGIT binary patch\nliteral 40\nzcmV;{token}\n\nliteral 0\nHcmV?d00001\n\ndiff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -0,0 +1 @@\n+{token}\n").bytes());
    let told = run(["scan", "--diff", "-"], &binary);
    assert!(told.err.contains("2 binary skipped"), "{}", told.err);
    assert_eq!(places(&scan(&binary)), ["z:1:1"]);
    let encoded =
        format!("From {} Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nContent-Transfer-Encoding: base64\n\nZGlmZg==\n", "a".repeat(40));
    let run = scan(encoded);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"tamis: the mail is encoded: standard input:3: decode it first, as `git mailinfo` does");
    let run = scan("just text\n");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"tamis: not a unified diff: standard input: give what `diff -u`, `git diff` or `git format-patch` prints");
    assert_eq!(scan("").code, 0);
}

#[test]
fn long_lines_are_searched() {
    let token = github_token(68);
    let diff = format!("--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+{} {token} {}\n+{token}\n", "x ".repeat(400_000), "y ".repeat(400_000));
    let run = scan(&diff);
    assert_eq!(places(&run), ["x:1:800002", "x:2:1"]);
    let start = run.lines()[0]["start"].as_u64().unwrap() as usize;
    assert_eq!(&diff[start..start + 40], token);
}

#[test]
fn damaged_diffs_never_break_it() {
    let repository = edited();
    let diff = [repository.bytes("format-patch --stdout HEAD~1"), repository.bytes("diff --cc HEAD~1 HEAD")].concat();
    let mut random = Random::new(7);
    for _ in 0..trials("TAMIS_DIFF_TRIALS", 60) {
        let mut damaged = diff.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(damaged.len());
            let end = (at + random.below(80)).min(damaged.len());
            match random.below(4) {
                0 => drop(damaged.drain(at..end)),
                1 => damaged[at..end].fill(b"@+- \\\n"[random.below(6)]),
                2 => damaged.truncate(end.max(100)),
                _ => {
                    let copy = damaged[at..end].to_vec();
                    let to = random.below(damaged.len());
                    damaged.splice(to..to, copy);
                }
            }
        }
        let run = scan(&damaged);
        assert!([0, 1, 2].contains(&run.code), "{}", run.err);
        for number in [51, 52, 53, 54] {
            assert_hidden(&run.out, &github_token(number));
            assert_hidden(run.err.as_bytes(), &github_token(number));
        }
    }
}

#[test]
fn random_edits_are_placed_as_in_the_files() {
    let (repository, mut random) = (Repository::new(), Random::new(11));
    let mut lines: Vec<String> = (0..60).map(|i| format!("line {i}")).collect();
    let write = |lines: &[String]| repository.add("f", &format!("{}\n", lines.join("\n")));
    write(&lines);
    repository.commit("Begin");
    for step in 0..trials("TAMIS_DIFF_TRIALS", 12) as u64 {
        for _ in 0..=random.below(5) {
            let at = random.below(lines.len());
            match random.below(3) {
                0 if lines.len() > 20 => drop(lines.drain(at..(at + 3).min(lines.len()))),
                1 => lines
                    .insert(at, format!("{}k = {}", " ".repeat(random.below(9)), github_token(1000 + step * 10 + random.below(9) as u64))),
                _ => lines.insert(at, format!("line {}", random.next())),
            }
        }
        // A secret that stands twice is told by lines that a diff may choose in several ways.
        let mut seen = std::collections::BTreeSet::new();
        lines.retain(|line| !line.contains("k = ") || seen.insert(line.clone()));
        write(&lines);
        repository.commit("Edit");
        let diff = repository.bytes(&format!("diff --unified={} HEAD~1 HEAD", random.below(5)));
        let (in_diff, in_range) = (scan(&diff), repository.scan("--git HEAD~1..HEAD"));
        assert_eq!(places(&in_diff), places(&in_range), "step {step}");
        for found in in_diff.lines() {
            let (line, column) = (found["line"].as_u64().unwrap() as usize, found["column"].as_u64().unwrap() as usize);
            assert_eq!(&lines[line - 1][column - 1..][..4], "ghp_");
            let (start, end) = (found["start"].as_u64().unwrap() as usize, found["end"].as_u64().unwrap() as usize);
            assert_eq!(&diff[start..end], &lines[line - 1].as_bytes()[column - 1..]);
        }
    }
}
