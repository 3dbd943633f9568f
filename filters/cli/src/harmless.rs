//! Text without the secrets in it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::OnceLock;

use tamis::{Harmless, Scanner, Selection, Settings, Threshold, rules};

thread_local! {
    static SECRETS: RefCell<Harmless> = RefCell::new(secrets());
}

/// Labels secrets, as `tamis` does with its own rules. Names and addresses of people stay: who reads it needs them.
pub(crate) fn without_secrets(text: &str) -> Cow<'_, str> {
    SECRETS.with_borrow_mut(|secrets| secrets.text(text))
}

/// The scanner is the same for all threads.
fn secrets() -> Harmless {
    static PARTS: OnceLock<(Scanner, Settings)> = OnceLock::new();
    let (scanner, settings) = PARTS.get_or_init(|| {
        let scanner = Scanner::new(rules::builtin());
        let any = Selection::new(Threshold::default());
        let selection = any.clone().classes(scanner.rules(), &["secret".to_owned()]).unwrap_or(any);
        (scanner, Settings { selection, ..Settings::default() })
    });
    Harmless::new(scanner, settings)
}
