//! `tamis scan --git`, `--staged`, `--working-tree`

use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use crate::repository::{Repository, places};
use crate::support::{assert_hidden, folder, github_token, private_key, run_in, tamis};

fn config(token: &str) -> String {
    format!("# config\nTOKEN = \"{token}\"\n")
}

#[test]
fn findings_carry_commit_author_date_and_place() {
    let (repository, token) = (Repository::new(), github_token(1));
    repository.add("readme", "hello\n");
    repository.commit("Begin");
    repository.add("src/config.py", &config(&token));
    let id = repository.commit("Add the config");
    let run = repository.scan("--git");
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    assert_hidden(&run.out, &token);
    let found = &run.lines()[0];
    let expected = serde_json::json!({
        "rule": "github.pat-classic", "class": "secret/api-key", "confidence": "certain", "verdict": "valid", "path": "src/config.py",
        "commit": id, "author": "Ann", "email": "ann@example.org", "date": "2026-03-04T05:06:07Z", "in_head": true,
        "start": 18, "end": 58, "line": 2, "column": 10, "end_line": 2, "end_column": 50, "layers": [], "fingerprint": found["fingerprint"],
    });
    assert_eq!(*found, expected);
    let told = repository.told("--git HEAD~1..HEAD");
    let text = told.text().replace(&id[..12], "ID").replace(&found["fingerprint"].as_str().unwrap()[..12], "PRINT");
    insta::assert_snapshot!(text, @r#"
    src/config.py:2:10: certain: GitHub personal access token (classic) [github.pat-classic]
       2 | TOKEN = "**********"
         |          ^^^^^^^^^^ its checksum or structure proves it
         = secret/api-key, fingerprint PRINT
         = commit ID · Ann · 2026-03-04 · still there
         = to do: revoke it, and have the program read a new one from its environment or a secret store
         = rotate it at https://github.com/settings/tokens
    "#);
    insta::assert_snapshot!(told.err, @"tamis: 1 finding (1 certain) in 1 file; searched 1 commit, 1 file, 75 bytes");
}

#[test]
fn findings_link_to_the_repositorys_host() {
    let repository = Repository::new();
    repository.add("d/a b.py", &config(&github_token(30)));
    let id = repository.commit(&format!("Use {}", github_token(31)));
    assert!(repository.scan("--git").lines().iter().all(|found| found["link"].is_null()));
    repository.git("remote add backup /srv/git/x.git");
    repository.git("remote add origin https://user:word@github.com/acme/shop.git");
    let run = repository.scan("--git");
    let links: Vec<&str> = run.lines().iter().map(|found| found["link"].as_str().unwrap().to_owned()).map(|link| &*link.leak()).collect();
    let base = "https://github.com/acme/shop";
    assert_eq!(links, [format!("{base}/commit/{id}"), format!("{base}/blob/{id}/d/a%20b.py#L2")]);
    for (format, shown) in [("human", "= see "), ("markdown", "]("), ("html", "<a href=\"")] {
        let run = repository.told(&format!("--git --format {format}"));
        assert!(run.text().contains(&format!("{shown}{base}/blob/{id}/d/a%20b.py#L2")), "{}", run.text());
        assert!(!run.text().contains("user:word"), "{format}");
    }
}

#[test]
fn a_secret_that_was_removed_is_still_in_history() {
    let (repository, token) = (Repository::new(), github_token(2));
    repository.commit("Begin");
    repository.add("a", &config(&token));
    let id = repository.commit("Add");
    repository.add("a", "TOKEN = os.environ\n");
    repository.commit("Remove");
    let run = repository.scan("--git HEAD~2..HEAD");
    assert_eq!((run.code, run.lines()[0]["in_head"].as_bool()), (1, Some(false)));
    let passed = repository.told("--git HEAD~2..HEAD --pass-removed");
    assert_eq!(passed.code, 0);
    insta::assert_snapshot!(passed.err.replace(&id[..12], "ID"), @r"
    tamis: gone from the last commit, but not from history:
    tamis: rotate: GitHub personal access token (classic) in commit ID, a: https://github.com/settings/tokens
    tamis: 1 finding (1 certain) in 1 file; searched 2 commits, 2 files, 90 bytes
    ");
    // It comes back: the head is not clean.
    repository.add("elsewhere/b", &format!("now here: {token}\n"));
    repository.commit("Add again");
    let run = repository.scan("--git HEAD~3..HEAD --pass-removed");
    assert_eq!((run.code, places(&run)), (1, vec!["a:2:10".to_owned(), "elsewhere/b:1:11".to_owned()]));
    assert!(run.lines().iter().all(|found| found["in_head"] == true));
}

#[test]
fn ranges_count_what_they_add_only() {
    let (repository, old, new) = (Repository::new(), github_token(3), github_token(4));
    repository.add("a", &config(&old));
    repository.commit("Before");
    repository.add("a", &format!("# more\n{}# and more\n", config(&old)));
    repository.commit("Touch");
    assert_eq!((repository.scan("--git HEAD~1..").code, places(&repository.scan("--git HEAD~1..HEAD"))), (0, vec![]));
    repository.add("a", &format!("# more\n{}x = '{new}'\n{}", config(&old), config(&old)));
    repository.commit("Add one and copy one");
    assert_eq!(places(&repository.scan("--git HEAD^!")), ["a:4:6", "a:6:10"]);
    assert_eq!(places(&repository.scan("--git")), ["a:2:10", "a:4:6", "a:6:10"]);
    // A copy that goes away again is none that was added.
    repository.add("a", &config(&old));
    repository.commit("Tidy");
    assert_eq!(repository.scan("--git HEAD~1..HEAD").code, 0);
}

#[test]
fn moved_files_bring_nothing() {
    let (repository, token) = (Repository::new(), github_token(5));
    repository.add("a", &config(&token));
    repository.commit("Before");
    repository.git("mv a b");
    repository.commit("Move");
    fs::create_dir(repository.file("d")).unwrap();
    repository.git("mv b d/c");
    repository.add("d/c", &format!("# edited\n{}", config(&token)));
    repository.commit("Move and edit");
    let run = repository.scan("--git HEAD~2..HEAD");
    assert_eq!((run.code, places(&run)), (0, vec![]));
    let whole = repository.scan("--git");
    assert_eq!((places(&whole), whole.lines()[0]["in_head"].as_bool()), (vec!["a:2:10".to_owned()], Some(true)));
}

#[test]
fn secrets_over_several_lines_count_when_a_line_is_added() {
    let (repository, key) = (Repository::new(), private_key(6));
    let lines: Vec<&str> = key.lines().collect();
    let without: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != 0).map(|(_, line)| *line).collect();
    repository.add("key.pem", &format!("\n{}\n", without.join("\n")));
    repository.commit("Not one yet");
    repository.add("key.pem", &format!("\n{key}\n"));
    repository.commit("Its first line");
    assert_eq!(places(&repository.scan("--git HEAD^!")), ["key.pem:2:1"]);
    let diff = repository.bytes("diff HEAD~1 HEAD");
    fs::write(repository.file("x.diff"), diff).unwrap();
    assert_eq!(places(&repository.scan("--diff x.diff")), ["key.pem:2:1"]);
}

#[test]
fn merges_bring_what_no_parent_has() {
    let (repository, side, evil) = (Repository::new(), github_token(6), github_token(7));
    repository.add("a", "one\n");
    repository.commit("Begin");
    repository.git("checkout --quiet -b side");
    repository.add("side", &config(&side));
    let on_side = repository.commit("Side");
    repository.git("checkout --quiet main");
    repository.add("a", "one\ntwo\n");
    repository.commit("Main");
    repository.git("merge --quiet --no-ff --no-commit side");
    repository.add("a", &format!("one\ntwo\n{evil}\n"));
    let merge = repository.commit("Merge");
    let run = repository.scan("--git --all");
    let mut commits: Vec<(String, String)> = run
        .lines()
        .iter()
        .map(|found| (found["path"].as_str().unwrap().to_owned(), found["commit"].as_str().unwrap().to_owned()))
        .collect();
    commits.sort();
    assert_eq!(commits, [("a".to_owned(), merge), ("side".to_owned(), on_side)]);
}

#[test]
fn messages_are_searched() {
    let (repository, token) = (Repository::new(), github_token(8));
    let id = repository.commit(&format!("Title\n\nuse {token}\n"));
    let run = repository.scan("--git");
    assert_eq!((run.code, places(&run)), (1, vec!["-:3:5".to_owned()]));
    assert_eq!(run.lines()[0]["commit"], id);
    assert!(repository.told("--git").text().starts_with("<commit message>:3:5: certain"));
    assert_eq!(repository.scan("--git --pass-removed").code, 1);
}

#[test]
fn staged_is_what_the_index_holds() {
    let (repository, one, two) = (Repository::new(), github_token(9), github_token(10));
    // There is no commit yet.
    repository.add("d/a", &config(&one));
    fs::write(repository.file("d/a"), "nothing\n").unwrap();
    fs::write(repository.file("untracked"), &two).unwrap();
    let run = repository.scan("--staged");
    assert_eq!((run.code, places(&run)), (1, vec!["d/a:2:10".to_owned()]));
    assert_eq!(repository.scan("--git").code, 0);
    assert_eq!(repository.scan("--working-tree").code, 0);
    repository.add("d/a", &config(&one));
    repository.add("e/f/g", "x\n");
    repository.commit("Begin");
    assert_eq!(repository.scan("--staged").code, 0);
    repository.add("e/f/h", &two);
    repository.git("mv d/a d/b");
    let run = repository.scan("--staged");
    assert_eq!((run.code, places(&run)), (1, vec!["e/f/h:1:1".to_owned()]));
    insta::assert_snapshot!(repository.told("--staged").err, @"tamis: 1 finding (1 certain) in 1 file; searched 2 files, 100 bytes");
}

#[test]
fn the_working_tree_is_what_is_on_disk() {
    let (repository, old, new) = (Repository::new(), github_token(11), github_token(12));
    repository.add("a", &config(&old));
    repository.add("b", "x\n");
    repository.commit("Begin");
    fs::write(repository.file("a"), format!("# edited\n{}", config(&old))).unwrap();
    assert_eq!(repository.scan("--working-tree").code, 0);
    repository.add("b", &new);
    fs::write(repository.file("b"), format!("\n{new}\n")).unwrap();
    fs::write(repository.file("untracked"), &new).unwrap();
    let run = repository.scan("--working-tree");
    assert_eq!((run.code, places(&run)), (1, vec!["b:2:1".to_owned()]));
    fs::remove_file(repository.file("a")).unwrap();
    assert_eq!(places(&repository.scan("--working-tree")), ["b:2:1"]);
}

#[test]
fn bare_repositories_worktrees_and_subfolders_are_found() {
    let (repository, token) = (Repository::new(), github_token(13));
    repository.add("d/a", &config(&token));
    repository.commit("Add");
    assert_eq!(places(&run_in(&repository.file("d"), ["scan", "--format", "jsonl", "--git"])), ["d/a:2:10"]);
    let bare = Repository::clone_of(&repository, "--bare");
    assert_eq!(places(&bare.scan("--git --all")), ["d/a:2:10"]);
    let run = bare.told("--working-tree");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("the repository is bare: use --git"), "{}", run.err);
    repository.git("worktree add --quiet linked");
    fs::write(repository.file("linked/d/a"), format!("{}{}", config(&token), github_token(14))).unwrap();
    assert_eq!(places(&repository.scan("--working-tree linked")), ["d/a:3:1"]);
    assert_eq!(repository.scan("--git main..linked").code, 0);
    let elsewhere = folder(&[]);
    let path = repository.path().display().to_string();
    assert_eq!(places(&run_in(elsewhere.path(), ["scan", "--format", "jsonl", "--git", "HEAD", &path])), ["d/a:2:10"]);
}

