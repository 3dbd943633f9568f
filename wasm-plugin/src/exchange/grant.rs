//! The grant that a session shows with each of its requests.

use core::fmt::Display;

use tamis::audit::{GrantAccepted, GrantRefused, What};
use tamis::grant::{Check, Grant, Replay};
use tamis::session::Granted;
use tamis::{Name, Timestamp};

use super::Exchange;
use super::head::Headers;
use crate::plugin::Plugin;
use crate::sessions;

impl Exchange {
    /// Reads the grant, if one is shown. What is to be told of it.
    pub(super) fn read_grant(&mut self, plugin: &Plugin, headers: &Headers) -> Option<What> {
        let grants = plugin.settings.grants.as_ref()?;
        let shown = headers.get(&grants.header);
        let token = shown.strip_prefix("Bearer ").unwrap_or(shown);
        if token.is_empty() {
            return None;
        }
        let Some(session) = self.ids.session.clone() else {
            return Some(refused(None, &"no header names the session that it belongs to"));
        };
        let now = plugin.now();
        let check = Check { now, session: Some(&session), audience: &grants.audience, issuer: grants.issuer.as_deref() };
        let grant = match grants.keys.verify(token, &check) {
            Ok(grant) => grant,
            Err(why) => return Some(refused(None, &why)),
        };
        if let Err(beyond) = grant.scope.permits(&self.flow) {
            return Some(refused(Some(&grant), &beyond));
        }
        match sessions::claim(&grant, &session, now) {
            Some(Ok(replay)) => {
                let told =
                    What::GrantAccepted(GrantAccepted { expires: grant.expires, grant: grant.id.clone(), subject: grant.subject.clone() });
                self.grant = Some(grant);
                (replay == Replay::First).then_some(told)
            }
            Some(Err(why)) => Some(refused(Some(&grant), &why)),
            None => Some(refused(Some(&grant), &"the host cannot remember whose it is")),
        }
    }

    /// The grant, as a session's state has it.
    pub(super) fn granted(&self, now: Timestamp) -> Option<Granted> {
        let Grant { id, expires, .. } = self.grant.as_ref().filter(|grant| grant.expires > now)?;
        Some(Granted { id: id.clone(), expires: *expires })
    }
}

fn refused(grant: Option<&Grant>, why: &dyn Display) -> What {
    What::GrantRefused(GrantRefused { grant: grant.map(|grant| grant.id.clone()), why: Name::from(why.to_string()) })
}
