//! A case: a text with a name, stated once and run in every mode.

/// The most bytes of a text that a failure prints.
const SHOWN: usize = 8 * 1024;

/// A named text. What should be found in it is not stated: the modes of [`crate::modes`] must agree, and oracles say
/// what holds for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where the text comes from: enough to make it again.
    pub name: String,
    /// The text.
    pub text: Vec<u8>,
}

impl Case {
    /// A case.
    pub fn new(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Case { name: name.into(), text: text.into() }
    }

    /// The case as Rust source, to paste into a test. All secrets in cases are made up, so that they may be printed.
    /// Of a text that is very long only the beginning is shown.
    ///
    /// ```
    /// use tamis_corpus::case::Case;
    /// assert_eq!(Case::new("nul", b"a\0\"".to_vec()).source(), r#"Case::new("nul", b"a\x00\"".to_vec())"#);
    /// ```
    #[must_use]
    pub fn source(&self) -> String {
        let shown = &self.text[..self.text.len().min(SHOWN)];
        let rest = self.text.len() - shown.len();
        let more = if rest > 0 { format!(" /* and {rest} bytes more */") } else { String::new() };
        format!("Case::new({:?}, b\"{}\"{more}.to_vec())", self.name, literal(shown))
    }
}

/// Bytes as the inside of a Rust byte string, which is also the form of fixture files.
#[must_use]
pub fn literal(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\'", "'")
}

/// Undoes [`literal`]. Line breaks are no part of the text, so that a long one can be wrapped.
///
/// # Errors
/// Says which escape is none.
///
/// ```
/// use tamis_corpus::case::{bytes, literal};
/// let all: Vec<u8> = (0..=255).collect();
/// assert_eq!(bytes(&literal(&all)), Ok(all));
/// ```
pub fn bytes(literal: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut rest = literal.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\n' => {}
            b'\\' => out.push(escaped(&mut rest)?),
            other => out.push(other),
        }
    }
    Ok(out)
}

fn escaped(rest: &mut impl Iterator<Item = u8>) -> Result<u8, String> {
    match rest.next() {
        Some(b'n') => Ok(b'\n'),
        Some(b'r') => Ok(b'\r'),
        Some(b't') => Ok(b'\t'),
        Some(b'0') => Ok(0),
        Some(same @ (b'\\' | b'"' | b'\'')) => Ok(same),
        Some(b'x') => {
            let digits: String = rest.take(2).map(char::from).collect();
            u8::from_str_radix(&digits, 16).map_err(|_| format!("`\\x{digits}` is no byte"))
        }
        other => Err(format!("`\\{}` is no escape", other.map(char::from).unwrap_or_default())),
    }
}
