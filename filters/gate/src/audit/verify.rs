//! The reading end of a log: is it whole, and if not, where is it not?

use serde_json::Value;

use super::chain::checkpointed;
use super::fault::{Fault, FaultKind, Place};
use super::hash::{Hash, LogId};
use super::head::Head;
use super::record;
use crate::signing::{Signature, VerifyingKey};

/// Most faults that are told one by one.
const TOLD: usize = 1000;

/// Verifies a log line by line, in constant memory.
///
/// It goes on after a fault: what follows is verified against what stands there, so that each fault is told once, at
/// its place.
#[derive(Clone, Debug)]
pub struct Verifier {
    head: Option<Head>,
    key: Option<VerifyingKey>,
    partial: bool,
    /// A hash that some record has to have.
    noted: Option<Hash>,
    at: Place,
    log: Option<LogId>,
    expected: Expected,
    /// A record out of order: what the next one is tells what happened.
    pending: Option<Pending>,
    strays: Vec<u64>,
    result: Verified,
}

/// What the next record has to be.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Unknown at the start of a part of a log.
    seq: Option<u64>,
    /// Hash of the record before; unknown after a fault.
    prev: Option<Hash>,
    /// After a line that cannot be read: what was expected there, if that line was put in.
    instead: Option<(u64, Option<Hash>)>,
}

impl Expected {
    fn new(seq: Option<u64>, prev: Option<Hash>) -> Self {
        Expected { seq, prev, instead: None }
    }
}

/// A whole record that is not the one expected.
#[derive(Clone, Copy, Debug)]
struct Pending {
    place: Place,
    expected: u64,
    /// The hash that the expected record has to name.
    prev: Option<Hash>,
    seq: u64,
    hash: Hash,
}

/// What verifying came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The log.
    pub log: Option<LogId>,
    /// Lines that were read.
    pub lines: u64,
    /// Where the log stands after its last record: compare it with what was noted down elsewhere.
    pub end: Option<Head>,
    /// Records beyond the head: stored, but nobody was told so.
    pub ahead: u64,
    /// Checkpoints that were read.
    pub checkpoints: u64,
    /// Records before this one are covered by a signature that the key verifies.
    pub signed: Option<u64>,
    /// What is wrong, in order.
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more: u64,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A record as far as the chain goes.
struct Link {
    log: LogId,
    seq: u64,
    prev: Hash,
    hash: Hash,
    signature: Option<Signature>,
}

impl Verifier {
    /// Verifies against the head that was kept apart from the log, and the key that signs its checkpoints. Without a
    /// head an end that was cut off does not show; without a key a chain that somebody made anew does not.
    #[must_use]
    pub fn new(head: Option<Head>, key: Option<VerifyingKey>) -> Self {
        let at = Place { file: 0, line: 1, offset: 0 };
        let expected = Expected::new(Some(0), Some(Hash::ZERO));
        let result = Verified::default();
        Verifier { head, key, partial: false, noted: None, at, log: None, expected, pending: None, strays: Vec::new(), result }
    }

    /// Verifies what comes after this head.
    #[must_use]
    pub fn after(head: Head) -> Self {
        let mut verifier = Verifier::new(None, None);
        verifier.log = Some(head.log);
        verifier.expected = Expected::new(Some(head.next), Some(head.hash));
        verifier
    }

    /// Verifies against this head instead: a log that grows has a new one each time.
    #[must_use]
    pub fn against(mut self, head: Option<Head>) -> Self {
        self.head = head;
        self
    }

