//! Text without the secrets in it.

use std::borrow::Cow;
use std::sync::OnceLock;

use tamis::session::Id;
use tamis::{Mode, Rewriter, Scanner, Selection, Settings, Stream, Threshold, rules};

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

/// Takes out of short texts whatever is found in them, with one stream for all of them.
#[derive(Debug)]
pub(crate) struct Harmless {
    stream: Stream,
    rewriter: Rewriter<Vec<u8>>,
}

impl Harmless {
    pub(crate) fn new(scanner: &Scanner) -> Self {
        let settings = Settings { mode: Mode::Label, ..Settings::default() };
        Harmless { stream: scanner.stream(), rewriter: Rewriter::new(scanner, &settings, Vec::new()) }
    }

    /// The text without what is found in it.
    pub(crate) fn text(&mut self, text: &str) -> String {
        self.rewriter.reset();
        self.rewriter.output_mut().clear();
        self.stream.push(text.as_bytes(), &mut self.rewriter);
        self.stream.finish(&mut self.rewriter);
        String::from_utf8_lossy(self.rewriter.output()).into_owned()
    }

    /// The id, or a hash of one that holds a secret.
    pub(crate) fn id(&mut self, id: &str) -> Option<Id> {
        // A space makes it none that is kept as it is.
        if self.text(id) == id { Id::new(id) } else { Id::new(&format!("secret {id}")) }
    }
}
