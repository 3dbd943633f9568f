//! Credentials of several parts: an id and its secret that stand near each other are one finding.

use std::collections::VecDeque;

use tamis_engine::{Rule, RuleIndex};

use crate::record::Located;

/// Joins findings that come in the order of their places: what a rule names as its parts, and stands near, becomes a part
/// of its finding. A finding whose parts stand nowhere near stays as it is, and so does a part alone.
///
/// ```
/// use tamis::{Joiner, Located, Recorder, Scanner, Settings, rules};
///
/// let scanner = Scanner::new(rules::builtin());
/// let text = format!("id = AKIA{}\nsecret_access_key = {}\n", "QYLPMN5HHHFPZAM2", "k3v9Xq7Tn2Lw8Rb4Yz6Hc1Jd5Fg0Ps3Ma7Ue9Wi2");
/// let mut recorder = Recorder::new(&Settings::default());
/// let mut stream = scanner.stream();
/// stream.push(text.as_bytes(), &mut recorder);
/// stream.finish(&mut recorder);
///
/// let mut joiner = Joiner::new(scanner.rules());
/// recorder.drain().for_each(|located: Located| joiner.push(located));
/// let (secret, parts) = joiner.next(u64::MAX).unwrap();
/// assert_eq!(scanner.rule(secret.finding.rule).id, "aws.secret-access-key");
/// assert_eq!(scanner.rule(parts[0].finding.rule).id, "aws.access-key-id");
/// assert!(joiner.next(u64::MAX).is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Joiner<T> {
    rules: Vec<Relation>,
    waiting: VecDeque<Waiting<T>>,
}

/// What a rule has to do with others.
#[derive(Clone, Debug, Default)]
struct Relation {
    parts: Vec<RuleIndex>,
    within: u64,
    /// How far away what it may be a part of can stand.
    part_within: u64,
}

#[derive(Clone, Debug)]
struct Waiting<T> {
    item: T,
    parts: Vec<Located>,
}

impl AsRef<Located> for Located {
    fn as_ref(&self) -> &Located {
        self
    }
}

impl<T: AsRef<Located>> Joiner<T> {
    /// Knows these rules' parts.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let relation = |rule: &Rule| Relation { parts: rule.parts.clone(), within: rule.within, part_within: 0 };
        let mut relations: Vec<Relation> = rules.iter().map(relation).collect();
        for rule in rules {
            for part in &rule.parts {
                let known = &mut relations[part.0 as usize];
                known.part_within = known.part_within.max(rule.within);
            }
        }
        Joiner { rules: relations, waiting: VecDeque::new() }
    }

    /// Forgets what waits, for another stream.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Takes the next finding.
    pub fn push(&mut self, item: T) {
        let new = *item.as_ref();
        let relation = &self.rules[new.finding.rule.0 as usize];
        if relation.part_within > 0 {
            let rules = &self.rules;
            let lacks = |waiting: &&mut Waiting<T>| lacks(rules, waiting, &new);
            if let Some(whole) = self.waiting.iter_mut().rev().find(lacks) {
                whole.parts.push(new);
                return;
            }
        }
        let mut whole = Waiting { item, parts: Vec::new() };
        for _ in 0..relation.parts.len() {
            let near = |part: &Waiting<T>| part.parts.is_empty() && lacks(&self.rules, &whole, part.item.as_ref());
            let Some(at) = self.waiting.iter().rposition(near) else { break };
            whole.parts.extend(self.waiting.remove(at).map(|part| *part.item.as_ref()));
        }
        self.waiting.push_back(whole);
    }

    /// Gives the next finding with its parts, as soon as nothing can join it any more. Of all that stands before the
    /// offset `until` the findings have been taken.
    pub fn next(&mut self, until: u64) -> Option<(T, Vec<Located>)> {
        let first = self.waiting.front()?;
        let finding = first.item.as_ref().finding;
        let relation = &self.rules[finding.rule.0 as usize];
        let open = if relation.parts.len() > first.parts.len() { relation.within } else { 0 };
        let reach = finding.span.end.saturating_add(open.max(relation.part_within));
        let settled = until == u64::MAX || relation.parts.is_empty() && relation.part_within == 0 || until > reach;
        settled.then(|| self.waiting.pop_front().map(|first| (first.item, first.parts))).flatten()
    }
}

/// Whether this is a part that the finding has room for, near enough.
fn lacks<T: AsRef<Located>>(rules: &[Relation], whole: &Waiting<T>, part: &Located) -> bool {
    let finding = whole.item.as_ref().finding;
    let relation = &rules[finding.rule.0 as usize];
    let (a, b) = (finding.span, part.finding.span);
    let gap = b.start.saturating_sub(a.end).max(a.start.saturating_sub(b.end));
    relation.parts.contains(&part.finding.rule)
        && gap <= relation.within
        && whole.parts.iter().all(|known| known.finding.rule != part.finding.rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Confidence, RuleSpec, Scanner, compile};
    use crate::record::Recorder;
    use crate::settings::Settings;

    fn spec(id: &str, pattern: &str, parts: &[&str]) -> RuleSpec {
        RuleSpec {
            id: id.into(),
            title: id.into(),
            class: "secret/api-key".into(),
            confidence: Confidence::High,
            pattern: pattern.into(),
            quoted: None,
            words: vec![],
            near: Default::default(),
            reads: Default::default(),
            left: None,
            right: None,
            random: Some(0.0),
            max_len: None,
            validator: None,
            parts: parts.iter().map(|part| (*part).into()).collect(),
            within: Some(20),
            revoke: None,
            reference: None,
            since: None,
            tags: vec![],
            examples: vec![],
            near_misses: vec![],
        }
    }

    /// What comes out, as `rule+part+part`.
    fn joined(text: &str) -> Vec<String> {
        let rules =
            [spec("a.key", "keyk[0-9]{2}", &["a.id", "a.org"]), spec("a.id", "idid[0-9]{2}", &[]), spec("a.org", "orgo[0-9]{2}", &[])];
        let scanner = Scanner::new(compile(&rules).unwrap());
        let mut recorder = Recorder::new(&Settings::default());
        let mut joiner = Joiner::new(scanner.rules());
        let mut out = Vec::new();
        let mut stream = scanner.stream();
        stream.push(text.as_bytes(), &mut recorder);
        stream.finish(&mut recorder);
        let name = |located: &Located| text[located.finding.span.range()].to_owned();
        for located in recorder.drain().collect::<Vec<_>>() {
            joiner.push(located);
            while let Some((located, parts)) = joiner.next(located.finding.span.start) {
                out.push([vec![name(&located)], parts.iter().map(name).collect()].concat().join("+"));
            }
        }
        while let Some((located, parts)) = joiner.next(u64::MAX) {
            out.push([vec![name(&located)], parts.iter().map(name).collect()].concat().join("+"));
        }
        out
    }

    #[test]
    fn parts_join_what_they_stand_near() {
        for (text, wanted) in [
            ("idid11 keyk22", &["keyk22+idid11"][..]),
            ("keyk22 idid11 orgo33", &["keyk22+idid11+orgo33"]),
            ("idid11 keyk22 idid33 keyk44", &["keyk22+idid11", "keyk44+idid33"]),
            ("keyk22 idid11 idid33", &["keyk22+idid11", "idid33"]),
            ("keyk22                       idid11", &["keyk22", "idid11"]),
            ("idid11                       keyk22", &["idid11", "keyk22"]),
            ("idid11", &["idid11"]),
            ("orgo33 idid11 keyk22", &["keyk22+idid11+orgo33"]),
        ] {
            assert_eq!(joined(text), wanted, "{text}");
        }
    }
}