#[test]
fn all_branches_and_tags_are_searched() {
    let (repository, branch, tag) = (Repository::new(), github_token(15), github_token(16));
    repository.commit("Begin");
    repository.git("checkout --quiet -b side");
    repository.add("a", &branch);
    repository.commit("Side");
    repository.add("b", &tag);
    repository.commit("Tagged");
    repository.git("tag --annotate --message one v1");
    repository.git("reset --quiet --hard HEAD~1");
    repository.git("checkout --quiet main");
    assert_eq!(places(&repository.scan("--git")), Vec::<String>::new());
    assert_eq!(places(&repository.scan("--git --all")), ["a:1:1", "b:1:1"]);
    assert_eq!(places(&repository.scan("--git side...main")), ["a:1:1"]);
    // What hosts write where a branch is new.
    assert_eq!(places(&repository.scan(&format!("--git {}..v1", "0".repeat(40)))), ["a:1:1", "b:1:1"]);
}

#[test]
fn what_is_elsewhere_is_noted() {
    let (repository, token) = (Repository::new(), github_token(17));
    let other = Repository::new();
    other.commit("Begin");
    repository.command("submodule").args(["--quiet", "add", &other.path().display().to_string(), "sub"]).status().unwrap();
    let pointer = |name: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize 41\n");
    let (here, gone) = ("ab".repeat(32), "cd".repeat(32));
    repository.add("here.bin", &pointer(&here));
    repository.add("gone.bin", &pointer(&gone));
    repository.commit("Add");
    let kept = repository.file(".git/lfs/objects/ab/ab");
    fs::create_dir_all(&kept).unwrap();
    fs::write(kept.join(&here), format!("\n{token}")).unwrap();
    let run = repository.told("--git");
    assert_eq!(run.code, 1);
    assert!(run.text().starts_with("here.bin:2:1: certain"), "{}", run.text());
    assert!(run.err.contains("1 kept by Git LFS elsewhere; 1 not searched as submodules"), "{}", run.err);
}

