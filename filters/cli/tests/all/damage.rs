//! Repositories that something happened to: a line says what, the exit code says that the search is not complete, and what is
//! still there is searched.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::repository::Repository;
use crate::support::{Run, github_token, tamis};

/// Something that happens to a repository.
struct Case {
    name: &'static str,
    harm: fn(&Repository),
    args: &'static str,
    /// How many findings are still told.
    found: usize,
}

fn only(folder: &Path, ends: &str) -> PathBuf {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path = files.into_iter().find(|path| path.extension() == Some(OsStr::new(ends))).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    path
}

fn packed(repository: &Repository, ends: &str) -> PathBuf {
    only(&repository.file(".git/objects/pack"), ends)
}

fn cut(path: &Path, keep: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..keep.min(bytes.len())]).unwrap();
}

const CASES: [Case; 20] = [
    Case { name: "nothing", harm: |_| {}, args: "--git --all", found: 2 },
    Case { name: "a pack is cut off", harm: |r| cut(&packed(r, "pack"), 40), args: "--git --all", found: 0 },
    Case { name: "a pack is empty", harm: |r| cut(&packed(r, "pack"), 0), args: "--git --all", found: 0 },
    Case { name: "a pack is gone", harm: |r| fs::remove_file(packed(r, "pack")).unwrap(), args: "--git --all", found: 0 },
    Case { name: "an index of a pack is gone", harm: |r| fs::remove_file(packed(r, "idx")).unwrap(), args: "--git", found: 0 },
    Case { name: "an index of a pack is cut off", harm: |r| cut(&packed(r, "idx"), 100), args: "--git", found: 0 },
    Case { name: "HEAD is no reference", harm: |r| fs::write(r.file(".git/HEAD"), "?\n").unwrap(), args: "--git", found: 0 },
    Case {
        name: "HEAD leads to nothing",
        harm: |r| fs::write(r.file(".git/refs/heads/main"), format!("{}\n", "1".repeat(40))).unwrap(),
        args: "--git",
        found: 0,
    },
    Case {
        name: "the same, staged",
        harm: |r| fs::write(r.file(".git/refs/heads/main"), format!("{}\n", "1".repeat(40))).unwrap(),
        args: "--staged",
        found: 0,
    },
    Case { name: "a reference is none", harm: |r| fs::write(r.file(".git/refs/heads/x"), "?").unwrap(), args: "--git --all", found: 2 },
    Case {
        name: "a reference leads to nothing",
        harm: |r| fs::write(r.file(".git/refs/heads/x"), format!("{}\n", "1".repeat(40))).unwrap(),
        args: "--git --all",
        found: 2,
    },
    Case {
        name: "HEAD is no reference, but others are",
        harm: |r| fs::write(r.file(".git/HEAD"), "?\n").unwrap(),
        args: "--git --all",
        found: 2,
    },
    Case { name: "the index is cut off", harm: |r| cut(&r.file(".git/index"), 60), args: "--staged", found: 0 },
    Case { name: "the same, working tree", harm: |r| cut(&r.file(".git/index"), 60), args: "--working-tree", found: 0 },
    Case { name: "the configuration is none", harm: |r| fs::write(r.file(".git/config"), "[core\n").unwrap(), args: "--git", found: 0 },
    Case {
        name: "what is staged is gone",
        harm: |r| {
            r.add("new", "text\n");
            fs::remove_file(r.object(":new")).unwrap();
        },
        args: "--staged",
        found: 0,
    },
    Case {
        name: "what is staged is damaged",
        harm: |r| {
            r.add("new", "text\n");
            let object = r.object(":new");
            fs::set_permissions(&object, fs::Permissions::from_mode(0o644)).unwrap();
            fs::write(object, "??").unwrap();
        },
        args: "--staged",
        found: 0,
    },
    Case {
        name: "a folder of the tree is gone",
        harm: |r| {
            r.add("d/deep", &github_token(412));
            r.commit("Deep");
            fs::remove_file(r.object("HEAD:d")).unwrap();
        },
        args: "--git",
        found: 2,
    },
    Case {
        name: "a commit that is not there is asked for",
        harm: |_| {},
        args: "--git 1111111111111111111111111111111111111111..HEAD",
        found: 0,
    },
    Case { name: "an object that is no commit is asked for", harm: |_| {}, args: "--git HEAD:a", found: 0 },
];

/// Ids differ from one version of git to the next.
fn without_ids(line: &str) -> String {
    let is_id = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = line.split([' ', ':', '.', ',']).filter(is_id);
    words.fold(line.to_owned(), |line, id| line.replace(id, "ID"))
}

