//! What the headers of a request and a response say.

use tamis::api::{Head, Kind};
use tamis::session::{Id, Ids};
use tamis::{Direction, Flow};

use super::side::Way;
use crate::host;
use crate::settings::{Compressed, Settings};

/// Headers that say something about the bytes of a body that may change.
pub(super) const OF_BYTES: [&str; 5] = ["content-length", "content-md5", "digest", "content-digest", "repr-digest"];

/// Names and values, names in lower case.
pub(super) struct Headers(pub(super) Vec<(String, String)>);

impl Headers {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// All values of a header that may stand more than once.
    pub(super) fn all(&self, name: &str) -> String {
        let values: Vec<_> = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
        values.join(",")
    }

    /// Whether the connection becomes something else than HTTP.
    pub(super) fn upgrades(&self) -> bool {
        self.get(":method").eq_ignore_ascii_case("CONNECT") || self.has("upgrade")
    }

    /// Whether trailers may follow the body.
    pub(super) fn announce_trailers(&self) -> bool {
        self.has("trailer") || self.get("te").to_ascii_lowercase().contains("trailers")
    }

    /// Whether trailers may follow that nobody announced: not where the length is known, and not in HTTP/1, whose trailers
    /// Envoy drops unless told otherwise.
    pub(super) fn may_trail(&self, way: Way) -> bool {
        let framed = !self.has("content-length") && !self.has("transfer-encoding");
        let new = || host::property(&["request", "protocol"]).is_some_and(|protocol| !protocol.starts_with("HTTP/1"));
        framed && (way == Way::Response || new())
    }

    pub(super) fn kind(&self) -> Kind {
        Kind::of_request(&Head {
            method: self.get(":method"),
            path: self.get(":path"),
            host: self.get(":authority"),
            content_type: self.get("content-type"),
            mcp: ["mcp-session-id", "mcp-protocol-version", "mcp-method"].iter().any(|name| self.has(name)),
            anthropic: self.has("anthropic-version"),
        })
    }

    pub(super) fn ids(&self, settings: &Settings) -> Ids {
        let mut ids = Ids::from_headers(self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let own = settings.session_headers.iter().find_map(|name| Id::new(self.get(name)));
        ids.session = own.or(ids.session);
        ids
    }

    /// Where the request goes.
    pub(super) fn flow(&self, settings: &Settings, decision: &str) -> Flow {
        let mut flow = Flow { direction: Some(Direction::Outbound), ..Flow::default() };
        let host = self.get(":authority");
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
        flow.destination.host = (!name.is_empty()).then(|| name.to_ascii_lowercase());
        flow.labels.extend(settings.labels.iter().cloned());
        if settings.asks_for_route {
            let cluster = host::property(&["xds", "cluster_name"]);
            flow.labels.extend(cluster.as_ref().map(|cluster| format!("cluster={cluster}")));
            flow.destination.route = host::property(&["xds", "route_name"]).or(cluster);
        }
        flow.labels.insert(format!("decision={decision}"));
        flow
    }
}

impl Compressed {
    /// What the upstream is told in `accept-encoding`.
    pub(super) fn accepted(self, asked: &str) -> String {
        if self != Compressed::Decode {
            return "identity".to_owned();
        }
        let known = |name: &&str| matches!(name.split(';').next().unwrap_or_default().trim(), "gzip" | "deflate" | "br" | "identity");
        let kept: Vec<_> = asked.split(',').map(str::trim).filter(known).collect();
        if kept.is_empty() { "identity".to_owned() } else { kept.join(", ") }
    }
}
