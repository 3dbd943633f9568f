//! Just enough of Rust's lexical structure to tell code from comments and text.

/// A file with code and comments told apart.
pub(super) struct Source {
    /// Each line's code; comments are gone and strings are empty.
    code: Vec<String>,
    /// Each line's comments.
    comments: Vec<String>,
}

/// A function with a body.
pub(super) struct Function {
    pub(super) name: String,
    /// Its line, from 1.
    pub(super) line: usize,
    pub(super) code_lines: usize,
}

/// Where in the text the reader is.
enum State {
    Code,
    LineComment,
    /// Block comments nest.
    BlockComment(usize),
    /// Ends with a quote and as many hashes as it started with; `None` if escapes count.
    Text(Option<usize>),
}

impl Source {
    /// Takes a file apart.
    pub(super) fn new(text: &str) -> Self {
        let (mut code, mut comments) = (Vec::new(), Vec::new());
        let mut state = State::Code;
        for line in text.lines() {
            let mut split = Split { code: String::new(), comment: String::new() };
            state = split.line(line, state);
            code.push(split.code);
            comments.push(split.comment);
        }
        Source { code, comments }
    }

    /// Lines that hold code, but for modules of tests.
    pub(super) fn code_lines(&self) -> usize {
        let mut count = 0;
        let mut line = 0;
        while line < self.code.len() {
            if self.code[line].trim() == "#[cfg(test)]" && self.code.get(line + 1).is_some_and(|next| next.trim_start().starts_with("mod "))
            {
                line = self.body_end(line + 1).map_or(line + 2, |end| end + 1);
                continue;
            }
            count += usize::from(!self.code[line].trim().is_empty());
            line += 1;
        }
        count
    }

    /// All functions that have a body.
    pub(super) fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for (line, code) in self.code.iter().enumerate() {
            let Some(name) = function_name(code) else { continue };
            let Some(end) = self.body_end(line) else { continue };
            let code_lines = self.code[line..=end].iter().filter(|code| !code.trim().is_empty()).count();
            functions.push(Function { name, line: line + 1, code_lines });
        }
        functions
    }

    /// Lines, from 1, whose comments name an issue by its number.
    pub(super) fn issue_numbers(&self) -> Vec<usize> {
        let named = self.comments.iter().enumerate().filter(|(_, comment)| names_issue(comment));
        named.map(|(line, _)| line + 1).collect()
    }

    /// The names of modules declared to stand in files of their own, each with its line from 0.
    pub(super) fn modules(&self) -> Vec<(usize, String)> {
        let declared = |code: &String| {
            let (_, name) = code.trim().strip_suffix(';')?.rsplit_once("mod ")?;
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_').then(|| name.to_owned())
        };
        self.code.iter().enumerate().filter_map(|(line, code)| Some((line, declared(code)?))).collect()
    }

    /// The line of the brace that closes the item that starts in a line, if the item has a body.
    fn body_end(&self, from: usize) -> Option<usize> {
        let (mut braces, mut others, mut opened) = (0_usize, 0_usize, false);
        for (line, code) in self.code.iter().enumerate().skip(from) {
            for c in code.chars() {
                match c {
                    '{' => {
                        braces += 1;
                        opened = true;
                    }
                    '}' => braces = braces.saturating_sub(1),
                    '(' | '[' => others += 1,
                    ')' | ']' => others = others.saturating_sub(1),
                    ';' if !opened && others == 0 => return None,
                    _ => {}
                }
                if opened && braces == 0 {
                    return Some(line);
                }
            }
        }
        None
    }
}

/// One line while it is taken apart.
struct Split {
    code: String,
    comment: String,
}