#[test]
fn paths_that_are_no_text_are_escaped() {
    let (repository, token) = (Repository::new(), github_token(18));
    let name = std::ffi::OsStr::from_bytes(b"d\xff/\xc3\xa9 x");
    fs::create_dir(repository.path().join(std::ffi::OsStr::from_bytes(b"d\xff"))).unwrap();
    fs::write(repository.path().join(name), &token).unwrap();
    repository.git("add --all");
    let expected = ["d\\xff/é x:1:1"];
    assert_eq!(places(&repository.scan("--staged")), expected);
    repository.commit("Add");
    let run = repository.scan("--git");
    assert_eq!((places(&run), run.lines()[0]["in_head"].as_bool()), (expected.map(str::to_owned).to_vec(), Some(true)));
    fs::write(repository.file("x.diff"), repository.bytes("show")).unwrap();
    assert_eq!(places(&repository.scan("--diff x.diff")), expected);
}

#[test]
fn a_shallow_clone_is_incomplete() {
    let (repository, token) = (Repository::new(), github_token(19));
    for i in 0..4 {
        repository.add("a", &format!("{i}\n{token}\n"));
        repository.commit("Commit");
    }
    let shallow = Repository::clone_of(&repository, "--depth 2");
    let run = shallow.told("--git");
    assert_eq!((run.code, run.text().lines().next().map(|line| line.starts_with("a:2:1: certain"))), (2, Some(true)));
    insta::assert_snapshot!(run.err, @r"
    tamis: the clone is shallow: its history ends at 1 commit: what came before was not searched: `git fetch --unshallow`, or in a CI job fetch-depth: 0
    tamis: 1 finding (1 certain) in 1 file; searched 2 commits, 2 files, 100 bytes; 1 not readable
    ");
    // What the range needs is here.
    assert_eq!(shallow.scan("--git HEAD~1..HEAD").code, 0);
    let run = shallow.told("--git HEAD~2..HEAD");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @"tamis: no such revision: HEAD~2: --git HEAD~2..HEAD: the clone is shallow: `git fetch --unshallow`, or in a CI job fetch-depth: 0");
}

