//! Whether a grant is good.

use core::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::claims::{Grant, Wire, WireScope, time};
use super::key::GrantKeys;
use super::scope::Scope;
use crate::hex::Hex;
use crate::name::Name;
use crate::session::Id;

/// Longest grant that is read. Those of providers have a few thousand bytes.
const LONGEST: usize = 16 * 1024;
/// Longest id that is kept as it is.
const LONGEST_ID: usize = 200;
/// How much the clocks of issuer and verifier may differ. An end is an end: it gets none.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What a grant is held against.
#[derive(Clone, Debug)]
pub struct Check<'a> {
    /// What time it is.
    pub now: Timestamp,
    /// The session that shows the grant.
    pub session: Option<&'a Id>,
    /// Whom the grant must be for.
    pub audience: &'a str,
    /// Who must have issued it, where that matters.
    pub issuer: Option<&'a str>,
}

impl Check<'_> {
    /// A grant for `tamis`, by any issuer whose key is there, for any session.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Check { now, session: None, audience: "tamis", issuer: None }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl GrantKeys {
    /// The grant that a token holds.
    ///
    /// # Errors
    ///
    /// Why it is not good. A signature is checked before anything that the token says is taken for true.
    pub fn verify(&self, token: &str, check: &Check<'_>) -> Result<Grant, Refusal> {
        let token = token.trim();
        let (signed, signature) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST).ok_or(Refusal::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Refusal::Malformed)?;
        if header.crit.is_some() {
            return Err(Refusal::Extension);
        }
        let signature = decode(signature)?;
        let mut keys = self.candidates(header.kid.as_deref()).filter(|key| key.algorithm() == header.alg).peekable();
        if keys.peek().is_none() {
            return Err(if header.alg.eq_ignore_ascii_case("none") { Refusal::Unsigned } else { Refusal::UnknownKey });
        }
        if !keys.any(|key| key.verifies(signed.as_bytes(), &signature)) {
            return Err(Refusal::Signature);
        }
        let wire: Wire = serde_json::from_slice(&decode(payload)?).map_err(|_| Refusal::Malformed)?;
        // A signature can be written in more than one way, what it signs cannot.
        let unnamed = || Hex(&Sha256::digest(signed.as_bytes())[..16]).to_string();
        let id = wire.jti.clone().filter(|id| !id.is_empty() && id.len() <= LONGEST_ID).unwrap_or_else(unnamed);
        held_against(wire, &id, check)
    }
}

fn held_against(wire: Wire, id: &str, check: &Check<'_>) -> Result<Grant, Refusal> {
    let Check { now, session, audience, issuer } = *check;
    let expires = time(wire.exp.ok_or(Refusal::Endless)?)?;
    if !wire.aud.is_some_and(|aud| aud.holds(audience)) {
        return Err(Refusal::Audience);
    }
    if issuer.is_some() && wire.iss.as_deref() != issuer {
        return Err(Refusal::Issuer);
    }
    if expires <= now {
        return Err(Refusal::Expired);
    }
    for start in [wire.nbf, wire.iat].into_iter().flatten() {
        // A start so far off that it cannot be reckoned with is in the future too.
        if time(start)?.checked_sub(SKEW).map_or(true, |start| start > now) {
            return Err(Refusal::Early);
        }
    }
    let WireScope { session: bound, repositories, tools, destinations } = wire.tamis.unwrap_or_default();
    if bound.is_some() && session.is_some() && bound.as_ref() != session {
        return Err(Refusal::OtherSession);
    }
    let subject = wire.sub.filter(|subject| !subject.is_empty()).ok_or(Refusal::Nobody)?;
    Ok(Grant {
        id: Name::new(id),
        issuer: wire.iss.map(Name::from),
        subject: Name::from(subject),
        expires,
        session: bound,
        scope: Scope { repositories, tools, destinations },
    })
}

/// Why a grant is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is no JSON Web Token.
    Malformed,
    /// It has no signature.
    Unsigned,
    /// It wants an extension that is not known.
    Extension,
    /// No key of its kind and name is there.
    UnknownKey,
    /// Its signature is wrong.
    Signature,
    /// It has no end.
    Endless,
    /// It is for somebody else.
    Audience,
    /// It is by somebody else.
    Issuer,
    /// It has ended.
    Expired,
    /// It has not begun.
    Early,
    /// It was given to nobody.
    Nobody,
    /// It is for another session.
    OtherSession,
    /// Another session has used it.
    Replayed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Malformed => "it is no JSON Web Token",
            Refusal::Unsigned => "it is not signed",
            Refusal::Extension => "it wants an extension that is not known",
            Refusal::UnknownKey => "no key of its kind and name is there",
            Refusal::Signature => "its signature is wrong",
            Refusal::Endless => "it has no end (claim exp)",
            Refusal::Audience => "it is for another audience (claim aud)",
            Refusal::Issuer => "it is by another issuer (claim iss)",
            Refusal::Expired => "it has expired",
            Refusal::Early => "it is not valid yet",
            Refusal::Nobody => "it is given to nobody (claim sub)",
            Refusal::OtherSession => "it is for another session",
            Refusal::Replayed => "another session has used it",
        })
    }
}

impl core::error::Error for Refusal {}
