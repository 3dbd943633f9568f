//! Every way to run a case. All must tell the same.

use tamis_engine::{BuildError, Finding, Program, Reference, RuleSpec, Scanner, Stream, compile};

use crate::case::Case;
use crate::random::Rng;
use crate::trace::{Event, Trace, run};

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Texts up to this length are cut in two at every place.
    pub every_split: usize,
    /// Longer ones at this many seeded places.
    pub splits: usize,
    /// Runs with seeded random cuts.
    pub shuffles: usize,
    /// Texts up to this length are given to the reference.
    pub reference: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Effort { every_split: 600, splits: 200, shuffles: 3, reference: 4096 }
    }
}

/// Bytes that all two-way splits of a long text may come to.
const SPLIT_BUDGET: usize = 8 << 20;
/// Longer texts are not pushed byte by byte.
const BYTEWISE: usize = 1 << 20;

/// A rule set in every form there is of it.
#[derive(Debug)]
pub struct Lab {
    scanner: Scanner,
    scalar: Scanner,
    reference: Option<Reference>,
    effort: Effort,
}

impl Lab {
    /// Rules with their reference.
    ///
    /// # Errors
    /// When the rules do not compile.
    pub fn new(specs: &[RuleSpec]) -> Result<Self, BuildError> {
        let reference = Reference::new(specs)?;
        Ok(Lab { reference: Some(reference), ..Lab::fast(compile(specs)?) })
    }

    /// A program without its reference, which takes long on many rules.
    #[must_use]
    pub fn fast(program: Program) -> Self {
        let scalar = Scanner::scalar(program.clone());
        Lab { scanner: Scanner::new(program), scalar, reference: None, effort: Effort::default() }
    }

    /// The same with another effort.
    #[must_use]
    pub fn with_effort(self, effort: Effort) -> Self {
        Lab { effort, ..self }
    }

    /// The scanner with the best classifier.
    #[must_use]
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// Runs the case whole, in pieces of every kind, in the smallest window, with the scalar classifier and by the
    /// reference. Returns what all of them told.
    ///
    /// # Errors
    /// Names the first mode that told something else, and prints the case.
    pub fn check(&self, case: &Case) -> Result<Trace, String> {
        let named = |mode: String| move |error: String| format!("{mode}: {error}\n{}", case.source());
        let whole = run(&mut self.scanner.stream(), &case.text, []).map_err(named("whole".to_owned()))?;
        self.split(&case.text, &whole).map_err(|(mode, error)| named(mode)(error))?;
        self.pieces(&case.text, &whole).map_err(|(mode, error)| named(mode)(error))?;
        self.by_reference(&case.text, &whole).map_err(named("reference".to_owned()))?;
        Ok(whole)
    }

    /// [`Lab::check`] for tests.
    ///
    /// # Panics
    /// When modes differ.
    pub fn agree(&self, case: &Case) -> Trace {
        self.check(case).unwrap_or_else(|error| panic!("{error}"))
    }

    fn split(&self, text: &[u8], whole: &Trace) -> Result<(), (String, String)> {
        let mut stream = self.scanner.stream();
        let splits: Vec<usize> = if text.len() <= self.effort.every_split.max(1) {
            (1..text.len()).collect()
        } else {
            let mut rng = Rng::new(text.len() as u64);
            let count = self.effort.splits.min(SPLIT_BUDGET / text.len()).max(2);
            (0..count).map(|_| rng.between(1, text.len() - 1)).collect()
        };
        for split in splits {
            self.same(whole, run(&mut stream, text, [split])).map_err(|error| (format!("two-way split at {split}"), error))?;
        }
        Ok(())
    }

    fn pieces(&self, text: &[u8], whole: &Trace) -> Result<(), (String, String)> {
        let every = |step: usize| move |len: usize| (step..len).step_by(step).collect::<Vec<_>>();
        let small = |scanner: &Scanner| Stream::with_window(scanner.clone(), 0);
        let mut modes = vec![
            ("16-byte chunks".to_owned(), self.scanner.stream(), every(16)(text.len())),
            ("smallest window".to_owned(), small(&self.scanner), Vec::new()),
            ("smallest window, 100-byte chunks".to_owned(), small(&self.scanner), every(100)(text.len())),
            ("scalar".to_owned(), self.scalar.stream(), Vec::new()),
            ("scalar, 7-byte chunks".to_owned(), self.scalar.stream(), every(7)(text.len())),
        ];
        if text.len() <= BYTEWISE {
            modes.push(("byte by byte".to_owned(), self.scanner.stream(), every(1)(text.len())));
        }
        for seed in 0..self.effort.shuffles {
            modes.push((format!("random cuts, seed {seed}"), self.scanner.stream(), random_cuts(text.len(), seed as u64)));
        }
        for (mode, mut stream, cuts) in modes {
            self.same(whole, run(&mut stream, text, cuts)).map_err(|error| (mode, error))?;
        }
        Ok(())
    }

    fn by_reference(&self, text: &[u8], whole: &Trace) -> Result<(), String> {
        let Some(reference) = self.reference.as_ref().filter(|_| text.len() <= self.effort.reference) else { return Ok(()) };
        let found: Vec<Finding> = whole.findings().collect();
        let expected = reference.find(text);
        if found == expected {
            return Ok(());
        }
        let show = |list: &[Finding], other: &[Finding]| {
            let only: Vec<String> = list.iter().filter(|f| !other.contains(f)).map(|f| self.describe(f)).collect();
            only.join(", ")
        };
        Err(format!("fast only: [{}]; reference only: [{}]", show(&found, &expected), show(&expected, &found)))
    }

    fn same(&self, whole: &Trace, other: Result<Trace, String>) -> Result<(), String> {
        let other = other?;
        if other == *whole {
            return Ok(());
        }
        let at = whole.events.iter().zip(&other.events).take_while(|(a, b)| a == b).count();
        if at == whole.events.len() && at == other.events.len() {
            return Err(format!("limits: whole {:?}, here {:?}", whole.limits, other.limits));
        }
        let show = |trace: &Trace| trace.events.get(at).map_or("nothing".to_owned(), |event| self.describe_event(event));
        Err(format!("event {at}: whole {}, here {}", show(whole), show(&other)))
    }

    /// A finding in words, without its bytes.
    #[must_use]
    pub fn describe(&self, finding: &Finding) -> String {
        let layer = finding.layer.map_or("", |l| l.as_str());
        let id = &self.scanner.rule(finding.rule).id;
        format!("{id} {:?} {} {} {layer}", finding.span.range(), finding.confidence.as_str(), finding.verdict.as_str())
    }

    fn describe_event(&self, event: &Event) -> String {
        match event {
            Event::Text(range) => format!("text {range:?}"),
            Event::Part(_, range) => format!("part {range:?}"),
            Event::Finding(finding) => format!("finding {}", self.describe(finding)),
            Event::Open(finding) => format!("open {}", self.describe(finding)),
            Event::Close(finding) => format!("close {}", self.describe(finding)),
        }
    }
}

/// Cuts at random places: long pieces, short ones and empty ones.
fn random_cuts(len: usize, seed: u64) -> Vec<usize> {
    let mut rng = Rng::new(seed ^ (len as u64) << 8);
    let mut cuts = Vec::new();
    let mut at = 0;
    while at < len {
        let longest = *rng.pick(&[0, 1, 2, 5, 20, 70, 300, 5000]);
        at += rng.between(0, longest);
        if at < len {
            cuts.push(at);
        }
    }
    cuts
}
