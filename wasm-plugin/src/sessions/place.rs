//! The sessions that share a place in the host's memory.
//!
//! That memory has no bound and forgets nothing, while whoever calls makes up ids. So sessions are shared out to a fixed
//! number of places, and a place holds so many bytes: a JSON line a session, the one that changed last at the end.

use tamis::session::{Id, Session};

/// How many places there are.
const PLACES: u32 = 1024;
/// Most bytes of a place: hundreds of sessions.
const MOST: usize = 64 << 10;

/// The place where a session is kept.
pub(super) fn of(id: &Id) -> u32 {
    crc32fast::hash(id.as_str().as_bytes()) % PLACES
}

/// What is kept of a session.
pub(super) fn find(place: &[u8], id: &Id) -> Option<Session> {
    let start = start(id)?;
    let line = lines(place).find(|line| line.starts_with(&start))?;
    serde_json::from_slice(line).ok()
}

/// The place with what a session is now. Where there is no room the sessions that have been quiet the longest are
/// forgotten, those in quarantine last.
pub(super) fn with(place: &[u8], session: &Session) -> Option<Vec<u8>> {
    let (start, new) = (start(&session.id)?, serde_json::to_vec(session).ok()?);
    let mut others: Vec<&[u8]> = lines(place).filter(|line| !line.starts_with(&start)).collect();
    let mut size = new.len() + others.iter().map(|line| line.len() + 1).sum::<usize>();
    for quarantined in [false, true] {
        others.retain(|line| {
            let goes = size > MOST && is_quarantined(line) == quarantined;
            size -= if goes { line.len() + 1 } else { 0 };
            !goes
        });
    }
    others.push(&new);
    Some(others.join(&b'\n'))
}

fn lines(place: &[u8]) -> impl Iterator<Item = &[u8]> {
    place.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// What the line of a session starts with.
fn start(id: &Id) -> Option<Vec<u8>> {
    Some(format!("{{\"id\":{},", serde_json::to_string(id).ok()?).into_bytes())
}

fn is_quarantined(line: &[u8]) -> bool {
    serde_json::from_slice::<Session>(line).is_ok_and(|session| session.is_quarantined())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamis::Timestamp;

    fn session(id: &str, quarantined: bool) -> Session {
        let mut session = Session::new(Id::new(id).unwrap(), None, Timestamp::UNIX_EPOCH);
        if quarantined {
            session.quarantine("dana".into(), "odd traffic".into(), Timestamp::UNIX_EPOCH);
        }
        session
    }

    #[test]
    fn a_session_is_found_by_its_whole_id() {
        let ids = ["s-1", "s-11", "s\"1", "1"];
        let place = ids.iter().fold(Vec::new(), |place, id| with(&place, &session(id, false)).unwrap());
        for id in ids {
            assert_eq!(find(&place, &Id::new(id).unwrap()), Some(session(id, false)));
        }
        assert_eq!(find(&place, &Id::new("s").unwrap()), None);
        assert_eq!(find(b"", &Id::new("s-1").unwrap()), None);
    }

    #[test]
    fn a_session_is_kept_once_and_moves_to_the_end() {
        let place = ["s-1", "s-2", "s-1"].iter().fold(Vec::new(), |place, id| with(&place, &session(id, false)).unwrap());
        let ids: Vec<&[u8]> = lines(&place).map(|line| &line[7..10]).collect();
        assert_eq!(ids, [b"s-2", b"s-1"]);
    }

    #[test]
    fn the_quietest_are_forgotten_and_those_in_quarantine_last() {
        let mut place = with(b"", &session("bad", true)).unwrap();
        for number in 0..2000 {
            place = with(&place, &session(&format!("s-{number}"), false)).unwrap();
            assert!(place.len() <= MOST);
        }
        let known = |id: &str| find(&place, &Id::new(id).unwrap()).is_some();
        assert!(known("bad") && known("s-1999") && known("s-1900"));
        assert!(!known("s-0") && !known("s-1000"));
        for number in 0..2000 {
            place = with(&place, &session(&format!("q-{number}"), true)).unwrap();
            assert!(place.len() <= MOST, "not even those in quarantine are kept without a bound");
        }
    }
}