impl Split {
    fn line(&mut self, line: &str, mut state: State) -> State {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            (state, at) = match state {
                State::Code => self.code(&chars, at),
                State::LineComment => self.comment(&chars, at, State::LineComment),
                State::BlockComment(depth) => self.block(&chars, at, depth),
                State::Text(hashes) => text(&chars, at, hashes),
            };
        }
        if matches!(state, State::LineComment) { State::Code } else { state }
    }

    fn code(&mut self, chars: &[char], at: usize) -> (State, usize) {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => return (State::LineComment, at + 2),
            ('/', Some('*')) => return (State::BlockComment(1), at + 2),
            ('"', _) => return (State::Text(None), at + 1),
            ('\'', _) => {
                if let Some(end) = character_end(chars, at) {
                    return (State::Code, end);
                }
            }
            ('r', _) if !continues_name(&self.code) || self.code.ends_with('b') => {
                let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                if chars.get(at + 1 + hashes) == Some(&'"') {
                    return (State::Text(Some(hashes)), at + hashes + 2);
                }
            }
            _ => {}
        }
        self.code.push(chars[at]);
        (State::Code, at + 1)
    }

    fn comment(&mut self, chars: &[char], at: usize, state: State) -> (State, usize) {
        self.comment.push(chars[at]);
        (state, at + 1)
    }

    fn block(&mut self, chars: &[char], at: usize, depth: usize) -> (State, usize) {
        match (chars[at], chars.get(at + 1)) {
            ('*', Some('/')) if depth == 1 => (State::Code, at + 2),
            ('*', Some('/')) => (State::BlockComment(depth - 1), at + 2),
            ('/', Some('*')) => (State::BlockComment(depth + 1), at + 2),
            _ => self.comment(chars, at, State::BlockComment(depth)),
        }
    }
}

fn text(chars: &[char], at: usize, hashes: Option<usize>) -> (State, usize) {
    match (chars[at], hashes) {
        ('\\', None) => (State::Text(None), at + 2),
        ('"', None) => (State::Code, at + 1),
        ('"', Some(hashes)) if chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes => (State::Code, at + 1 + hashes),
        _ => (State::Text(hashes), at + 1),
    }
}

/// Where a character literal that starts here ends; a lifetime is none.
fn character_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars.iter().skip(at + 3).position(|c| *c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

fn continues_name(code: &str) -> bool {
    code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The name of the function whose declaration starts in this line.
fn function_name(code: &str) -> Option<String> {
    let start = if code.trim_start().starts_with("fn ") { code.find("fn ")? } else { code.find(" fn ")? + 1 };
    let name: String = code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

fn names_issue(comment: &str) -> bool {
    let lower = comment.to_ascii_lowercase();
    let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let word = lower.match_indices("issue ").any(|(at, word)| digit(lower[at + word.len()..].trim_start_matches('#')));
    let hash = lower.match_indices('#').any(|(at, _)| {
        let apart = !lower[..at].ends_with(|c: char| c.is_alphanumeric() || c == '&' || c == '/');
        apart && digit(&lower[at + 1..])
    });
    word || hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_not_code() {
        let source = Source::new("a(\"// {\"); // b \"\n/* c /* d */\n e */ f('\"', '\\'', r#\"\"}\"#);\nlet g: &'a str;\n");
        assert_eq!(source.code, ["a(); ", "", " f(, , );", "let g: &'a str;"]);
        assert_eq!(source.comments[0], " b \"");
    }

    #[test]
    fn functions_end_where_their_brace_closes() {
        let source = Source::new(
            "trait T {\n    fn none(&self, a: [u8; 2]);\n    fn some(&self) -> [u8; 2] {\n        // \"}\"\n        [0, 1]\n    }\n}\n",
        );
        let functions: Vec<_> = source.functions().into_iter().map(|f| (f.name, f.line, f.code_lines)).collect();
        assert_eq!(functions, [("some".to_owned(), 3, 3)]);
    }

    #[test]
    fn test_modules_do_not_count() {
        let source = Source::new("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n");
        assert_eq!(source.code_lines(), 2);
    }

    #[test]
    fn modules_in_files_are_listed() {
        let source = Source::new("mod a;\npub(crate) mod b;\nmod c { }\n// mod d;\nuse e;\n");
        assert_eq!(source.modules(), [(0, "a".to_owned()), (1, "b".to_owned())]);
    }
}
