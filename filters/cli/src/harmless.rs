//! Text without the secrets in it.

use std::borrow::Cow;
use std::sync::OnceLock;

use tamis::{Rewriter, Scanner, Selection, Settings, Threshold, rules};

/// Labels secrets, as `tamis` does with its own rules. Names and addresses of people stay: who reads it needs them.
pub(crate) fn without_secrets(text: &str) -> Cow<'_, str> {
    static PARTS: OnceLock<(Scanner, Settings)> = OnceLock::new();
    let (scanner, settings) = PARTS.get_or_init(|| {
        let scanner = Scanner::new(rules::builtin());
        let any = Selection::new(Threshold::default());
        let selection = any.clone().classes(scanner.rules(), &["secret".to_owned()]).unwrap_or(any);
        (scanner, Settings { selection, ..Settings::default() })
    });
    let mut rewriter = Rewriter::new(scanner, settings, Vec::new());
    let mut stream = scanner.stream();
    stream.push(text.as_bytes(), &mut rewriter);
    stream.finish(&mut rewriter);
    match rewriter.output() == text.as_bytes() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(String::from_utf8_lossy(rewriter.output()).into_owned()),
    }
}
