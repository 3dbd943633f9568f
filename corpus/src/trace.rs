//! What a sink was told, in a form that does not depend on how text was cut into pieces.

use core::ops::Range;

use tamis_engine::{Finding, LimitHit, RuleIndex, Secret, Sink, Stream};

/// One thing a sink was told. Adjacent pieces of text, and of one block, are merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Bytes that belong to no finding.
    Text(Range<usize>),
    /// A whole finding.
    Finding(Finding),
    /// A block begins.
    Open(Finding),
    /// Bytes of the block.
    Part(RuleIndex, Range<usize>),
    /// The block ends.
    Close(Finding),
}

/// All a sink was told about a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// In the order of the text.
    pub events: Vec<Event>,
    /// Limits that were hit, sorted.
    pub limits: Vec<(u64, String)>,
}

impl Trace {
    /// The findings, blocks as they were closed.
    pub fn findings(&self) -> impl Iterator<Item = Finding> + '_ {
        self.events.iter().filter_map(|event| match event {
            Event::Finding(finding) | Event::Close(finding) => Some(*finding),
            _ => None,
        })
    }
}

/// A sink that checks what it is told against the text that is being pushed.
#[derive(Debug)]
pub struct Recorder<'a> {
    text: &'a [u8],
    at: usize,
    open: Option<(RuleIndex, usize)>,
    trace: Trace,
    fault: Option<String>,
}

impl<'a> Recorder<'a> {
    /// A sink for a stream to which `text` is pushed.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Recorder { text, at: 0, open: None, trace: Trace::default(), fault: None }
    }

    /// Bytes delivered so far.
    #[must_use]
    pub fn delivered(&self) -> usize {
        self.at
    }

    /// The trace, once the stream is finished.
    ///
    /// # Errors
    /// Says what broke the contract of [`Sink`]: bytes that are wrong, missing, twice or out of order, a span that is not
    /// where its bytes are, a block that is not opened and closed as it should.
    pub fn finish(mut self) -> Result<Trace, String> {
        if self.at != self.text.len() {
            self.fault(format!("{} bytes were delivered of {}", self.at, self.text.len()));
        }
        if self.open.is_some() {
            self.fault("a block is still open at the end".to_owned());
        }
        self.trace.limits.sort();
        self.fault.map_or(Ok(self.trace), Err)
    }

    fn fault(&mut self, fault: String) {
        self.fault.get_or_insert(fault);
    }

    fn take(&mut self, bytes: &[u8]) -> Range<usize> {
        let range = self.at..self.at + bytes.len();
        if bytes.is_empty() {
            self.fault(format!("an empty piece at {}", self.at));
        }
        if self.text.get(range.clone()) != Some(bytes) {
            self.fault(format!("the bytes delivered as {range:?} are not those that were pushed"));
        }
        self.at = range.end;
        range
    }
}

impl Sink for Recorder<'_> {
    fn text(&mut self, bytes: &[u8]) {
        let range = self.take(bytes);
        if self.open.is_some() {
            self.fault(format!("text at {range:?} inside a block"));
        }
        match self.trace.events.last_mut() {
            Some(Event::Text(last)) => last.end = range.end,
            _ => self.trace.events.push(Event::Text(range)),
        }
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        let range = self.take(secret.expose());
        if finding.span.range() != range || self.open.is_some() {
            self.fault(format!("a finding with span {:?} was delivered as {range:?}", finding.span.range()));
        }
        self.trace.events.push(Event::Finding(*finding));
    }

    fn open(&mut self, finding: &Finding) {
        if !finding.span.is_empty() || finding.span.start != self.at as u64 || self.open.is_some() {
            self.fault(format!("a block with span {:?} was opened at {}", finding.span.range(), self.at));
        }
        self.open = Some((finding.rule, self.at));
        self.trace.events.push(Event::Open(*finding));
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        let range = self.take(secret.expose());
        if self.open.is_none_or(|(open, _)| open != rule) {
            self.fault(format!("a part at {range:?} of a block that is not open"));
        }
        match self.trace.events.last_mut() {
            Some(Event::Part(_, last)) => last.end = range.end,
            _ => self.trace.events.push(Event::Part(rule, range)),
        }
    }

    fn close(&mut self, finding: &Finding) {
        let open = self.open.take();
        if open.is_none_or(|(rule, start)| rule != finding.rule || finding.span.range() != (start..self.at)) {
            self.fault(format!("a block with span {:?} was closed at {}, opened {open:?}", finding.span.range(), self.at));
        }
        self.trace.events.push(Event::Close(*finding));
    }

    fn limit(&mut self, limit: LimitHit) {
        self.trace.limits.push((limit.offset, format!("{:?}", limit.kind)));
    }
}

/// Pushes the text in pieces that end at `cuts` and finishes the stream.
///
/// # Errors
/// As [`Recorder::finish`].
pub fn run(stream: &mut Stream, text: &[u8], cuts: impl IntoIterator<Item = usize>) -> Result<Trace, String> {
    let mut recorder = Recorder::new(text);
    let mut from = 0;
    for cut in cuts.into_iter().chain([text.len()]) {
        stream.push(&text[from..cut], &mut recorder);
        from = cut;
    }
    stream.finish(&mut recorder);
    recorder.finish()
}
