//! Patterns for names and paths, and whether one holds all that another does.

use core::fmt;

/// How a pattern's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name: `*` stands for anything, `?` for one character.
    Name,
    /// As a name, whatever the case.
    Host,
    /// A path: `*` and `?` stay within one folder, `**` does not. Without a `/` the file's own name is meant.
    Path,
    /// A class path: what holds for a class holds for those below it.
    Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// Any byte but `/`, or any byte at all.
    One {
        slash: bool,
    },
    /// Any run of bytes but `/`, or of any bytes at all.
    Run {
        slash: bool,
    },
    /// Any folders with the `/` after them, or none.
    Folders,
}

/// A text with wildcards.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    kind: Kind,
    tokens: Vec<Token>,
}

impl Pattern {
    pub(crate) fn new(text: &str, kind: Kind) -> Self {
        Pattern { text: text.to_owned(), kind, tokens: tokens(text, kind) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the text is one that the pattern stands for.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self.kind {
            Kind::Class => ancestors(text).any(|class| self.is_exactly(class)),
            Kind::Path => self.is_exactly(&plain_path(text)),
            Kind::Host => self.is_exactly(&text.to_ascii_lowercase()),
            Kind::Name => self.is_exactly(text),
        }
    }

    fn is_exactly(&self, text: &str) -> bool {
        covers(&self.tokens, &text.bytes().map(Token::Byte).collect::<Vec<_>>())
    }

    /// Whether everything that `other` stands for is something that this pattern stands for. It may say no where the
    /// answer is yes, and never yes where it is no.
    pub(crate) fn covers(&self, other: &Pattern) -> bool {
        covers(&self.tokens, &other.tokens)
    }

    /// Whether the pattern stands for one text only.
    pub(crate) fn literal(&self) -> Option<&str> {
        self.tokens.iter().all(|token| matches!(token, Token::Byte(_))).then_some(self.text.as_str())
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// The class and those above it.
fn ancestors(class: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(class), |class| class.rsplit_once('/').map(|(above, _)| above))
}

/// A path the way patterns see it: `/` between its parts, and no `./` before them.
fn plain_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut path = path.as_str();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    path.to_owned()
}

fn tokens(text: &str, kind: Kind) -> Vec<Token> {
    let slash = kind != Kind::Path;
    let mut text = match kind {
        Kind::Host => text.to_ascii_lowercase(),
        Kind::Path => plain_path(text),
        Kind::Class => text.trim_end_matches('/').to_owned(),
        Kind::Name => text.to_owned(),
    };
    if kind == Kind::Path {
        if text.ends_with('/') {
            text.push_str("**");
        }
        if !text.contains('/') {
            text.insert_str(0, "**/");
        }
    }
    let mut tokens = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let at_part = matches!(tokens.last(), None | Some(Token::Byte(b'/') | Token::Folders));
        tokens.push(match (byte, after) {
            (b'*', [b'*', b'/', more @ ..]) if !slash && at_part => {
                rest = more;
                Token::Folders
            }
            (b'*', [b'*', more @ ..]) => {
                rest = more;
                Token::Run { slash: true }
            }
            (b'*', _) => Token::Run { slash },
            (b'?', _) => Token::One { slash },
            (byte, _) => Token::Byte(*byte),
        });
    }
    tokens
}

/// Whether `all` holds every text that `part` holds. `part`'s wildcards are taken for signs of their own, which only a
/// wildcard that holds them stands for.
fn covers(all: &[Token], part: &[Token]) -> bool {
    // By how much of `part` is left, whether what is left of `all` covers it; filled from the end of both.
    let mut after: Vec<bool> = (0..=part.len()).map(|j| j == part.len()).collect();
    for token in all.iter().rev() {
        let mut here = vec![false; part.len() + 1];
        // Inside folders, some of which are already read.
        let mut inside = false;
        for j in (0..=part.len()).rev() {
            let sign = part.get(j);
            let next = |row: &[bool]| row.get(j + 1).copied().unwrap_or(false);
            here[j] = match token {
                Token::Byte(_) => sign == Some(token) && next(&after),
                Token::One { slash } => sign.is_some_and(|sign| is_one(*sign, *slash)) && next(&after),
                Token::Run { slash } => after[j] || (sign.is_some_and(|sign| is_run(*sign, *slash)) && next(&here)),
                Token::Folders => {
                    let ends = matches!(sign, Some(Token::Byte(b'/') | Token::Folders)) && next(&after);
                    inside = sign.is_some() && (ends || inside);
                    after[j] || inside
                }
            };
        }
        after = here;
    }
    after[0]
}

fn is_one(sign: Token, slash: bool) -> bool {
    match sign {
        Token::Byte(byte) => slash || byte != b'/',
        Token::One { slash: wide } => slash || !wide,
        Token::Run { .. } | Token::Folders => false,
    }
}

fn is_run(sign: Token, slash: bool) -> bool {
    match sign {
        Token::Run { slash: wide } => slash || !wide,
        Token::Folders => slash,
        one => is_one(one, slash),
    }
}

/// A list of patterns: one of them has to match, if there are any, and none of those that are negated with `!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patterns {
    pub(crate) any: Vec<Pattern>,
    pub(crate) none: Vec<Pattern>,
}

