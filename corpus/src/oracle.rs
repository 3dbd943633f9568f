//! What holds for any text, whatever the rules.
//!
//! Each oracle answers with a sentence that says what is broken. Tests and fuzz targets share them.

use tamis_engine::{Confidence, Finding, Scanner, Stream};

use crate::case::Case;
use crate::modes::Lab;
use crate::trace::{Event, Recorder, Trace, run};

/// What a finding is replaced by.
#[must_use]
pub fn label(scanner: &Scanner, finding: &Finding) -> String {
    format!("[REDACTED:{}]", scanner.rule(finding.rule).id)
}

/// The text reaches the sink once, in order, however it is cut, and what the sink is told depends on no cut.
///
/// # Errors
/// Names the mode and prints the case.
pub fn streamed_equals_whole(lab: &Lab, case: &Case) -> Result<Trace, String> {
    let trace = lab.check(case)?;
    removal_leaves_the_rest(&case.text, &trace)?;
    Ok(trace)
}

/// Findings are in order and apart, and without their bytes the rest of the text is as it was.
///
/// # Errors
/// Says which bytes are wrong.
pub fn removal_leaves_the_rest(text: &[u8], trace: &Trace) -> Result<(), String> {
    let (mut passed, mut expected) = (Vec::new(), Vec::new());
    for event in &trace.events {
        if let Event::Text(range) = event {
            passed.extend_from_slice(&text[range.clone()]);
        }
    }
    let mut from = 0;
    for finding in trace.findings() {
        let span = finding.span.range();
        if span.start < from || span.is_empty() {
            return Err(format!("the finding at {span:?} overlaps one that ends at {from}"));
        }
        expected.extend_from_slice(&text[from..span.start]);
        from = span.end;
    }
    expected.extend_from_slice(&text[from..]);
    if passed == expected { Ok(()) } else { Err("the text around the findings has changed".to_owned()) }
}

/// The text with every finding, of any confidence, replaced by its label; and where the labels stand.
#[must_use]
pub fn redacted(scanner: &Scanner, text: &[u8]) -> (Vec<u8>, Vec<core::ops::Range<usize>>) {
    let (mut out, mut labels, mut from) = (Vec::new(), Vec::new(), 0);
    for finding in scanner.find(text) {
        let span = finding.span.range();
        out.extend_from_slice(&text[from..span.start]);
        let start = out.len();
        out.extend_from_slice(label(scanner, &finding).as_bytes());
        labels.push(start..out.len());
        from = span.end;
    }
    out.extend_from_slice(&text[from..]);
    (out, labels)
}

/// Once every finding is replaced by its label, no finding of medium confidence or more shares a byte with a label.
///
/// This is all that can be promised. What stood beside a secret can become a finding of its own once the secret is
/// gone: it was part of an overlapping match that lost against it, or its left neighbour has become a bracket.
///
/// # Errors
/// Names the finding and prints the case.
pub fn redacted_rescans_clean(scanner: &Scanner, case: &Case) -> Result<(), String> {
    let (text, labels) = redacted(scanner, &case.text);
    for finding in scanner.find(&text).iter().filter(|f| f.confidence >= Confidence::Medium) {
        let span = finding.span.range();
        if labels.iter().any(|l| l.start < span.end && span.start < l.end) {
            let id = &scanner.rule(finding.rule).id;
            return Err(format!(
                "{id} {span:?} is found in the redacted text\n{}\n{}",
                Case::new("redacted", text.clone()).source(),
                case.source()
            ));
        }
    }
    Ok(())
}

/// Bytes that a stream holds back after this text.
#[must_use]
pub fn holdback(scanner: &Scanner, text: &[u8]) -> u64 {
    let mut stream = scanner.stream();
    stream.push(text, &mut Recorder::new(text));
    stream.holdback()
}

/// What is held back is what was pushed and not delivered, never more than `most`, at every byte of the text.
///
/// # Errors
/// Says where.
pub fn holdback_is_small(scanner: &Scanner, text: &[u8], most: u64) -> Result<(), String> {
    let mut stream = scanner.stream();
    let mut sink = Recorder::new(text);
    for (at, byte) in text.iter().enumerate() {
        stream.push(&[*byte], &mut sink);
        let held = (at + 1 - sink.delivered()) as u64;
        if stream.holdback() != held {
            return Err(format!("at {at}: {held} bytes are held back, not {}", stream.holdback()));
        }
        if held > most {
            return Err(format!("at {at}: {held} bytes are held back"));
        }
    }
    Ok(())
}

/// Bytes that candidates were verified on in the whole text, pushed in chunks of this size.
#[must_use]
pub fn work(scanner: &Scanner, text: &[u8], chunk: usize) -> u64 {
    let mut stream = scanner.stream();
    let mut sink = Recorder::new(text);
    for piece in text.chunks(chunk) {
        stream.push(piece, &mut sink);
    }
    stream.work()
}

/// A stream that was used before behaves as a new one does.
///
/// # Errors
/// When it does not.
pub fn reset_forgets(stream: &mut Stream, before: &[u8], case: &Case) -> Result<(), String> {
    let expected = run(&mut stream.clone(), &case.text, []);
    stream.push(before, &mut Recorder::new(before));
    stream.reset();
    if run(stream, &case.text, []) == expected { Ok(()) } else { Err(format!("a reset stream remembers\n{}", case.source())) }
}
