//! E-mail addresses: whether the domain may exist, and is no placeholder and no file name.

use crate::finding::Verdict;

/// Top-level domains that are reserved (RFC 2606, RFC 6762), and extensions of files that code writes after an `@`, like
/// `icon@2x.png`. Moldova (`md`), Paraguay (`py`) and Serbia (`rs`) lose their addresses here.
const NO_MAIL: &[&str] = &[
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "test", //
    "bin",
    "cfg",
    "class",
    "conf",
    "cpp",
    "cs",
    "css",
    "csv",
    "dll",
    "exe",
    "gif",
    "go",
    "gz",
    "hpp",
    "htm",
    "html",
    "ico",
    "ini",
    "jar",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsx",
    "kt",
    "lock",
    "log",
    "lua",
    "map",
    "md",
    "mjs",
    "pdf",
    "php",
    "png",
    "py",
    "rb",
    "rs",
    "rst",
    "scss",
    "sql",
    "svg",
    "swift",
    "tar",
    "tgz",
    "toml",
    "ts",
    "tsx",
    "ttf",
    "txt",
    "vue",
    "wasm",
    "webp",
    "whl",
    "woff",
    "xml",
    "yaml",
    "yml",
    "zip",
];

/// Second-level domains that are reserved, with all below them.
const EXAMPLES: &[&str] = &["example.com", "example.org", "example.net", "example.edu"];

/// Invalid for what cannot receive mail; nothing proves an address.
pub(super) fn check(value: &[u8]) -> Verdict {
    if is_plausible(value).unwrap_or(false) { Verdict::Abstain } else { Verdict::Invalid }
}

fn is_plausible(value: &[u8]) -> Option<bool> {
    let text = core::str::from_utf8(value).ok()?;
    let (local, domain) = text.rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let (parent, top) = domain.rsplit_once('.')?;
    let reserved = EXAMPLES.iter().any(|e| domain.strip_suffix(e).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    let top_is_word = top.len() >= 2 && (top.starts_with("xn--") || top.bytes().all(|b| b.is_ascii_alphabetic()));
    Some(
        is_local(local)
            && domain.len() <= 253
            && parent.split('.').chain([top]).all(is_label)
            && top_is_word
            && !NO_MAIL.contains(&top)
            && !reserved,
    )
}

/// `git@` is how version control is reached, not a person.
fn is_local(local: &str) -> bool {
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    !dots && (1..=64).contains(&local.len()) && local != "git" && local.bytes().all(|b| b.is_ascii_graphic() && b != b'@')
}

fn is_label(label: &str) -> bool {
    let dashes = label.starts_with('-') || label.ends_with('-');
    !dashes && (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plausible_or_not() {
        for address in ["ada@lovelace.org", "a.b+c@mail.co-op.co.uk", "x_y@sub.domain.io", "ADA@Lovelace.COM", "a@xn--bcher-kva.xn--p1ai"] {
            assert_eq!(check(address.as_bytes()), Verdict::Abstain, "{address}");
        }
        for address in [
            "ada@example.com",
            "ada@mail.example.org",
            "ADA@EXAMPLE.NET",
            "ada@school.example.edu",
            "ada@corp.test",
            "ada@x.invalid",
            "ada@printer.local",
            "ada@app.localhost",
            "ada@x.example",
            "icon@2x.png",
            "lib@1.2.3",
            "pkg@v1.json",
            "ada@localhost",
            "git@github.com",
            ".ada@lovelace.org",
            "a..b@lovelace.org",
            "ada@-x.org",
            "ada@x-.org",
            "ada@x..org",
            "ada@.org",
            "ada@x.o1",
            "ada@x.o",
            "@lovelace.org",
            "ada@",
            "ada",
            "a b@lovelace.org",
            "ada@love_lace.org",
            "",
        ] {
            assert_eq!(check(address.as_bytes()), Verdict::Invalid, "{address}");
        }
        let long = format!("{}@lovelace.org", "a".repeat(65));
        assert_eq!(check(long.as_bytes()), Verdict::Invalid);
        assert_eq!(check(b"ada@myexample.com"), Verdict::Abstain);
    }
}
