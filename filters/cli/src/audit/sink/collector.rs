//! A collector as a sink: events as JSON Lines in the body of a POST request.

use std::env;
use std::time::Duration;

use super::Wire;

/// Holds what authorises us, as it must not stand on the command line.
const TOKEN: &str = "TAMIS_AUDIT_TOKEN";

/// Requests to one address.
pub(super) struct Post {
    agent: ureq::Agent,
    url: String,
    content: &'static str,
    token: Option<String>,
}

impl Post {
    pub(super) fn new(url: String, content: &'static str, timeout: Duration) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(timeout)).build().into();
        let token = env::var(TOKEN).ok().filter(|token| !token.is_empty());
        Post { agent, url, content, token }
    }

    /// Sends a body; any answer of success means that it was stored.
    pub(super) fn send(&mut self, body: &[u8]) -> Result<(), String> {
        let mut request = self.agent.post(&self.url).content_type(self.content);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        match request.send(body) {
            Ok(_) => Ok(()),
            Err(ureq::Error::StatusCode(code)) => Err(format!("the collector answers {code}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Lines as they are.
pub(super) struct Lines(pub(super) Post);

impl Wire for Lines {
    fn send(&mut self, lines: &[u8]) -> Result<(), String> {
        self.0.send(lines)
    }
}
