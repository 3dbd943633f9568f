//! Betterleaks' filters: expressions that say which findings to drop. Those that look at the secret or the path alone are
//! read; a filter is a list of terms with `||` in between.

use crate::condition::{Allow, regex};

use super::translate::from_go;

/// What a filter drops.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) entropy: Option<(f64, bool)>,
    pub(super) allow: Vec<Allow>,
}

/// Reads a filter, or names the first term that cannot be honoured.
pub(super) fn read(filter: &str) -> Result<Terms, String> {
    let mut terms = Terms::default();
    let mut rest = filter;
    loop {
        rest = term(skip(rest), &mut terms)?;
        rest = skip(rest);
        while let Some(after) = rest.strip_prefix(')') {
            rest = skip(after);
        }
        match rest.strip_prefix("||") {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(terms),
            None => return Err(unknown(rest)),
        }
    }
}

fn term<'a>(text: &'a str, terms: &mut Terms) -> Result<&'a str, String> {
    const SECRET: &str = "finding[\"secret\"]";
    const PATH: &str = "attributes[\"path\"]";
    if let Some(inner) = text.strip_prefix('(') {
        return term(skip(inner), terms);
    }
    let call = |function: &str, argument: &str| text.strip_prefix(function)?.strip_prefix('(')?.strip_prefix(argument);
    if let Some(rest) = call("entropy", SECRET).and_then(|rest| rest.strip_prefix(')')) {
        let rest = skip(rest);
        let (enough, rest) = match rest.strip_prefix("<=") {
            Some(rest) => (false, rest),
            None => (true, rest.strip_prefix('<').ok_or_else(|| unknown(text))?),
        };
        let rest = skip(rest);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let least = rest[..end].parse().map_err(|_| unknown(text))?;
        terms.entropy = Some((least, enough));
        return Ok(&rest[end..]);
    }
    let expressions = |list: Vec<String>| list.iter().map(|one| regex(&from_go(one))).collect::<Result<Vec<_>, _>>();
    let (allow, rest) = if let Some(rest) = call("matchesAny", SECRET) {
        let (list, rest) = strings(rest).ok_or_else(|| unknown(text))?;
        (Allow { secrets: expressions(list)?, ..Allow::default() }, rest)
    } else if let Some(rest) = call("matchesAny", PATH) {
        let (list, rest) = strings(rest).ok_or_else(|| unknown(text))?;
        (Allow { paths: expressions(list)?, ..Allow::default() }, rest)
    } else if let Some(rest) = call("containsAny", SECRET) {
        let (list, rest) = strings(rest).ok_or_else(|| unknown(text))?;
        (Allow { stopwords: list.iter().map(|word| word.to_ascii_lowercase()).collect(), ..Allow::default() }, rest)
    } else {
        return Err(unknown(text));
    };
    terms.allow.push(allow);
    Ok(rest)
}

fn unknown(text: &str) -> String {
    let name = text.split(|c: char| c == '(' || c.is_whitespace()).find(|part| !part.is_empty()).unwrap_or("it");
    let name: String = name.chars().take(40).collect();
    format!("`{name}` is not read: only entropy, matchesAny and containsAny of the secret or the path, joined by ||")
}

/// Skips white space and comments.
fn skip(text: &str) -> &str {
    let text = text.trim_start();
    match text.strip_prefix("//") {
        Some(comment) => skip(comment.split_once('\n').map_or("", |(_, rest)| rest)),
        None => text,
    }
}

/// Reads `, ["…", `…`])`.
fn strings(text: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = skip(skip(text).strip_prefix(',')?).strip_prefix('[')?;
    let mut list = Vec::new();
    loop {
        rest = skip(rest);
        if let Some(after) = rest.strip_prefix(']') {
            return Some((list, skip(after).strip_prefix(')')?));
        }
        let (one, after) = string(rest)?;
        list.push(one);
        let after = skip(after);
        rest = after.strip_prefix(',').unwrap_or(after);
    }
}

fn string(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.split_once('`').map(|(one, rest)| (one.to_owned(), rest));
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                same @ ('\\' | '"' | '\'') => out.push(same),
                _ => return None,
            },
            end if end == quote => return Some((out, &text[at + 1..])),
            other => out.push(other),
        }
    }
    None
}
