//! A grant belongs to the first session that uses it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::claims::Grant;
use super::verify::Refusal;
use crate::hex::Hex;
use crate::session::Id;

/// Which session has used which grant. Whoever calls keeps it; it forgets a grant when that ends.
///
/// ```
/// # use tamis::grant::{Check, Claims, GrantKeys, IssuingKey, Scope};
/// use tamis::grant::{Refusal, Replay, Uses};
/// use tamis::session::Id;
/// # use tamis::{SigningKey, Timestamp};
/// # let now = Timestamp::UNIX_EPOCH;
/// # let key = SigningKey::from_seed(&[7; 32]);
/// # let claims = Claims { id: "g".into(), subject: "a".into(), issued: now, expires: Timestamp::from_second(9).unwrap(),
/// #     session: None, audience: "tamis".into(), scope: Scope::default() };
/// # let token = IssuingKey::Ed25519(key.clone()).issue(&claims);
/// # let grant = GrantKeys::of(&key.public()).verify(&token, &Check::new(now)).unwrap();
/// let mut uses = Uses::default();
/// let (mine, other) = (Id::new("s-1").unwrap(), Id::new("s-2").unwrap());
/// assert_eq!(uses.claim(&grant, &mine, now), Ok(Replay::First));
/// assert_eq!(uses.claim(&grant, &mine, now), Ok(Replay::Again));
/// assert_eq!(uses.claim(&grant, &other, now), Err(Refusal::Replayed));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uses {
    by_grant: BTreeMap<String, Use>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    session: Id,
    expires: Timestamp,
}

/// How a session comes to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It is the first to use it.
    First,
    /// It has used it before.
    Again,
}

impl Uses {
    /// Gives the grant to this session, if no other has it.
    ///
    /// # Errors
    ///
    /// When it belongs to another session.
    pub fn claim(&mut self, grant: &Grant, session: &Id, now: Timestamp) -> Result<Replay, Refusal> {
        if grant.session.as_ref().is_some_and(|bound| bound != session) {
            return Err(Refusal::OtherSession);
        }
        self.by_grant.retain(|_, used| used.expires > now);
        let key = grant.key();
        match self.by_grant.get(&key) {
            Some(used) if used.session != *session => Err(Refusal::Replayed),
            Some(_) => Ok(Replay::Again),
            None => {
                self.by_grant.insert(key, Use { session: session.clone(), expires: grant.expires });
                Ok(Replay::First)
            }
        }
    }
}

impl Grant {
    /// A name that no other grant has: ids are unique for one issuer only.
    #[must_use]
    pub fn key(&self) -> String {
        let issuer = self.issuer.as_ref().map_or("", |issuer| issuer.as_str());
        let digest = Sha256::new().chain_update(issuer).chain_update([0]).chain_update(self.id.as_str()).finalize();
        Hex(&digest[..16]).to_string()
    }
}
