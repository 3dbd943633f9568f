//! Example templates of rule files: `${secret}` and `${re:REGEX}` in a piece of ordinary text.

use core::ops::Range;

use crate::member::Pattern;
use crate::random::Rng;

/// An expanded template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Where in it the secrets stand, in bytes.
    pub secrets: Vec<Range<usize>>,
}

const SECRET: &str = "${secret}";
const REGEX: &str = "${re:";

/// Puts secrets and random members into a template. Any other `${` stands for itself.
///
/// ```
/// use tamis_corpus::{random::Rng, template::expand};
/// let expanded = expand("id=${re:[0-9]{4}} key=${secret};", |_| "hush".to_owned(), &mut Rng::new(1)).unwrap();
/// assert_eq!(expanded.secrets, [12..16]);
/// assert!(expanded.text.ends_with(" key=hush;"));
/// ```
///
/// # Errors
/// Says which expression does not parse or does not end.
pub fn expand(template: &str, mut secret: impl FnMut(&mut Rng) -> String, rng: &mut Rng) -> Result<Expanded, String> {
    let mut out = Expanded { text: String::new(), secrets: Vec::new() };
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let (before, found) = rest.split_at(at);
        out.text.push_str(before);
        if let Some(after) = found.strip_prefix(SECRET) {
            let start = out.text.len();
            out.text.push_str(&secret(rng));
            out.secrets.push(start..out.text.len());
            rest = after;
        } else if let Some(after) = found.strip_prefix(REGEX) {
            let end = closing_brace(after).ok_or_else(|| format!("`{found}` has no closing brace"))?;
            let pattern = Pattern::new(&after[..end]).map_err(|e| format!("`{}`: {e}", &after[..end]))?;
            out.text.push_str(&pattern.member(rng));
            rest = &after[end + 1..];
        } else {
            out.text.push_str("${");
            rest = &found[2..];
        }
    }
    out.text.push_str(rest);
    Ok(out)
}

/// The first closing brace that ends no repetition and is neither escaped nor in a class.
fn closing_brace(text: &str) -> Option<usize> {
    let (mut depth, mut in_class, mut escaped) = (0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'{' if !in_class => depth += 1,
            b'}' if !in_class && depth == 0 => return Some(at),
            b'}' if !in_class => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(template: &str) -> Result<Expanded, String> {
        expand(template, |_| "hush".to_owned(), &mut Rng::new(5))
    }

    #[test]
    fn secrets_are_marked() {
        let two = expanded("a ${secret}${secret} é ${secret}").unwrap();
        assert_eq!(two.text, "a hushhush é hush");
        assert_eq!(two.secrets, [2..6, 6..10, 14..18]);
    }

    #[test]
    fn expressions_end_at_their_own_brace() {
        for (template, text) in [
            ("${re:x{3}}y", "xxxy"),
            ("${re:(?:x{2}){2}}}", "xxxx}"),
            ("${re:\\}[{]}", "}{"),
            ("${re:}", ""),
            ("${HOME} $${secret} ${", "${HOME} $hush ${"),
        ] {
            assert_eq!(expanded(template).unwrap().text, text, "{template}");
        }
    }

    #[test]
    fn wrong_expressions_are_reported() {
        assert!(expanded("${re:x{3}").unwrap_err().contains("closing brace"));
        assert!(expanded("${re:x(}").is_err());
    }
}
