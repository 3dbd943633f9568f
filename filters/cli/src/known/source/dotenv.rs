//! `.env` files: `NAME=value` lines, with or without `export`, quotes and comments.

/// A line, or several where quotes span them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
    /// From 1.
    pub(super) line: usize,
}

/// All pairs of a file; a line that is none is an error.
pub(super) fn pairs(text: &str) -> Result<Vec<Pair>, (usize, &'static str)> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
        let (here, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let stated = here.trim();
        if stated.is_empty() || stated.starts_with('#') {
            rest = after;
            continue;
        }
        let (name, value) = here.split_once('=').ok_or((line, "it is not NAME=value"))?;
        let name = name.trim().strip_prefix("export ").unwrap_or(name.trim()).trim();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err((line, "it is not NAME=value"));
        }
        let from = &rest[here.len() - value.len()..];
        let (value, left) = match value.trim_start().chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => quoted(from.trim_start(), quote).ok_or((line, "the quote is not closed"))?,
            _ => (plain(value), after),
        };
        pairs.push(Pair { name: name.to_owned(), value, line });
        rest = left;
    }
    Ok(pairs)
}

/// A value without quotes ends before a comment.
fn plain(value: &str) -> String {
    let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
    value[..end].trim().to_owned()
}

/// A value in quotes, and what stands after its last line.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                same @ ('"' | '\\' | '$' | '`') => value.push(same),
                other => value.extend(['\\', other]),
            },
            char if char == quote => return Some((value, text[at..].split_once('\n').map_or("", |(_, rest)| rest))),
            char => value.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_shells_and_libraries_do() {
        let text = "# comment\nA=one # two\nexport B = 'it # is'\n\nC=\"x\\ny\\\"z\" # c\nD=\"first\nsecond\"\r\nE=\nF=a#b\r\n";
        let read: Vec<(String, String, usize)> = pairs(text).unwrap().into_iter().map(|p| (p.name, p.value, p.line)).collect();
        let wanted = [("A", "one", 2), ("B", "it # is", 3), ("C", "x\ny\"z", 5), ("D", "first\nsecond", 6), ("E", "", 8), ("F", "a#b", 9)];
        assert_eq!(read, wanted.map(|(name, value, line)| (name.to_owned(), value.to_owned(), line)));
        assert_eq!(pairs("A=1\nB\n"), Err((2, "it is not NAME=value")));
        assert_eq!(pairs("A='1\n"), Err((1, "the quote is not closed")));
    }
}
