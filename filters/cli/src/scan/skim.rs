//! Searches a text only where it differs from another one that was searched.
//!
//! What a stream finds depends on bytes that are near: on [`Stream::REACH`] of them before the place where something
//! begins, and from there on up to where it ends. So, in a stretch that a text has from another one, the same is found
//! beyond the reach of what stands before the stretch, and before what may still be open where it ends. Those two parts
//! are searched, with what stands between the stretches and what was found in them; the rest is passed over.

use tamis::{Finding, LimitHit, RuleIndex, Secret, Sink, Span, Stream};

/// Bytes pushed before a look at how much of them is decided.
const GRAIN: usize = 1024;
/// The same where that is waited for.
const STEP: usize = 128;
/// How far back bytes count.
const REACH: usize = Stream::REACH as usize;

/// What the search of a text has shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chart {
    /// In order.
    rests: Vec<Rest>,
    /// Where each finding of any rule and confidence starts and ends, in order.
    found: Vec<(u32, u32)>,
}

/// A place in a text, and where what may be open there begins at the earliest.
#[derive(Clone, Copy, Debug)]
struct Rest {
    at: u32,
    open: u32,
}

/// A stretch that a text has from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Where it stands in the other text,
    pub(crate) from: usize,
    /// and in this one.
    pub(crate) at: usize,
    pub(crate) len: usize,
}

impl Stretch {
    /// The other text's offset of a place in the stretch.
    fn there(&self, here: usize) -> usize {
        here - self.at + self.from
    }

    /// This text's offset of a place in the other one; where the stretch starts, if it is before that.
    fn here(&self, there: usize) -> usize {
        (there + self.at).saturating_sub(self.from).max(self.at)
    }
}

/// A text that was searched and that another one has stretches of.
#[derive(Clone, Copy)]
pub(crate) struct Base<'b> {
    pub(crate) len: usize,
    pub(crate) chart: &'b Chart,
    pub(crate) stretches: &'b [Stretch],
}

/// Searches all of a text. There is no chart of one in which a block or a limit is.
pub(super) fn whole(stream: &mut Stream, text: &[u8], sink: &mut impl Sink) -> Option<Chart> {
    let mut pass = Pass::new(stream, text, sink);
    while pass.at < text.len() {
        pass.push(text.len());
    }
    pass.finish()
}

/// Searches a text where it is not like its base. The sink gets what it would get of all of it. Without a chart that was
/// in vain: it may have got anything.
pub(super) fn skim(stream: &mut Stream, text: &[u8], base: Base<'_>, sink: &mut impl Sink) -> Option<Chart> {
    let mut pass = Pass::new(stream, text, sink);
    for stretch in base.stretches {
        pass.push_to(stretch.at)?;
        if pass.stretch(stretch, base)? == Left::Nothing {
            return Some(pass.relay.chart);
        }
    }
    pass.push_to(text.len())?;
    pass.finish()
}

/// What is left to do after a stretch.
#[derive(PartialEq, Eq)]
enum Left {
    Nothing,
    Rest,
}

/// A text on its way through a stream.
struct Pass<'p, S> {
    stream: &'p mut Stream,
    text: &'p [u8],
    relay: Relay<'p, S>,
    /// How much of the text was pushed or passed over.
    at: usize,
    /// Before this the stream does not know all that is open, as it began anew.
    known_from: usize,
}

impl<'p, S: Sink> Pass<'p, S> {
    fn new(stream: &'p mut Stream, text: &'p [u8], sink: &'p mut S) -> Self {
        stream.reset();
        let chart = Chart { rests: Vec::with_capacity(text.len() / GRAIN + 1), found: Vec::new() };
        Pass { stream, text, relay: Relay { sink, chart, origin: 0, sure_from: 0, lost: false }, at: 0, known_from: 0 }
    }

    /// Pushes a grain, or what is left up to `end`.
    fn push(&mut self, end: usize) {
        let next = end.min(self.at + GRAIN);
        self.stream.push(&self.text[self.at..next], &mut self.relay);
        self.at = next;
        if next >= self.known_from {
            self.relay.chart.rests.push(Rest { at: next as u32, open: self.open() as u32 });
        }
    }

    /// Pushes all up to `end`, as long as there may be a chart.
    fn push_to(&mut self, end: usize) -> Option<()> {
        while self.at < end {
            self.push(end);
            if self.relay.lost {
                return None;
            }
        }
        Some(())
    }

    /// Pushes up to where all before `place` is decided, or to `end`. Says whether that was reached first.
    fn decide(&mut self, place: usize, end: usize) -> Option<bool> {
        while self.open() < place {
            if self.at >= end {
                return Some(true);
            }
            self.push_to(end.min(place.max(self.at + STEP)))?;
        }
        Some(false)
    }

    /// Where what is not decided begins.
    fn open(&self) -> usize {
        self.at - self.stream.holdback() as usize
    }

