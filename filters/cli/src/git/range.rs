//! From what the user calls a range to its ends.

use std::path::Path;

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::Kind;

use super::repository::{Repository, cause};
use super::walk::Range;
use crate::failure::Failure;

/// What to do about a folder where a range should be.
const FOLDER: &str = "a repository's folder comes after the range: --git HEAD FOLDER";

/// Reads revisions the way `git log` does: `main..topic`, `main...topic`, `topic`, `^main`, `topic^!`, and several of them.
pub(super) fn parse(repository: &Repository, text: &str) -> Result<Range, Failure> {
    let mut range = Range::default();
    for word in text.split_whitespace() {
        if is_path(word) {
            return Err(no_range(word));
        }
        if let Some((from, to)) = word.split_once("...") {
            symmetric(repository, from, to, text, &mut range)?;
        } else if let Some((from, to)) = word.split_once("..") {
            range.hidden.extend(commit(repository, from, text)?);
            range.tips.extend(commit(repository, to, text)?);
        } else if let Some(hidden) = word.strip_prefix('^') {
            range.hidden.extend(commit(repository, hidden, text)?);
        } else if let Some(one) = word.strip_suffix("^!") {
            let tip = commit(repository, one, text)?;
            range.hidden.extend(
                tip.and_then(|tip| repository.git.find_commit(tip).ok()).iter().flat_map(|it| it.parent_ids()).map(gix::Id::detach),
            );
            range.tips.extend(tip);
        } else {
            range.tips.extend(commit(repository, word, text)?);
        }
    }
    if range.tips.is_empty() {
        range.tips.extend(repository.head()?);
    }
    Ok(range)
}

/// What to say where somebody names a folder, and no revision is called like it.
pub(super) fn is_folder(word: &str) -> Option<Failure> {
    (is_path(word) || Path::new(word).is_dir()).then(|| no_range(word))
}

/// No name of a revision starts like these.
fn is_path(word: &str) -> bool {
    word.starts_with(['.', '/']) && !word.starts_with("..") || word.starts_with("../")
}

fn no_range(word: &str) -> Failure {
    Failure::new("no range", format_args!("--git {word}"), FOLDER)
}

/// All commits that a reference leads to, and what is checked out. With it, what of this cannot be read.
pub(super) fn everything(repository: &Repository) -> Result<(Range, Vec<Failure>), Failure> {
    let shown = repository.git.git_dir().display();
    let why = |error: gix::Error| Failure::new("cannot read the references", &shown, cause(&error));
    let mut unread = Vec::new();
    let mut tips: Vec<ObjectId> = repository
        .head()
        .unwrap_or_else(|failure| {
            unread.push(failure);
            None
        })
        .into_iter()
        .collect();
    let references = repository.git.references().map_err(why)?;
    for reference in references.all().map_err(why)? {
        let reference = match reference {
            Ok(reference) => reference,
            Err(error) => {
                unread.push(Failure::new("cannot read a reference", &shown, error));
                continue;
            }
        };
        // Symbolic ones lead where others do. Notes are about commits, not history of their own.
        let name = reference.name().as_bstr();
        if let Some(id) = reference.try_id().filter(|_| !name.starts_with(b"refs/notes/")) {
            // What is missing is told where it is walked to.
            tips.extend(peel(repository, id.detach()).unwrap_or_else(Some));
        }
    }
    tips.sort();
    tips.dedup();
    Ok((Range { tips, hidden: Vec::new() }, unread))
}

fn symmetric(repository: &Repository, from: &str, to: &str, text: &str, range: &mut Range) -> Result<(), Failure> {
    if let (Some(from), Some(to)) = (commit(repository, from, text)?, commit(repository, to, text)?) {
        let bases = repository.git.merge_bases_many(from, &[to]);
        let bases = bases.map_err(|error| Failure::new("cannot compare", text, cause(&error)))?;
        range.hidden.extend(bases.into_iter().map(gix::Id::detach));
        range.tips.extend([from, to]);
    }
    Ok(())
}

/// The commit that a word stands for. None where it is the zeros that git and its hosts write for "nothing".
fn commit(repository: &Repository, word: &str, range: &str) -> Result<Option<ObjectId>, Failure> {
    if word.len() >= 40 && word.bytes().all(|b| b == b'0') {
        return Ok(None);
    }
    let word = if word.is_empty() { "HEAD" } else { word };
    // Of what is just being pushed only the store knows, which is asked below.
    let id = match ObjectId::from_hex(word.as_bytes()) {
        Ok(id) => Some(id),
        Err(_) => repository.git.rev_parse_single(<&BStr>::from(word)).ok().map(gix::Id::detach),
    };
    let remedy = match repository.shallow.is_empty() {
        true => "see `git log` for what there is, and fetch what is missing",
        false => "the clone is shallow: `git fetch --unshallow`, or in a CI job fetch-depth: 0",
    };
    id.and_then(|id| peel(repository, id).ok().flatten()).map(Some).ok_or_else(|| {
        let unknown = || Failure::new(format_args!("no such revision: {word}"), format_args!("--git {range}"), remedy);
        is_folder(word).unwrap_or_else(unknown)
    })
}

/// The commit behind a tag. Tags can name other objects, which have no history.
///
/// # Errors
///
/// The object that cannot be read.
fn peel(repository: &Repository, mut id: ObjectId) -> Result<Option<ObjectId>, ObjectId> {
    let objects = repository.store.objects();
    let mut buffer = Vec::new();
    loop {
        match objects.read(&id, &mut buffer).map_err(|_| id)? {
            Kind::Commit => return Ok(Some(id)),
            Kind::Tag => id = gix::objs::TagRefIter::from_bytes(&buffer, objects.hash()).target_id().map_err(|_| id)?,
            Kind::Tree | Kind::Blob => return Ok(None),
        }
    }
}