#[test]
fn a_partial_clone_is_incomplete() {
    let (repository, token) = (Repository::new(), github_token(20));
    repository.git("config uploadpack.allowFilter true");
    repository.add("a", &format!("old {token}\n"));
    let old = repository.git("rev-parse :a");
    repository.commit("One");
    repository.add("a", "new\n");
    repository.commit("Two");
    let partial = Repository::clone_of(&repository, "--filter=blob:none");
    let run = partial.told("--git");
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err.replace(&old, "ID"), @r"
    tamis: cannot read: object ID: it is not in this clone: fetch all of the history, or run `git fsck`
    tamis: nothing found; searched 2 commits, 1 file, 12 bytes; 1 not readable
    ");
}

#[test]
fn damage_is_told_and_the_rest_is_searched() {
    let (repository, one, two) = (Repository::new(), github_token(21), github_token(22));
    repository.add("a", &format!("{one}\n{}", "some text that packs well\n".repeat(100)));
    repository.add("b", &two);
    repository.commit("Add");
    let (id, object) = (repository.git("rev-parse HEAD:a"), repository.object("HEAD:a"));
    let whole = fs::read(&object).unwrap();
    for damaged in [&whole[..whole.len() / 2], &[&whole[..20], b"xxxxxxxxxxxxx", &whole[33..]].concat()] {
        fs::remove_file(&object).unwrap();
        fs::write(&object, damaged).unwrap();
        let run = repository.told("--git");
        assert_eq!((run.code, run.err.lines().count()), (2, 2), "{}", run.err);
        assert!(run.err.starts_with(&format!("tamis: cannot read: object {id}: ")), "{}", run.err);
        assert!(run.text().starts_with("b:1:1: certain"), "{}", run.text());
    }
    fs::remove_file(&object).unwrap();
    let run = repository.told("--git");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("it is not in this clone"), "{}", run.err);
}