    fn finish(self) -> Option<Chart> {
        let Pass { stream, mut relay, .. } = self;
        stream.finish(&mut relay);
        (!relay.lost).then_some(relay.chart)
    }

    /// Pushes as much of a stretch as is not known from the base.
    fn stretch(&mut self, stretch: &Stretch, base: Base<'_>) -> Option<Left> {
        let (end, until) = (stretch.at + stretch.len, stretch.from + stretch.len);
        let begins_alike = stretch.at == 0 && stretch.from == 0;
        if !begins_alike && self.decide(stretch.at + REACH, end)? {
            return Some(Left::Rest);
        }
        let ends_alike = end == self.text.len() && until == base.len;
        // From here on what is found is what the base has there, up to where something may be open that the stretch ends in.
        loop {
            let open = stretch.there(self.open());
            let found = &base.chart.found[base.chart.found.partition_point(|(start, _)| (*start as usize) < open)..];
            let next = found.first().filter(|(start, _)| (*start as usize) < until);
            let rests = base.chart.between(stretch.there(self.at), next.map_or(until, |(start, _)| *start as usize));
            match next {
                None if ends_alike => {
                    self.inherit(stretch, rests);
                    self.relay.sink.text(&self.text[self.open()..]);
                    return Some(Left::Nothing);
                }
                None => {
                    self.pass_over(stretch, rests);
                    self.push_to(end)?;
                    return Some(Left::Rest);
                }
                Some((_, found_end)) => {
                    self.pass_over(stretch, rests);
                    if self.decide(stretch.here(*found_end as usize), end)? {
                        return Some(Left::Rest);
                    }
                }
            }
        }
    }

    fn inherit(&mut self, stretch: &Stretch, rests: &[Rest]) {
        let here = |there: u32| stretch.here(there as usize) as u32;
        self.relay.chart.rests.extend(rests.iter().map(|rest| Rest { at: here(rest.at), open: here(rest.open) }));
    }

    /// Begins anew so far before the last of these places that all is known that is open there.
    fn pass_over(&mut self, stretch: &Stretch, rests: &[Rest]) {
        let Some(last) = rests.last() else { return };
        let sure_from = stretch.here(last.open as usize);
        let Some(again) = sure_from.checked_sub(REACH).filter(|again| *again > self.at) else { return };
        self.inherit(stretch, rests);
        self.relay.sink.text(&self.text[self.open()..again]);
        self.stream.reset();
        self.at = again;
        self.known_from = stretch.here(last.at as usize) + 1;
        self.relay.origin = again as u64;
        self.relay.sure_from = sure_from as u64;
    }
}

impl Chart {
    /// The places after `from` up to `to`.
    fn between(&self, from: usize, to: usize) -> &[Rest] {
        let upto = |place: usize| self.rests.partition_point(|rest| rest.at as usize <= place);
        &self.rests[upto(from)..upto(to).max(upto(from))]
    }
}

/// Passes on what a stream says, with the offsets of the text.
struct Relay<'p, S> {
    sink: &'p mut S,
    chart: Chart,
    /// Where in the text the stream began.
    origin: u64,
    /// What starts before this may only be found because the stream began there.
    sure_from: u64,
    /// Whether there is no chart.
    lost: bool,
}