    /// The log may begin anywhere: older files of it are not there any more.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.partial = true;
        self.expected = Expected::new(None, None);
        self
    }

    /// Some record has to have this hash, which was noted down elsewhere. It shows what nothing in the log can: that log and
    /// head were put back to what they were before.
    #[must_use]
    pub fn noted(mut self, hash: Option<Hash>) -> Self {
        self.noted = hash;
        self
    }

    /// Goes on with the log's next file.
    pub fn next_file(&mut self) {
        self.at = Place { file: self.at.file + 1, line: 1, offset: 0 };
    }

    /// Reads a line with its line end, or the end of a file without one.
    pub fn line(&mut self, line: &[u8]) {
        let place = self.at;
        self.at.line += 1;
        self.at.offset += line.len() as u64;
        self.result.lines += 1;
        match line.strip_suffix(b"\n").map(read) {
            None => self.fault(place, FaultKind::Torn { bytes: line.len() as u64 }),
            Some(Ok(link)) => self.link(place, &link),
            Some(Err(unreadable)) => {
                self.settle(None);
                let Expected { seq, prev, instead } = self.expected;
                self.fault(place, unreadable.kind(seq));
                let instead = instead.or(seq.map(|seq| (seq, prev)));
                self.expected = Expected { instead, ..Expected::new(seq.map(|seq| seq + 1), None) };
            }
        }
    }

    /// Whether anything was wrong so far.
    #[must_use]
    pub fn found_fault(&self) -> bool {
        !self.result.faults.is_empty() || self.pending.is_some()
    }

    /// All lines were read.
    #[must_use]
    pub fn finish(mut self) -> Verified {
        self.settle(None);
        self.check_head();
        if self.key.is_some() && self.result.signed.is_none() {
            self.fault(self.at, FaultKind::Unsigned);
        }
        if let Some(hash) = self.noted {
            self.fault(self.at, FaultKind::NotThere(hash));
        }
        // What stands elsewhere is not missing.
        let strays = self.strays;
        self.result.faults.retain(|fault| match fault.kind {
            FaultKind::Missing { first, last } => !(first..=last).all(|seq| strays.contains(&seq)),
            _ => true,
        });
        self.result.faults.sort_by_key(|fault| fault.place);
        self.result.log = self.log;
        self.result
    }

    fn link(&mut self, place: Place, link: &Link) {
        if *self.log.get_or_insert(link.log) != link.log {
            return self.fault(place, FaultKind::OtherLog(link.log));
        }
        self.settle(Some(link.seq));
        self.check_signature(place, link);
        if let Some((seq, prev)) = self.expected.instead.filter(|(seq, _)| *seq == link.seq) {
            self.expected = Expected::new(Some(seq), prev);
        }
        let expected = self.expected.seq.unwrap_or(link.seq);
        if link.seq != expected {
            self.pending = Some(Pending { place, expected, prev: self.expected.prev, seq: link.seq, hash: link.hash });
            return;
        }
        if self.expected.prev.is_some_and(|prev| prev != link.prev) {
            self.fault(place, FaultKind::Replaced { seq: link.seq });
        }
        self.pass(place, link.seq, link.hash);
    }

    /// A record stands where it belongs.
    fn pass(&mut self, place: Place, seq: u64, hash: Hash) {
        self.expected = Expected::new(Some(seq + 1), Some(hash));
        self.noted = self.noted.filter(|noted| *noted != hash);
        if self.head.is_some_and(|head| seq + 1 == head.next && hash != head.hash) {
            self.fault(place, FaultKind::HeadDiffers { seq });
        }
        self.result.end = self.log.map(|log| Head { log, next: seq + 1, hash });
    }

    /// Decides what the pending record was, by the one that follows it.
    fn settle(&mut self, following: Option<u64>) {
        let Some(Pending { place, expected, prev, seq, hash }) = self.pending.take() else { return };
        let stray = FaultKind::Stray { seq, expected };
        if following == Some(expected) {
            // It was put in.
            self.fault(place, stray);
            self.stray(seq);
            self.expected = Expected::new(Some(expected), prev);
        } else if following == Some(expected + 1) && following != Some(seq + 1) {
            // It took another's place.
            self.fault(place, stray);
            self.stray(seq);
            self.expected = Expected::new(following, None);
        } else if seq > expected {
            self.fault(place, FaultKind::Missing { first: expected, last: seq - 1 });
            self.pass(place, seq, hash);
        } else {
            // The log goes back, or ends with a copy.
            self.fault(place, stray);
            self.stray(seq);
            self.expected =
                if following == Some(seq + 1) { Expected::new(following, Some(hash)) } else { Expected::new(Some(expected), prev) };
        }
    }

    fn stray(&mut self, seq: u64) {
        if self.strays.len() < TOLD {
            self.strays.push(seq);
        }
    }

    fn check_signature(&mut self, place: Place, link: &Link) {
        let Some(signature) = link.signature else { return };
        self.result.checkpoints += 1;
        let Some(key) = &self.key else { return };
        let before = Head { log: link.log, next: link.seq, hash: link.prev };
        if key.verifies(&checkpointed(&before), &signature) {
            self.result.signed = Some(link.seq);
        } else {
            self.fault(place, FaultKind::BadSignature { seq: link.seq });
        }
    }

    fn check_head(&mut self) {
        let Some(head) = self.head else { return };
        if self.log.is_some_and(|log| log != head.log) {
            return self.fault(self.at, FaultKind::HeadOfOther(head.log));
        }
        let first = self.expected.seq.unwrap_or(0);
        self.result.ahead = first.saturating_sub(head.next);
        if first < head.next {
            self.fault(self.at, FaultKind::Truncated { first, last: head.next - 1 });
        }
    }

    fn fault(&mut self, place: Place, kind: FaultKind) {
        if self.result.faults.len() < TOLD {
            self.result.faults.push(Fault { place, kind });
        } else {
            self.result.more += 1;
        }
    }
}

