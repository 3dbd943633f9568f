//! Values with their places.

use serde_json::{Map, Value};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Offset of its first byte.
    pub(crate) at: usize,
    /// Offset after its last byte.
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// What it is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Leaf(Value),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Offset of the key.
    pub(crate) at: usize,
    pub(crate) node: Node,
}

/// One step down into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// To the value of this key.
    Value(&'a str),
    /// To this key itself.
    Key(&'a str),
    /// To this item of a list.
    Item(usize),
}

/// A place that a path leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located<'n> {
    /// Its offset.
    pub(crate) at: usize,
    /// How many steps of the path were found.
    pub(crate) steps: usize,
    pub(crate) node: &'n Node,
}

impl Node {
    /// The same as plain JSON.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Leaf(value) => value.clone(),
            Kind::List(items) => items.iter().map(Node::to_value).collect(),
            Kind::Table(entries) => Value::Object(entries.iter().map(|e| (e.key.clone(), e.node.to_value())).collect::<Map<_, _>>()),
        }
    }

    /// The deepest place on the path that exists.
    pub(crate) fn locate(&self, path: &[Step<'_>]) -> Located<'_> {
        let mut place = Located { at: self.at, steps: 0, node: self };
        for step in path {
            let next = match (step, &place.node.kind) {
                (Step::Item(i), Kind::List(items)) => items.get(*i).map(|node| (node.at, node)),
                (Step::Value(key), Kind::Table(entries)) => entries.iter().find(|e| e.key == *key).map(|e| (e.node.at, &e.node)),
                (Step::Key(key), Kind::Table(entries)) => entries.iter().find(|e| e.key == *key).map(|e| (e.at, &e.node)),
                _ => None,
            };
            let Some((at, node)) = next else { break };
            place = Located { at, steps: place.steps + 1, node };
        }
        place
    }

    /// The value that the whole path leads to.
    pub(crate) fn find(&self, path: &[Step<'_>]) -> Option<&Node> {
        let place = self.locate(path);
        (place.steps == path.len()).then_some(place.node)
    }

    /// Takes out what the path leads to. Says whether it was there.
    pub(crate) fn remove(&mut self, path: &[Step<'_>]) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        match (first, &mut self.kind) {
            (Step::Item(i), Kind::List(items)) if *i < items.len() => {
                if rest.is_empty() {
                    items.remove(*i);
                    true
                } else {
                    items[*i].remove(rest)
                }
            }
            (Step::Value(key) | Step::Key(key), Kind::Table(entries)) => {
                let Some(i) = entries.iter().position(|e| e.key == *key) else { return false };
                if rest.is_empty() {
                    entries.remove(i);
                    true
                } else {
                    entries[i].node.remove(rest)
                }
            }
            _ => false,
        }
    }
}