#[test]
fn a_damaged_pack_never_passes() {
    let (repository, token) = (Repository::new(), github_token(23));
    for i in 0..20 {
        repository.add(&format!("f{i}"), &format!("{}\n{token}\n", github_token(100 + i)));
        repository.commit("Commit");
    }
    repository.git("repack -adq");
    let pack = fs::read_dir(repository.file(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    let pack = pack.into_iter().find(|path| path.extension().is_some_and(|end| end == "pack")).unwrap();
    let whole = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap();
    for at in (12..whole.len() - 20).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at..at + 8].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(&pack, &damaged).unwrap();
        let run = repository.told("--git");
        assert_eq!(run.code, 2, "byte {at}: {}", run.err);
    }
    fs::write(&pack, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(repository.told("--git").code, 2);
}

#[test]
fn mistakes_are_told_in_one_line() {
    let repository = Repository::new();
    repository.commit("Begin");
    let nowhere = folder(&[]);
    let cases = [
        (repository.path(), "--git nowhere..HEAD"),
        (repository.path(), "--git HEAD~9..HEAD"),
        (repository.path(), "--git HEAD nowhere"),
        (repository.path(), "--git HEAD a b"),
        (repository.path(), "--all"),
        (repository.path(), "--git --staged"),
        (repository.path(), "--diff nowhere"),
        (repository.path(), "--git ../x"),
        (nowhere.path(), "--git /no/such/folder"),
        (nowhere.path(), "--git"),
        (nowhere.path(), "--staged"),
    ];
    let told = cases.map(|(folder, words)| {
        let run = run_in(folder, ["scan"].into_iter().chain(words.split_whitespace()));
        assert_eq!((run.code, run.err.lines().count(), run.text()), (2, 1, ""), "{words}: {}", run.err);
        run.err
    });
    insta::assert_snapshot!(told.concat(), @r"
    tamis: no such revision: nowhere: --git nowhere..HEAD: see `git log` for what there is, and fetch what is missing
    tamis: no such revision: HEAD~9: --git HEAD~9..HEAD: see `git log` for what there is, and fetch what is missing
    tamis: no git repository: nowhere: no such directory
    tamis: bad command line: b: name one repository
    tamis: bad command line: the following required arguments were not provided: --git [<RANGE>]: see `tamis scan --help`
    tamis: bad command line: the argument '--git [<RANGE>]' cannot be used with '--staged': see `tamis scan --help`
    tamis: cannot read: nowhere: no such file or directory: check the name
    tamis: no range: --git ../x: a repository's folder comes after the range: --git HEAD FOLDER
    tamis: no range: --git /no/such/folder: a repository's folder comes after the range: --git HEAD FOLDER
    tamis: no git repository: .: name its folder after the options
    tamis: no git repository: .: name its folder after the options
    ");
}

#[test]
fn a_push_is_searched_before_it_is_accepted() {
    let (repository, token) = (Repository::new(), github_token(24));
    repository.commit("Begin");
    let server = Repository::clone_of(&repository, "--bare");
    let hook = server.file("hooks/pre-receive");
    let program = tamis([""; 0]).get_program().display().to_string();
    fs::write(&hook, format!("#!/bin/sh\nwhile read old new name; do {program} scan --git $old..$new || exit 1; done\n")).unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let push = || repository.command("push").args(["--quiet", &server.path().display().to_string(), "HEAD:main"]).output().unwrap();
    repository.add("a", "clean\n");
    repository.commit("Clean");
    assert!(push().status.success());
    repository.add("a", &config(&token));
    repository.commit("Not clean");
    let refused = push();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("a:2:10: certain"), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_hidden(&refused.stderr, &token);
}

#[test]
fn repositories_with_long_ids_are_read() {
    let (repository, token) = (Repository::new(), github_token(25));
    fs::remove_dir_all(repository.file(".git")).unwrap();
    repository.git("init --quiet --initial-branch=main --object-format=sha256");
    repository.add("a", &token);
    let id = repository.commit("Add");
    repository.git("repack -adq");
    let run = repository.scan("--git --all");
    assert_eq!((places(&run), run.lines()[0]["commit"].as_str()), (vec!["a:1:1".to_owned()], Some(id.as_str())));
    assert_eq!(repository.scan("--staged").code, 0);
}

#[test]
fn large_blobs_flow_through() {
    let (repository, first, last) = (Repository::new(), github_token(26), github_token(27));
    let filler = "0123456789 some words that fill a line of text\n".repeat(1_600_000);
    fs::write(repository.file("big.txt"), format!("{first}\n{filler}{last}\n")).unwrap();
    repository.git("-c core.compression=1 add big.txt");
    let loose = repository.scan("--staged");
    assert_eq!(places(&loose), ["big.txt:1600002:1", "big.txt:1:1"]);
    repository.commit("Add");
    repository.git("-c core.bigFileThreshold=1m -c core.compression=1 repack -adq");
    let packed = repository.scan("--git");
    assert_eq!((packed.code, places(&packed)), (1, places(&loose)));
}
