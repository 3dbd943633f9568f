//! Redacts one line and panics if it does not come out right. Needs nothing from its host, so that it runs as a bare
//! wasm module, and as any other program.

use tamis::{Rewriter, Scanner, Settings};

fn main() {
    let scanner = Scanner::new(tamis::rules::builtin());
    let settings = Settings::default();
    let mut rewriter = Rewriter::new(&scanner, &settings, Vec::new());
    let mut stream = scanner.stream();
    // A token with a right checksum, in two pieces and after a JSON escape.
    stream.push(br#"{"content":"done\nghp_x7Qm2VtR9pLk4WnZ8sYd"#, &mut rewriter);
    stream.push(br#"3FbH6jCgTa2JF1fs\nok"}"#, &mut rewriter);
    stream.finish(&mut rewriter);
    assert_eq!(rewriter.output(), br#"{"content":"done\n[REDACTED:github.pat-classic]\nok"}"#);
}
