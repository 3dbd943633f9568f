//! Sessions, in memory that all machines of a host share.

mod place;

use proxy_wasm::hostcalls;
use proxy_wasm::types::Status;
use tamis::Timestamp;
use tamis::audit::What;
use tamis::grant::{Grant, Refusal, Replay, Uses};
use tamis::session::{Act, Id, Session, Source};

/// How often a change is tried again that another machine came before.
const TRIES: u32 = 16;
/// Most bytes of a session's state; beyond that what it let out is forgotten.
const MOST: usize = 16 << 10;

/// The next number of a counter that all machines share.
pub(crate) fn next(counter: &str) -> u64 {
    let mut number = 0;
    update(counter, |bytes| {
        let old = bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        number = old.wrapping_add(1);
        Some(number.to_le_bytes().to_vec())
    });
    number
}

/// The session of this id, and whether it is new.
pub(crate) fn load(id: &Id, source: Option<Source>, now: Timestamp) -> (Session, bool) {
    let stored = hostcalls::get_shared_data(&key(id)).ok().and_then(|(bytes, _)| bytes);
    match stored.and_then(|bytes| place::find(&bytes, id)) {
        Some(session) => (session, false),
        None => (Session::new(id.clone(), source, now), true),
    }
}

/// Does what operators decided on a session and nobody has done yet, for all machines. What happened.
pub(crate) fn carry_out(id: &Id, source: Option<Source>, acts: &[&Act], now: Timestamp) -> Vec<What> {
    let mut told = Vec::new();
    let stored = update(&key(id), |bytes| {
        let known = bytes.and_then(|bytes| place::find(bytes, id));
        let mut session = known.unwrap_or_else(|| Session::new(id.clone(), source, now));
        told = acts.iter().filter_map(|act| session.carry_out(act, now)).collect();
        if told.is_empty() { None } else { place::with(bytes.unwrap_or_default(), &session) }
    });
    if stored { told } else { Vec::new() }
}

/// Gives a grant to a session, if no other has it; nothing where the host cannot remember that.
pub(crate) fn claim(grant: &Grant, session: &Id, now: Timestamp) -> Option<Result<Replay, Refusal>> {
    let mut claimed = None;
    let remembered = update(&format!("tamis.grant.{}", grant.key()), |bytes| {
        let mut uses: Uses = match bytes {
            None => Uses::default(),
            Some(bytes) => serde_json::from_slice(bytes).ok()?,
        };
        claimed = Some(uses.claim(grant, session, now));
        serde_json::to_vec(&uses).ok()
    });
    claimed.filter(|_| remembered)
}

/// Adds what a request was charged with: `after` is what became of `before`, and others may have been charged meanwhile.
pub(crate) fn charge(before: &Session, after: &Session) {
    update(&key(&after.id), |bytes| {
        let place = bytes.unwrap_or_default();
        let mut session = place::find(place, &after.id).unwrap_or_else(|| before.clone());
        session.seen = session.seen.max(after.seen);
        session.blocks = session.blocks.saturating_add(after.blocks.saturating_sub(before.blocks));
        for (class, count) in &after.findings {
            let more = count.saturating_sub(before.findings.get(class).copied().unwrap_or(0));
            let counted = session.findings.entry(class.clone()).or_default();
            *counted = counted.saturating_add(more);
        }
        if after.is_quarantined() && !session.is_quarantined() {
            session.standing = after.standing.clone();
            session.acts.extend(after.acts.last().cloned());
        }
        if serde_json::to_vec(&session).ok()?.len() > MOST {
            session.acts.clear();
            session.left = tamis::session::Leaks::default();
        }
        place::with(place, &session)
    });
}

fn key(id: &Id) -> String {
    format!("tamis.sessions.{}", place::of(id))
}

/// Changes a value, again if another machine was faster. Whether it is changed now.
fn update(key: &str, mut change: impl FnMut(Option<&[u8]>) -> Option<Vec<u8>>) -> bool {
    for _ in 0..TRIES {
        let Ok((bytes, version)) = hostcalls::get_shared_data(key) else { return false };
        let Some(new) = change(bytes.as_deref()) else { return false };
        match hostcalls::set_shared_data(key, Some(&new), version) {
            Err(Status::CasMismatch) => {}
            result => return result.is_ok(),
        }
    }
    false
}
