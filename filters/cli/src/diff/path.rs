//! Paths as diffs write them.

use std::borrow::Cow;

/// The paths of a `---` or `+++` line: without the time that other tools write after it, and without git's quotes.
pub(super) fn of_side(text: &[u8]) -> Vec<u8> {
    let text = text.trim_ascii_end();
    match quoted(text) {
        Some((path, _)) => path,
        None => text.split(|b| *b == b'\t').next().unwrap_or_default().to_vec(),
    }
}

/// The path that a `diff --git OLD NEW` line gives to the new side, and whether paths have prefixes. Without quotes the
/// line does not tell where one ends, so it is found where both halves say the same.
pub(super) fn of_git_line(text: &[u8]) -> (Vec<u8>, bool) {
    let text = text.trim_ascii_end();
    let (old, new) = match quoted(text) {
        Some((old, rest)) => (old, unquoted(rest.trim_ascii_start()).into_owned()),
        None => {
            let blanks = text.iter().enumerate().filter(|(_, b)| **b == b' ').map(|(at, _)| at);
            let mut halves = blanks.map(|at| (&text[..at], unquoted(&text[at + 1..])));
            let same = halves.clone().find(|(old, new)| rest(old) == rest(new)).or_else(|| halves.next());
            same.map_or_else(|| (text.to_vec(), text.to_vec()), |(old, new)| (old.to_vec(), new.into_owned()))
        }
    };
    let prefixed = have_prefixes(&old, &new);
    (if prefixed { rest(&new).to_vec() } else { new }, prefixed)
}

/// Whether both begin with letters that stand for sides: `a/` and `b/`, or those of `diff.mnemonicPrefix`.
pub(super) fn have_prefixes(old: &[u8], new: &[u8]) -> bool {
    let letter = |path: &[u8]| path.starts_with_side().then(|| path[0]);
    matches!((letter(old), letter(new)), (Some(old), Some(new)) if old != new)
}

/// Without the letter that stands for the side.
pub(super) fn rest(path: &[u8]) -> &[u8] {
    if path.starts_with_side() { &path[2..] } else { path }
}

trait Sided {
    fn starts_with_side(&self) -> bool;
}

impl Sided for [u8] {
    fn starts_with_side(&self) -> bool {
        self.len() > 2 && self[1] == b'/' && b"abciow12".contains(&self[0])
    }
}

fn unquoted(text: &[u8]) -> Cow<'_, [u8]> {
    quoted(text).map_or(Cow::Borrowed(text), |(path, _)| Cow::Owned(path))
}

/// Reads a path in quotes, with C's escapes. Gives what follows it, too.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut bytes = text.strip_prefix(b"\"")?;
    let mut path = Vec::new();
    loop {
        let (byte, rest) = bytes.split_first()?;
        bytes = rest;
        match byte {
            b'"' => return Some((path, bytes)),
            b'\\' => {
                let (escaped, rest) = bytes.split_first()?;
                bytes = rest;
                path.push(match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'a' => 7,
                    b'b' => 8,
                    b'v' => 11,
                    b'f' => 12,
                    b'0'..=b'3' => {
                        let (more, rest) = bytes.split_at_checked(2)?;
                        bytes = rest;
                        let digit = |b: &u8| (b'0'..=b'7').contains(b).then(|| b - b'0');
                        (escaped - b'0') * 64 + digit(&more[0])? * 8 + digit(&more[1])?
                    }
                    other => *other,
                });
            }
            other => path.push(*other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_read() {
        for (line, path) in [
            ("b/src/x.rs\n", "b/src/x.rs"),
            ("b/with blank\t\r\n", "b/with blank"),
            ("x.c\t2026-01-01 00:00:00.0 +0000\n", "x.c"),
            ("\"b/\\303\\251\\t\\\"x\\\\\"\n", "b/é\t\"x\\"),
            ("/dev/null\n", "/dev/null"),
        ] {
            assert_eq!(String::from_utf8(of_side(line.as_bytes())).unwrap(), path);
        }
    }

    #[test]
    fn git_lines_name_the_new_side() {
        for (line, path, prefixed) in [
            ("a/x b/x", "x", true),
            ("a/x y b/x y", "x y", true),
            ("a/a b/b b/a b/b", "a b/b", true),
            ("src/x src/x", "src/x", false),
            ("a/x a/x", "a/x", false),
            ("i/x w/x\r", "x", true),
            ("\"a/\\303\\251\" \"b/\\303\\251\"", "é", true),
            ("\"a/\\303\\251\" b/e", "e", true),
            ("x", "x", false),
        ] {
            let (found, has) = of_git_line(line.as_bytes());
            assert_eq!((String::from_utf8(found).unwrap().as_str(), has), (path, prefixed), "{line}");
        }
    }
}
