//! What stands in a commit.

use std::borrow::Cow;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use gix::objs::CommitRefIter;
use gix::objs::commit::ref_iter::Token;
use tamis::{Commit, Timestamp};

use crate::harmless::without_secrets;
use crate::origin::Signed;

/// A commit's parts, as far as they can be read.
#[derive(Default)]
pub(super) struct Parsed<'a> {
    pub(super) tree: Option<ObjectId>,
    pub(super) parents: Vec<ObjectId>,
    author: Person<'a>,
    committer: Person<'a>,
    pub(super) message: &'a [u8],
}

#[derive(Clone, Copy, Default)]
struct Person<'a> {
    name: &'a [u8],
    email: &'a [u8],
    time: Option<i64>,
}

impl<'a> Parsed<'a> {
    pub(super) fn new(bytes: &'a [u8], hash: gix::hash::Kind) -> Self {
        let mut parsed = Parsed::default();
        let person = |signature: gix::actor::SignatureRef<'a>| Person {
            name: signature.name.trim(),
            email: signature.email.trim(),
            time: signature.time().ok().map(|time| time.seconds),
        };
        // What is damaged ends it: what stands before that counts.
        for token in CommitRefIter::from_bytes(bytes, hash).map_while(Result::ok) {
            match token {
                Token::Tree { id } => parsed.tree = Some(id),
                Token::Parent { id } => parsed.parents.push(id),
                Token::Author { signature } => parsed.author = person(signature),
                Token::Committer { signature } => parsed.committer = person(signature),
                Token::Message(message) => parsed.message = message.as_bytes(),
                Token::Encoding(_) | Token::ExtraHeader(_) => {}
            }
        }
        parsed
    }

    /// What reports say of it.
    pub(super) fn commit(&self, id: &ObjectId) -> Commit {
        Commit {
            id: id.to_string(),
            author: without_secrets(&self.author.name.to_str_lossy()).into_owned(),
            email: without_secrets(&self.author.email.to_str_lossy()).into_owned(),
            date: self.author.time.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        }
    }

    /// Hands it to who looks for marks.
    pub(super) fn signed<T>(&self, look: impl FnOnce(&Signed<'_>) -> T) -> T {
        let [author, committer] = [self.author, self.committer].map(|person| [person.name.to_str_lossy(), person.email.to_str_lossy()]);
        let message: Cow<'_, str> = self.message.to_str_lossy();
        look(&Signed { people: [(&author[0], &author[1]), (&committer[0], &committer[1])], message: &message })
    }
}

/// A path as reports show it: text as it is, other bytes as `\xff`.
pub(crate) fn shown(path: &BStr) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// The tree of a commit.
pub(super) fn tree_of(objects: &super::objects::Objects, commit: &gix::oid) -> Option<ObjectId> {
    let object = objects.load(gix::objs::Kind::Commit, commit).ok()?;
    CommitRefIter::from_bytes(&object.bytes, objects.hash()).tree_id().ok()
}