#[test]
fn damage_is_told_in_a_line() {
    let mut told = String::new();
    for case in CASES {
        let repository = Repository::new();
        repository.add("a", &format!("{}\n", github_token(410)));
        repository.commit("One");
        repository.add("b", &format!("{}\n", github_token(411)));
        repository.commit("Two");
        repository.git("repack -adq");
        (case.harm)(&repository);
        let run = repository.told(case.args);
        let found = run.text().lines().filter(|line| line.contains(": certain: ")).count();
        assert_eq!(found, case.found, "{}: {}", case.name, run.err);
        let first = run.err.lines().next().unwrap_or_default().replace(&repository.path().display().to_string(), "REPOSITORY");
        told += &format!("{} ({}): {}\n", case.name, run.code, without_ids(&first));
    }
    insta::assert_snapshot!(told, @r#"
    nothing (1): tamis: 2 findings (2 certain) in 2 files; searched 2 commits, 2 files, 90 bytes
    a pack is cut off (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    a pack is empty (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    a pack is gone (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    an index of a pack is gone (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    an index of a pack is cut off (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    HEAD is no reference (2): tamis: cannot read HEAD: ./.git: Reference content could not be parsed, input="?\n": run `git fsck`
    HEAD leads to nothing (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    the same, staged (2): tamis: cannot read HEAD: ./.git: the commit ID is missing or damaged, or where it is cannot be read: run `git fsck`
    a reference is none (2): tamis: cannot read a reference: ./.git: The reference at "refs/heads/x" could not be decoded
    a reference leads to nothing (2): tamis: cannot read: object ID: it is not in this clone: fetch all of the history, or run `git fsck`
    HEAD is no reference, but others are (2): tamis: cannot read HEAD: ./.git: Reference content could not be parsed, input="?\n": run `git fsck`
    the index is cut off (2): tamis: cannot read the index: REPOSITORY/./.git/index: Hash was ID, but should have been ID: remove it, and `git reset` makes it anew
    the same, working tree (2): tamis: cannot read the index: REPOSITORY/./.git/index: Hash was ID, but should have been ID: remove it, and `git reset` makes it anew
    the configuration is none (2): tamis: cannot open the repository: .: Got an unexpected token on line 1 while trying to parse a section header: '[core\n'
    what is staged is gone (2): tamis: cannot read: object ID: it is not in this clone: fetch all of the history, or run `git fsck`
    what is staged is damaged (2): tamis: cannot read: object ID: Invalid input data: run `git fsck`
    a folder of the tree is gone (2): tamis: cannot read: object ID: it is not in this clone: fetch all of the history, or run `git fsck`
    a commit that is not there is asked for (2): tamis: no such revision: ID: --git ID..HEAD: see `git log` for what there is, and fetch what is missing
    an object that is no commit is asked for (2): tamis: no such revision: HEAD:a: --git HEAD:a: see `git log` for what there is, and fetch what is missing
    "#);
}

#[test]
fn what_is_no_file_any_more_is_not_waited_for() {
    let repository = Repository::new();
    for name in ["pipe", "folder", "link", "gone", "file"] {
        repository.add(name, "text\n");
    }
    repository.commit("Begin");
    for name in ["pipe", "folder", "link", "gone"] {
        fs::remove_file(repository.file(name)).unwrap();
    }
    assert!(Command::new("mkfifo").arg(repository.file("pipe")).status().unwrap().success());
    fs::create_dir(repository.file("folder")).unwrap();
    std::os::unix::fs::symlink("link", repository.file("link")).unwrap();
    fs::write(repository.file("file"), format!("{}\n", github_token(413))).unwrap();
    for args in [["scan", "--working-tree"], ["scan", "."]] {
        let mut child = tamis(args).current_dir(repository.path()).spawn().unwrap();
        let ended = (0..200).any(|_| {
            thread::sleep(Duration::from_millis(50));
            child.try_wait().unwrap().is_some()
        });
        if !ended {
            child.kill().unwrap();
        }
        let run: Run = child.wait_with_output().unwrap().into();
        assert_eq!((ended, run.code), (true, 1), "{args:?}: {}", run.err);
    }
}

#[test]
fn repositories_in_each_other_end() {
    let (outer, inner) = (Repository::new(), Repository::new());
    inner.add("x", &github_token(414));
    inner.commit("Inner");
    outer.add("y", &github_token(415));
    outer.commit("Outer");
    let add = |here: &Repository, there: &Repository| {
        let path = there.path().display().to_string();
        here.command("submodule").args(["--quiet", "add", "--force", &path, "sub"]).output().unwrap();
        here.commit("Nest");
    };
    add(&inner, &outer);
    add(&outer, &inner);
    outer.command("submodule").args(["--quiet", "update", "--init", "--recursive"]).output().unwrap();
    for args in ["--git --all", "--git HEAD~1..HEAD", "--working-tree"] {
        let run = outer.told(args);
        assert_eq!(run.code, i32::from(args == "--git --all"), "{args}: {}", run.err);
        assert!(args == "--working-tree" || run.err.contains("1 not searched as submodules"), "{args}: {}", run.err);
    }
    // As plain files, all that is checked out is searched, once.
    let run = outer.told(".");
    assert_eq!(run.text().lines().filter(|line| line.contains(": certain: ")).count(), 3, "{}{}", run.text(), run.err);
}
