//! What a grant says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scope::Scope;
use super::verify::Refusal;
use crate::name::Name;
use crate::session::Id;

/// What a grant of one's own says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Its id, another one for each.
    pub id: String,
    /// The agent it is given to.
    pub subject: String,
    /// When it was made.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The session it is for. Without one, it belongs to the first session that uses it.
    pub session: Option<Id>,
    /// Who is to take it: `tamis`, unless installations are told apart.
    pub audience: String,
    /// What it is for.
    pub scope: Scope,
}

/// A grant that was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its id.
    pub id: Name,
    /// Who issued it, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Name>,
    /// The agent it was given to.
    pub subject: Name,
    /// When it ends.
    pub expires: Timestamp,
    /// The session it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Id>,
    /// What it is for.
    pub scope: Scope,
}

/// The claims of a JSON Web Token, as far as they matter here. Identity providers add others.
#[derive(Deserialize, Serialize)]
pub(super) struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iss: Option<String>,
    pub(super) sub: Option<String>,
    pub(super) aud: Option<Audience>,
    pub(super) exp: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iat: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<String>,
    /// The session that OpenID Connect names is a login; what counts here is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tamis: Option<WireScope>,
}

/// What a grant says besides, in a claim of our own.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct WireScope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) repositories: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) destinations: Option<Vec<String>>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    pub(super) fn holds(&self, audience: &str) -> bool {
        match self {
            Audience::One(one) => one == audience,
            Audience::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

impl From<&Claims> for Wire {
    fn from(claims: &Claims) -> Self {
        let Scope { repositories, tools, destinations } = claims.scope.clone();
        let seconds = |time: Timestamp| Some(time.as_second() as f64);
        Wire {
            iss: None,
            sub: Some(claims.subject.clone()),
            aud: Some(Audience::One(claims.audience.clone())),
            exp: seconds(claims.expires),
            nbf: None,
            iat: seconds(claims.issued),
            jti: Some(claims.id.clone()),
            tamis: Some(WireScope { session: claims.session.clone(), repositories, tools, destinations }),
        }
    }
}

/// The time of a claim: seconds, which may have a fraction.
pub(super) fn time(seconds: f64) -> Result<Timestamp, Refusal> {
    // The cast ends at the largest number there is, which no time reaches.
    Timestamp::from_second(seconds.floor() as i64).map_err(|_| Refusal::Malformed)
}