impl<S: Sink> Sink for Relay<'_, S> {
    fn text(&mut self, bytes: &[u8]) {
        self.sink.text(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        let span = Span::new(finding.span.start + self.origin, finding.span.end + self.origin);
        self.lost |= span.start < self.sure_from;
        self.chart.found.push((span.start as u32, span.end as u32));
        self.sink.finding(&Finding { span, ..*finding }, secret);
    }

    fn open(&mut self, finding: &Finding) {
        self.lost = true;
        self.sink.open(finding);
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        self.sink.part(rule, secret);
    }

    fn close(&mut self, finding: &Finding) {
        self.sink.close(finding);
    }

    fn limit(&mut self, limit: LimitHit) {
        self.lost = true;
        self.sink.limit(limit);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::setup;
    use proptest::prelude::*;
    use tamis::rules::builtin_specs;
    use tamis_corpus::mixture::Mixture;
    use tamis_corpus::random::Rng;

    static MIXTURE: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&builtin_specs(), &mut Rng::new(21)));

    /// Lines of code and prose, and among them what rules look for, whole, in parts and next to what they need.
    fn piece(rng: &mut Rng) -> Vec<u8> {
        const NAMES: [&str; 6] = ["count", "password", "api_key", "auth_token = x", "the secret is", "postgres://"];
        const ALNUM: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        match rng.below(24) {
            0 => MIXTURE.text(&[180, rng.next_u64() as u8]),
            1 => MIXTURE.text(&[204, rng.next_u64() as u8, rng.next_u64() as u8]),
            2 => MIXTURE.text(&[220, rng.next_u64() as u8, rng.next_u64() as u8]),
            3 => MIXTURE.text(&rng.bytes::<6>()),
            4 => format!("{} = \"{}\"", rng.pick(&NAMES), rng.text(ALNUM, 24)).into_bytes(),
            5 => {
                let len = rng.below(1800);
                rng.text(ALNUM, len).into_bytes()
            }
            6 => rng.pick(&NAMES).as_bytes().to_vec(),
            7 => b"\\\"\\\\\\n".repeat(rng.below(9)),
            8 => MIXTURE.text(&[230, rng.next_u64() as u8]),
            _ => {
                let (words, end) = (rng.below(12), *rng.pick(&["\n", ";\n", " ", "\"", "\r\n", ""]));
                let word = |rng: &mut Rng| (*rng.pick(&["let", "value", "of", "(index)", "=", "for", "self.next"])).to_owned();
                ((0..words).map(|_| word(rng)).collect::<Vec<_>>().join(" ") + end).into_bytes()
            }
        }
    }

    fn pieces(rng: &mut Rng, len: usize) -> Vec<u8> {
        let mut text = Vec::new();
        while text.len() < len {
            text.extend(piece(rng));
        }
        text
    }

    /// Everything that came, and how much of it.
    #[derive(Debug, Default, PartialEq, Eq)]
    struct All {
        text: Vec<u8>,
        found: Vec<Finding>,
    }

    impl Sink for All {
        fn text(&mut self, bytes: &[u8]) {
            self.text.extend_from_slice(bytes);
        }

        fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
            self.text.extend_from_slice(secret.expose());
            self.found.push(*finding);
        }
    }

    fn searched(text: &[u8]) -> (All, Option<Chart>) {
        let mut all = All::default();
        let chart = whole(&mut setup::builtin().stream(), text, &mut all);
        (all, chart)
    }

    /// The text with small changes, and what it has from before.
    fn changed(rng: &mut Rng, text: &[u8]) -> (Vec<u8>, Vec<Stretch>) {
        let mut places: Vec<usize> = (0..rng.between(1, 3)).map(|_| rng.below(text.len() + 1)).collect();
        places.extend((rng.below(6) == 0).then_some(0));
        places.extend((rng.below(6) == 0).then_some(text.len()));
        places.sort_unstable();
        let (mut new, mut stretches, mut from) = (Vec::new(), Vec::new(), 0);
        for place in places {
            if place > from {
                stretches.push(Stretch { from, at: new.len(), len: place - from });
                new.extend_from_slice(&text[from..place]);
                from = place;
            }
            match rng.below(4) {
                0 => from = (from + rng.between(1, 12)).min(text.len()),
                1 => new.extend(piece(rng)),
                2 => {
                    from = rng.between(from, text.len());
                    new.extend(piece(rng));
                }
                // Copied from anywhere, as git does.
                _ => from = rng.below(text.len()),
            }
        }
        if from < text.len() {
            stretches.push(Stretch { from, at: new.len(), len: text.len() - from });
            new.extend_from_slice(&text[from..]);
        }
        (new, stretches)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn the_same_is_found_as_in_all_of_it(seed: u64) {
            let rng = &mut Rng::new(seed);
            let len = rng.between(1, 9000);
            let mut text = pieces(rng, len);
            let Some(mut chart) = searched(&text).1 else { return Ok(()) };
            for _ in 0..12 {
                let (new, stretches) = changed(rng, &text);
                let base = Base { len: text.len(), chart: &chart, stretches: &stretches };
                let mut all = All::default();
                if let Some(skimmed) = skim(&mut setup::builtin().stream(), &new, base, &mut all) {
                    let (whole, charted) = searched(&new);
                    prop_assert!(charted.is_some());
                    prop_assert_eq!(&all.found, &whole.found, "{:?}", stretches);
                    prop_assert!(all.text == new);
                    (text, chart) = (new, skimmed);
                }
                if text.is_empty() {
                    break;
                }
            }
        }
    }

    #[test]
    fn what_stayed_the_same_is_not_read() {
        let line = "    let value = self.next(index); // of many\n";
        let token = MIXTURE.text(&[180, 0]);
        let text = [line.repeat(300).as_bytes(), b"key = \"", &token, b"\"\n", line.repeat(700).as_bytes()].concat();
        let (all, chart) = searched(&text);
        let place = line.len() * 800;
        let mut new = [&text[..place], b"new words\n", &text[place..]].concat();
        // Nobody says that here something else stands.
        new[line.len() * 500..][..token.len()].copy_from_slice(&token);
        let stretches = [Stretch { from: 0, at: 0, len: place }, Stretch { from: place, at: place + 10, len: text.len() - place }];
        let base = Base { len: text.len(), chart: &chart.expect("no block is in it"), stretches: &stretches };
        let mut skimmed = All::default();
        skim(&mut setup::builtin().stream(), &new, base, &mut skimmed).expect("no block is in it");
        assert_eq!((skimmed.found.len(), &skimmed.found), (1, &all.found));
        assert!(skimmed.text == new);
    }
}
