//! `tamis scan --git`, `--staged`, `--working-tree`: history, the index, and what is being worked on.
//!
//! Each blob is searched once. What was found in it belongs to the commits that brought it: those in which the file has
//! it, and what the file was made from has not.
//!
//! A search of history goes in steps, one file each: `range` and `walk` find the commits, `survey` the blobs that each
//! brought, with `tree` to compare trees; `sift` searches the blobs, which `packs` and `delta` take out of packs in one
//! sweep, those stored as changes of others only where they differ from these, `objects` reads one by one, and `large` lets
//! flow through; `bring` finds the commits that brought what was found.

mod before;
mod bring;
mod commit;
mod crew;
mod delta;
mod head;
mod hosting;
mod index;
mod large;
mod lfs;
mod lines;
mod objects;
mod origins;
mod packs;
mod range;
mod repository;
mod sift;
mod staged;
mod survey;
mod tree;
mod walk;
mod work;
mod worktree;

use std::collections::BTreeMap;
use std::path::Path;

use gix::ObjectId;

use crate::args::ScanArgs;
use crate::failure::{Failure, complain, plural};
use crate::scan::limit_line;
use crate::scan::placed::Teller;
use crate::scan::progress::Progress;
use crate::setup::Setup;
use bring::Brought;
pub(crate) use commit::shown;
use head::Head;
pub(crate) use hosting::Hosting;
use objects::Trouble;
use origins::Origins;
use repository::Repository;
use sift::Sifted;
use staged::Changes;
use survey::Survey;
use walk::{Range, Walked};
use work::Work;

/// So many objects that cannot be read are named; of more, the number is.
const NAMED: usize = 20;

/// Searches what the arguments say of a repository, and tells what is found.
pub(crate) fn run(args: &ScanArgs, setup: &Setup, teller: &mut Teller<'_, '_>) -> Result<(), Failure> {
    let git = &args.git;
    let folder = match args.paths.as_slice() {
        [] => Path::new("."),
        [folder] => folder,
        [_, second, ..] => return Err(Failure::new("bad command line", second.display(), "name one repository")),
    };
    let repository = Repository::open(folder).map_err(|failure| match &git.git {
        Some(Some(text)) if args.paths.is_empty() => range::is_folder(text).unwrap_or(failure),
        _ => failure,
    })?;
    let progress = Progress::new(args.quiet);
    let common_dir = repository.git.common_dir();
    let (store, shallow) = (&repository.store, repository.shallow.as_slice());
    let work = Work { store, shallow, common_dir, setup, jobs: args.jobs, binary: args.binary, progress: &progress };
    if git.staged || git.working_tree {
        let changes = staged::run(&work, &repository, git.working_tree)?;
        drop(progress);
        tell_changes(&changes, teller);
    } else {
        let (range, unread) = match &git.git {
            _ if git.all => range::everything(&repository)?,
            Some(Some(text)) => (range::parse(&repository, text)?, Vec::new()),
            _ => (Range { tips: repository.head()?.into_iter().collect(), hidden: Vec::new() }, Vec::new()),
        };
        let history = search(&work, &repository, &range);
        drop(progress);
        teller.hosting = Hosting::of(&repository.git);
        tell_history(history, unread, teller);
    }
    Ok(())
}

/// What a search of commits came to.
struct History {
    walked: Walked,
    survey: Survey,
    sifted: Sifted,
    brought: Brought,
}

/// Searches the commits of a range.
fn search(work: &Work<'_>, repository: &Repository, range: &Range) -> History {
    let trees = work.store.trees();
    let mut head = Head::find(repository, &trees, range);
    let origins = Origins::read(repository, &trees, head.tree.as_deref());
    let (walked, survey) = survey::survey(work, &origins, &trees, range);
    let sifted = sift::sift(work, &survey.blobs);
    head.fill(&trees, &walked, &sifted);
    let brought = bring::bring(work, &origins, &walked, &survey, &sifted, &head);
    History { walked, survey, sifted, brought }
}

fn tell_history(history: History, mut unread: Vec<Failure>, teller: &mut Teller<'_, '_>) {
    let History { walked, survey, sifted, brought } = history;
    teller.totals.commits(walked.commits.len() as u64);
    teller.tally.merge(survey.tally);
    brought.found.iter().for_each(|(_, placed)| teller.tell(placed));
    teller.totals.searched(0, survey.bytes, 0);
    account(&sifted, teller);
    teller.totals.elsewhere(0, survey.submodules.len() as u64);
    unread.extend((!walked.cut.is_empty()).then(|| repository::shallow_line(walked.cut.len())));
    let troubles = [&walked.unread, &survey.troubles, &sifted.troubles, &brought.troubles].into_iter().flatten();
    tell_unread(&unread, troubles, teller);
}

fn tell_changes(changes: &Changes, teller: &mut Teller<'_, '_>) {
    changes.found.iter().for_each(|placed| teller.tell(placed));
    account(&changes.sifted, teller);
    teller.totals.elsewhere(0, changes.submodules);
    tell_unread(&changes.unread, &changes.sifted.troubles, teller);
}

/// Counts what was searched, and tells of limits.
fn account(sifted: &Sifted, teller: &mut Teller<'_, '_>) {
    teller.totals.searched(sifted.blobs, sifted.bytes, sifted.binary);
    teller.totals.elsewhere(sifted.pointers, 0);
    for (id, limit) in &sifted.limits {
        complain(limit_line(Some(&format!("object {id}")), *limit));
    }
}

/// Says what could not be read: one line each, up to a number that still can be read.
fn tell_unread<'t>(unread: &[Failure], troubles: impl IntoIterator<Item = &'t (ObjectId, Trouble)>, teller: &mut Teller<'_, '_>) {
    unread.iter().for_each(complain);
    let troubles: BTreeMap<&ObjectId, &Trouble> = troubles.into_iter().map(|(id, trouble)| (id, trouble)).collect();
    for (id, trouble) in troubles.iter().take(NAMED) {
        complain(Failure::new("cannot read", format_args!("object {id}"), trouble));
    }
    if troubles.len() > NAMED {
        complain(format_args!("cannot read {} more", plural((troubles.len() - NAMED) as u64, "object")));
    }
    (0..unread.len() + troubles.len()).for_each(|_| teller.totals.unreadable());
}
