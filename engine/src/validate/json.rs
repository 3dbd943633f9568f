//! A JSON object read just far enough to know that it is one, and its top-level names.

/// Deeper nesting than any header has.
const MAX_DEPTH: usize = 32;

/// Whether the text is one JSON object that has this name at the top. Names written with escapes are not recognised.
pub(super) fn object_has(text: &[u8], name: &[u8]) -> bool {
    member(text, name).is_some()
}

/// The whole number that the text, a JSON object, has under this name at the top. Fractions are cut off.
pub(super) fn object_number(text: &[u8], name: &[u8]) -> Option<i64> {
    let value = member(text, name)?;
    let len = value.iter().take_while(|b| b.is_ascii_digit()).count();
    core::str::from_utf8(&value[..len]).ok()?.parse().ok()
}

/// What stands after this name at the top of a JSON object, to the text's end. The last of several counts.
fn member<'a>(text: &'a [u8], name: &'a [u8]) -> Option<&'a [u8]> {
    let mut reader = Reader { rest: text, name, found: None };
    reader.space();
    let object = reader.rest.first() == Some(&b'{');
    let read = reader.value(0);
    reader.space();
    reader.found.filter(|_| object && read.is_some() && reader.rest.is_empty())
}

struct Reader<'a> {
    rest: &'a [u8],
    name: &'a [u8],
    found: Option<&'a [u8]>,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn eat(&mut self, token: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.rest.first()? {
            b'{' => self.list(b"{", b"}", |r| r.member(depth)),
            b'[' => self.list(b"[", b"]", |r| r.value(depth + 1)),
            b'"' => self.string().map(drop),
            b't' => self.eat(b"true"),
            b'f' => self.eat(b"false"),
            b'n' => self.eat(b"null"),
            _ => self.number(),
        }
    }

    /// Items between brackets, commas between them.
    fn list(&mut self, open: &[u8], close: &[u8], mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(open)?;
        self.space();
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            if self.eat(close).is_some() {
                return Some(());
            }
            self.eat(b",")?;
        }
    }

    fn member(&mut self, depth: usize) -> Option<()> {
        let name = self.string()?;
        self.space();
        self.eat(b":")?;
        self.space();
        if depth == 0 && name == self.name {
            self.found = Some(self.rest);
        }
        self.value(depth + 1)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        self.eat(b"\"")?;
        let text = self.rest;
        let mut at = 0;
        loop {
            match text.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                0..0x20 => return None,
                _ => at += 1,
            }
        }
        let (string, rest) = text.split_at_checked(at)?;
        self.rest = rest;
        self.eat(b"\"")?;
        Some(string)
    }

    fn number(&mut self) -> Option<()> {
        let end = self.rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        number.iter().any(u8::is_ascii_digit).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_with_the_name_at_the_top() {
        for text in [
            r#"{"alg":"HS256"}"#,
            " { \"typ\" : \"JWT\" , \"alg\" : null }\n",
            r#"{"jwk":{"x":[1,-2.5e3,[],{}],"s":"a\"b"},"crit":[true,false],"alg":1}"#,
        ] {
            assert!(object_has(text.as_bytes(), b"alg"), "{text}");
        }
    }

    #[test]
    fn everything_else() {
        let deep = format!("{{\"alg\":{}{}}}", "[".repeat(100), "]".repeat(100));
        for text in [
            "",
            "{",
            "{}",
            "[]",
            "\"alg\"",
            r#"["alg"]"#,
            r#"{"typ":"JWT"}"#,
            r#"{"a":{"alg":1}}"#,
            r#"{"alg":1}x"#,
            r#"{"alg"}"#,
            r#"{"alg":}"#,
            r#"{"alg":1,}"#,
            r#"{"alg":+}"#,
            r#"{"alg":"x}"#,
            r#"{"alg":"x\"#,
            r#"{"alg" 1}"#,
            "{\"alg\":\"\n\"}",
            &deep,
        ] {
            assert!(!object_has(text.as_bytes(), b"alg"), "{text}");
        }
    }
}
