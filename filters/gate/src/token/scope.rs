//! Where a token is valid.

use core::fmt;

/// Within a scope a value always gets the same token; in another one it gets another, and the first one's tokens do not
/// open. So a token that was carried from one session or tenant to another is of no use there.
///
/// ```
/// use tamis::token::Scope;
/// let scope = Scope::session("s-42").of_tenant("acme");
/// assert_ne!(scope, Scope::session("s-42"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    tenant: String,
    session: String,
}

impl Scope {
    /// Everywhere the key is.
    #[must_use]
    pub fn key() -> Self {
        Scope::default()
    }

    /// One session.
    #[must_use]
    pub fn session(id: &str) -> Self {
        Scope { tenant: String::new(), session: id.to_owned() }
    }

    /// All sessions of one tenant.
    #[must_use]
    pub fn tenant(id: &str) -> Self {
        Scope::default().of_tenant(id)
    }

    /// The same scope, within one tenant.
    #[must_use]
    pub fn of_tenant(self, id: &str) -> Self {
        Scope { tenant: id.to_owned(), ..self }
    }

    /// What is authenticated with each token.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [self.tenant.as_bytes(), self.session.as_bytes()]
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tenant.as_str(), self.session.as_str()) {
            ("", "") => f.write_str("key"),
            ("", session) => write!(f, "session {session}"),
            (tenant, "") => write!(f, "tenant {tenant}"),
            (tenant, session) => write!(f, "tenant {tenant}, session {session}"),
        }
    }
}
