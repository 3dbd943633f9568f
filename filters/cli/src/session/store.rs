//! The state of sessions: a file each, in one folder.
//!
//! A change is made under a lock that all processes share, written to a second file and put in place with one rename. So
//! whenever a process is killed, a session's file holds its state before or after a change, and nothing in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, process};

use fs4::FileExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tamis::Timestamp;
use tamis::grant::{Grant, Refusal, Replay, Uses};
use tamis::session::{Id, Session};

use crate::args::StateArgs;
use crate::failure::Failure;

/// Names a folder where no argument does.
const VARIABLE: &str = "TAMIS_STATE";

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Store(PathBuf);

impl Store {
    /// The folder that arguments or surroundings name. It is made with the first change.
    pub(crate) fn open(args: &StateArgs) -> Result<Self, Failure> {
        Ok(Store(state_folder(args)?.join("sessions")))
    }

    /// A session's state, if it was ever seen.
    pub(crate) fn read(&self, id: &Id) -> Result<Option<Session>, Failure> {
        let path = self.path(id);
        match fs::read(&path) {
            Ok(bytes) => parse(&path, &bytes).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// All sessions, the one that was seen last first.
    pub(crate) fn all(&self) -> Result<Vec<Session>, Failure> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.0, &error)),
        };
        let mut sessions: Vec<Session> = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&self.0, &error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
                sessions.push(parse(&path, &bytes)?);
            }
        }
        sessions.sort_by(|a, b| b.seen.cmp(&a.seen).then_with(|| a.id.cmp(&b.id)));
        Ok(sessions)
    }

    /// Changes a session's state, unless that fails. What other processes do to it comes before or after.
    pub(crate) fn update<T>(&self, id: &Id, act: impl FnOnce(&mut Option<Session>) -> Result<T, Failure>) -> Result<T, Failure> {
        let path = self.path(id);
        let unwritable = |error: io::Error| unwritable(&path, &error);
        let _lock = self.lock().map_err(unwritable)?;
        let before = self.read(id)?;
        let mut session = before.clone();
        let answer = act(&mut session)?;
        if let Some(session) = session.filter(|session| before.as_ref() != Some(session)) {
            // What stops or releases a session outlives a loss of power; counts need not cost a flush each.
            let durable = before.is_none_or(|before| before.standing != session.standing || before.grant != session.grant);
            self.write(&path, &session, durable).map_err(unwritable)?;
        }
        Ok(answer)
    }

    /// Gives a grant to a session, if no other session has it.
    pub(crate) fn claim(&self, grant: &Grant, session: &Id, now: Timestamp) -> Result<Result<Replay, Refusal>, Failure> {
        let path = self.0.join("grants");
        let unwritable = |error: io::Error| unwritable(&path, &error);
        let _lock = self.lock().map_err(unwritable)?;
        let mut uses: Uses = match fs::read(&path) {
            Ok(bytes) => parse(&path, &bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Uses::default(),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let answer = uses.claim(grant, session, now);
        if answer == Ok(Replay::First) {
            self.write(&path, &uses, true).map_err(unwritable)?;
        }
        Ok(answer)
    }

    /// Waits until no other process changes anything.
    fn lock(&self) -> io::Result<File> {
        make_private(&self.0)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(self.0.join(".lock"))?;
        FileExt::lock(&lock)?;
        Ok(lock)
    }

    fn write(&self, path: &Path, state: &impl Serialize, durable: bool) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(state)?;
        text.push(b'\n');
        let draft = path.with_extension(format!("tmp{}", process::id()));
        let mut file = File::create(&draft)?;
        file.write_all(&text)?;
        if durable {
            file.sync_all()?;
        }
        fs::rename(&draft, path)?;
        if durable { sync_folder(&self.0) } else { Ok(()) }
    }

    /// Ids are chosen by clients: a file's name is a hash of one.
    pub(super) fn path(&self, id: &Id) -> PathBuf {
        let name: String = Sha256::digest(id.as_str().as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.join(name + ".json")
    }
}

/// The folder for all that outlives a run.
pub(crate) fn state_folder(args: &StateArgs) -> Result<PathBuf, Failure> {
    let folder = args.state.clone().or_else(default_folder);
    folder.ok_or_else(|| Failure::new("no folder for the state of sessions", "there is no home folder", "give --state DIR"))
}

fn default_folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").map(|home| home.join(".local").join("state")).or_else(|| set("LOCALAPPDATA"));
    set(VARIABLE).or_else(|| set("XDG_STATE_HOME").or_else(home).map(|state| state.join("tamis")))
}

/// A state that cannot be read might be a quarantine: nothing goes on without it.
fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("{}:{}:{}", path.display(), error.line(), error.column());
        Failure::new("bad state of a session", place, "it was not written by this program: move the file away")
    })
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::file("cannot keep the state of sessions", path, error)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::file("cannot read the state of sessions", path, error)
}

/// Makes the folder, readable by its owner only.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Puts a rename on the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