/// Why a line is no link of a chain.
enum Unreadable {
    NotARecord,
    NotCanonical,
    Changed,
}

impl Unreadable {
    fn kind(&self, expected: Option<u64>) -> FaultKind {
        match (self, expected) {
            (Unreadable::Changed, Some(seq)) => FaultKind::Changed { seq },
            (Unreadable::NotCanonical, _) => FaultKind::NotCanonical,
            _ => FaultKind::NotARecord,
        }
    }
}

/// Reads a line as a link. Members that this version does not know are no fault: they are hashed like the others.
fn read(line: &[u8]) -> Result<Link, Unreadable> {
    let value: Value = serde_json::from_slice(line).map_err(|_| Unreadable::NotARecord)?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let (Some(log), Some(seq), Some(prev), Some(stated)) = (
        text("log").and_then(|text| text.parse().ok()),
        value.get("seq").and_then(Value::as_u64),
        text("prev").and_then(|text| text.parse().ok()),
        text("hash").and_then(|text| text.parse::<Hash>().ok()),
    ) else {
        return Err(Unreadable::NotARecord);
    };
    let Some([before, _, after]) = record::split(line) else { return Err(Unreadable::NotARecord) };
    let hash = Hash::of(&[before, after]);
    if hash != stated {
        return Err(Unreadable::Changed);
    }
    if serde_json_canonicalizer::to_vec(&value).ok().as_deref() != Some(line) {
        return Err(Unreadable::NotCanonical);
    }
    let signature = value.pointer("/event/checkpoint/signature").and_then(Value::as_str);
    // A checkpoint whose signature cannot be read counts as one that was signed by nobody.
    let signature = signature.map(|text| Signature::from_hex(text).unwrap_or(Signature([0; 64])));
    Ok(Link { log, seq, prev, hash, signature })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Chain, sample};
    use crate::signing::SigningKey;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[4; 32])
    }

    /// A log of eight events with two checkpoints, at 3 and 7.
    fn log() -> (Vec<Vec<u8>>, Head) {
        let mut chain = Chain::new(LogId([1; 16]));
        let mut lines = Vec::new();
        for (i, event) in sample::all().iter().take(6).enumerate() {
            let mut line = Vec::new();
            chain.append(&mut line, event);
            if i % 3 == 2 {
                chain.checkpoint(&mut line, event.time, &key());
            }
            lines.extend(line.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec));
        }
        (lines, chain.head())
    }

    fn verify(verifier: Verifier, lines: &[Vec<u8>]) -> Verified {
        let mut verifier = verifier;
        lines.iter().for_each(|line| verifier.line(line));
        verifier.finish()
    }

    /// The faults of a changed log, as line and kind.
    fn faults(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<(u64, FaultKind)> {
        let (mut lines, head) = log();
        change(&mut lines);
        verify(Verifier::new(Some(head), None), &lines).faults.into_iter().map(|fault| (fault.place.line, fault.kind)).collect()
    }

    #[test]
    fn an_untouched_log_is_intact() {
        let (lines, head) = log();
        let result = verify(Verifier::new(Some(head), Some(key().public())), &lines);
        assert!(result.is_intact(), "{:?}", result.faults);
        assert_eq!((result.end, result.checkpoints, result.signed, result.ahead), (Some(head), 2, Some(7), 0));
    }

    #[test]
    fn each_change_is_told_once_and_at_its_place() {
        use FaultKind::*;
        let stray = |seq, expected| Stray { seq, expected };
        assert_eq!(faults(|l| l[2][30] ^= 1), [(3, Changed { seq: 2 })]);
        assert_eq!(faults(|l| l[2].insert(1, b' ')), [(3, Changed { seq: 2 })]);
        assert_eq!(faults(|l| drop(l.remove(0))), [(1, Missing { first: 0, last: 0 })]);
        assert_eq!(faults(|l| drop(l.drain(2..5))), [(3, Missing { first: 2, last: 4 })]);
        assert_eq!(faults(|l| drop(l.remove(7))), [(8, Truncated { first: 7, last: 7 })]);
        assert_eq!(faults(|l| l.truncate(4)), [(5, Truncated { first: 4, last: 7 })]);
        assert_eq!(faults(|l| l.clear()), [(1, Truncated { first: 0, last: 7 })]);
        assert_eq!(faults(|l| l.swap(1, 5)), [(2, stray(5, 1)), (6, stray(1, 5))]);
        assert_eq!(faults(|l| l.insert(4, l[1].clone())), [(5, stray(1, 4))]);
        assert_eq!(faults(|l| l.insert(2, l[6].clone())), [(3, stray(6, 2))]);
        assert_eq!(faults(|l| l.push(l[1].clone())), [(9, stray(1, 8))]);
        assert_eq!(faults(|l| l.insert(3, b"hello\n".to_vec())), [(4, NotARecord)]);
        assert_eq!(faults(|l| l[3] = b"hello\n".to_vec()), [(4, NotARecord)]);
        let half = |l: &mut Vec<Vec<u8>>| l[7].truncate(20);
        assert_eq!(faults(half), [(8, Torn { bytes: 20 }), (9, Truncated { first: 7, last: 7 })]);
    }

    #[test]
    fn a_record_that_somebody_sealed_anew_breaks_the_chain() {
        let reseal = |seq: u64, l: &mut Vec<Vec<u8>>| {
            let record = crate::audit::Record::parse(&l[seq as usize]).unwrap();
            let mut line = Vec::new();
            record::seal(&mut line, record.log, seq, record.prev, &sample::all()[9]);
            l[seq as usize] = line;
        };
        assert_eq!(faults(|l| reseal(2, l)), [(4, FaultKind::Replaced { seq: 3 })]);
        assert_eq!(faults(|l| reseal(7, l)), [(8, FaultKind::HeadDiffers { seq: 7 })]);
    }

    #[test]
    fn a_chain_made_anew_has_no_signature() {
        let (lines, head) = log();
        let forger = SigningKey::from_seed(&[6; 32]);
        let (mut chain, mut forged) = (Chain::new(LogId([1; 16])), Vec::new());
        sample::all().iter().take(4).for_each(|event| chain.append(&mut forged, event));
        let unsigned: Vec<Vec<u8>> = forged.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        let with_key = |key: &SigningKey, lines: &[Vec<u8>], head| verify(Verifier::new(head, Some(key.public())), lines).faults;
        assert_eq!(with_key(&key(), &unsigned, Some(chain.head()))[0].kind, FaultKind::Unsigned);
        let kinds: Vec<FaultKind> = with_key(&forger, &lines, Some(head)).into_iter().map(|fault| fault.kind).collect();
        let bad = |seq| FaultKind::BadSignature { seq };
        assert_eq!(kinds, [bad(3), bad(7), FaultKind::Unsigned]);
    }

    #[test]
    fn a_part_of_a_log_is_verified_as_far_as_it_goes() {
        let (lines, head) = log();
        let result = verify(Verifier::new(Some(head), None).partial(), &lines[3..]);
        assert!(result.is_intact() && result.lines == 5, "{:?}", result.faults);
        let mut gap = lines[2..].to_vec();
        gap.remove(2);
        let result = verify(Verifier::new(Some(head), None).partial(), &gap);
        assert_eq!(result.faults[0].kind, FaultKind::Missing { first: 4, last: 4 });
    }

    #[test]
    fn what_was_written_and_not_announced_is_told_apart() {
        let (lines, _) = log();
        let record = crate::audit::Record::parse(&lines[4]).unwrap();
        let head = Head { log: record.log, next: 5, hash: record.hash };
        let result = verify(Verifier::new(Some(head), None), &lines);
        assert!(result.is_intact() && result.ahead == 3);
    }

    #[test]
    fn events_and_heads_of_other_logs_do_not_pass() {
        let (mut lines, head) = log();
        let mut other = Vec::new();
        Chain::new(LogId([2; 16])).append(&mut other, &sample::all()[0]);
        lines.insert(3, other);
        let result = verify(Verifier::new(Some(head), None), &lines);
        assert_eq!(result.faults, [Fault { place: result.faults[0].place, kind: FaultKind::OtherLog(LogId([2; 16])) }]);
        assert_eq!(result.faults[0].place.line, 4);
        let foreign = Head { log: LogId([2; 16]), ..head };
        assert_eq!(verify(Verifier::new(Some(foreign), None), &log().0).faults[0].kind, FaultKind::HeadOfOther(LogId([2; 16])));
    }

    #[test]
    fn a_log_of_several_files_is_one_log() {
        let (lines, head) = log();
        let mut verifier = Verifier::new(Some(head), None);
        lines[..3].iter().for_each(|line| verifier.line(line));
        verifier.next_file();
        lines[4..].iter().for_each(|line| verifier.line(line));
        let faults = verifier.finish().faults;
        assert_eq!(faults, [Fault { place: Place { file: 1, line: 1, offset: 0 }, kind: FaultKind::Missing { first: 3, last: 3 } }]);
    }
}