impl Patterns {
    pub(crate) fn new<'t>(texts: impl IntoIterator<Item = &'t str>, kind: Kind) -> Self {
        let (mut any, mut none) = (Vec::new(), Vec::new());
        for text in texts {
            match text.strip_prefix('!') {
                Some(text) => none.push(Pattern::new(text, kind)),
                None => any.push(Pattern::new(text, kind)),
            }
        }
        Patterns { any, none }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        (self.any.is_empty() || self.any.iter().any(|p| p.matches(text))) && !self.none.iter().any(|p| p.matches(text))
    }

    /// Whether everything that the pattern stands for, and `besides` does not hold, is matched. As
    /// [`Pattern::covers`], it may say no where it is yes.
    pub(crate) fn covers(&self, pattern: &Pattern, besides: &[Pattern]) -> bool {
        let excluded = |none: &Pattern| match (none.literal(), pattern.literal()) {
            (Some(_), Some(text)) => !none.matches(text),
            _ => besides.iter().any(|other| other.covers(none)),
        };
        (self.any.is_empty() || self.any.iter().any(|p| p.covers(pattern))) && self.none.iter().all(excluded)
    }

    /// Whether everything that the other list matches is matched. It may say no where it is yes.
    pub(crate) fn covers_all(&self, other: &Patterns) -> bool {
        let anything = [Pattern::new("**", Kind::Name)];
        let all = if other.any.is_empty() { &anything[..] } else { &other.any };
        all.iter().all(|pattern| self.covers(pattern, &other.none))
    }
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none = self.none.iter().map(|p| format!("!{}", p.as_str()));
        let all: Vec<String> = self.any.iter().map(|p| p.as_str().to_owned()).chain(none).collect();
        f.write_str(&all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards() {
        for (kind, pattern, yes, no) in [
            (Kind::Name, "gpt-*", &["gpt-", "gpt-4/mini"][..], &["gp", "xgpt-4"][..]),
            (Kind::Name, "a?c", &["abc", "a/c"], &["ac", "abbc"]),
            (Kind::Host, "*.Example.com", &["api.example.com", "API.EXAMPLE.COM"], &["example.com", "example.com.evil"]),
            (Kind::Path, "*.md", &["a.md", "./a.md", "docs/b/a.md"], &["a.md/x", "a.mdx"]),
            (Kind::Path, "tests/", &["tests/a", "tests/b/c", ".\\tests\\a"], &["tests", "x/tests/a"]),
            (Kind::Path, "src/*.rs", &["src/a.rs"], &["src/a/b.rs", "x/src/a.rs"]),
            (Kind::Path, "src/**/*.rs", &["src/a.rs", "src/a/b.rs"], &["srcs/a.rs"]),
            (Kind::Path, "**/fixtures/**", &["fixtures/a", "a/b/fixtures/c/d"], &["fixtures", "afixtures/b"]),
            (Kind::Class, "secret", &["secret", "secret/api-key"], &["secrets", "pii/email"]),
            (Kind::Class, "pii/*", &["pii/email"], &["pii", "secret/pii"]),
        ] {
            let pattern = Pattern::new(pattern, kind);
            yes.iter().for_each(|text| assert!(pattern.matches(text), "{pattern:?} {text}"));
            no.iter().for_each(|text| assert!(!pattern.matches(text), "{pattern:?} {text}"));
        }
    }

    #[test]
    fn a_negated_pattern_takes_away() {
        let patterns = Patterns::new(["*.example.com", "!dev.example.com"], Kind::Host);
        assert!(patterns.matches("api.example.com") && !patterns.matches("dev.example.com") && !patterns.matches("x.org"));
        assert!(Patterns::new(["!a"], Kind::Name).matches("b"));
        assert_eq!(patterns.to_string(), "*.example.com, !dev.example.com");
    }

    #[test]
    fn a_pattern_covers_what_is_narrower() {
        for (all, part, yes) in [
            ("**", "a/**", true),
            ("a/**", "a/*/c", true),
            ("a/*", "a/**", false),
            ("**/x", "a/**/x", true),
            ("*.rs", "src/?.rs", true),
            ("a/*.rs", "a/b*.rs", true),
            ("a/b*.rs", "a/*.rs", false),
        ] {
            assert_eq!(Pattern::new(all, Kind::Path).covers(&Pattern::new(part, Kind::Path)), yes, "{all} {part}");
        }
    }

    proptest! {
        #[test]
        fn what_covers_matches_all_of_it(all in "[ab/*?]{0,7}", part in "[ab/*?]{0,7}", text in "[ab/]{0,7}") {
            for kind in [Kind::Path, Kind::Name] {
                let (all, part) = (Pattern::new(&all, kind), Pattern::new(&part, kind));
                if all.covers(&part) && part.matches(&text) {
                    prop_assert!(all.matches(&text), "{:?} {:?}", all, part);
                }
            }
        }

        #[test]
        fn a_pattern_covers_itself(text in "[ab/*?]{0,9}") {
            let pattern = Pattern::new(&text, Kind::Path);
            prop_assert!(pattern.covers(&pattern));
        }

        #[test]
        fn literals_match_themselves(text in "[a-c.]{1,9}") {
            prop_assert!(Pattern::new(&text, Kind::Name).matches(&text));
            prop_assert!(Pattern::new(&text, Kind::Path).matches(&text));
        }
    }
}
