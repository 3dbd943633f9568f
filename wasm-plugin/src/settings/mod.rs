//! The plugin's configuration: a policy as JSON, and the section `gateway` beside the policy's own.

mod section;
mod structure;
mod written;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tamis::api::Limits;
use tamis::grant::GrantKeys;
use tamis::policy::AuditSettings;
use tamis::session::{Act, Id};
use tamis::token::TokenKeys;
use tamis::{FingerprintKey, Flow, Mode, Policy, PolicyFile, Rule, Selection, Threshold, Timestamp};

pub(crate) use written::Compressed;
use written::Written;

/// What errors call the configuration.
const NAME: &str = "configuration.json";
/// The header that holds a session's grant unless told otherwise.
const GRANT_HEADER: &str = "x-tamis-grant";
/// Whom grants must be for unless told otherwise.
const AUDIENCE: &str = "tamis";
/// How long the collector may take unless told otherwise.
const DEADLINE: u32 = 2000;

/// Everything that holds for all requests.
pub(crate) struct Settings {
    pub(crate) policy: Arc<Policy>,
    pub(crate) findings: tamis::Settings,
    pub(crate) keys: Option<TokenKeys>,
    pub(crate) tenant: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) limits: Limits,
    /// Most bytes of a request that are held until all of it is decided.
    pub(crate) hold: usize,
    /// Whether a request that is longer than what is held is refused; otherwise it flows from there on.
    pub(crate) hold_all: bool,
    /// Whether headers wait for the decision, too. Hosts have to be told that they may.
    pub(crate) hold_headers: bool,
    pub(crate) compressed: Compressed,
    pub(crate) session_headers: Vec<String>,
    /// What operators decided on sessions, in the order of its time.
    pub(crate) acts: Vec<(Id, Act)>,
    pub(crate) grants: Option<Grants>,
    pub(crate) collector: Option<Collector>,
    /// Whether anybody asks by which route a request goes, and when: each question to the host costs.
    pub(crate) asks_for_route: bool,
    pub(crate) asks_for_time: bool,
    /// Nothing passes that the collector has not acknowledged.
    pub(crate) required: bool,
}

/// What verifies the grants of sessions.
pub(crate) struct Grants {
    pub(crate) keys: GrantKeys,
    /// The header that holds them.
    pub(crate) header: String,
    pub(crate) audience: String,
    pub(crate) issuer: Option<String>,
}

/// Where events go.
pub(crate) struct Collector {
    pub(crate) cluster: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) deadline: Duration,
}

impl Settings {
    /// Reads a configuration, JSON or the bytes of a protobuf `Struct`; nothing at all is the default policy.
    ///
    /// The error is one line, with line and column where it has a place.
    pub(crate) fn load(bytes: &[u8], rules: &[Rule], now: Timestamp) -> Result<Self, String> {
        let text = match structure::json(bytes) {
            Some(json) => Cow::Owned(json),
            None => {
                let text = str::from_utf8(bytes).map_err(|error| format!("{NAME}: not UTF-8 text at byte {}", error.valid_up_to()))?;
                Cow::Borrowed(text)
            }
        };
        let (policy, written) = section::split(NAME, &text)?;
        let file = PolicyFile::load(NAME, &policy).map_err(|all| all.first().map(ToString::to_string).unwrap_or_default())?;
        if let Some(wrong) = file.check(rules, now).into_iter().find(|found| found.level == tamis::Level::Error) {
            return Err(wrong.to_string());
        }
        Settings::new(Arc::new(file.policy()), written).map_err(|why| format!("{NAME}: {why}"))
    }

    fn new(policy: Arc<Policy>, written: Written) -> Result<Self, String> {
        let mut flow = Flow::default();
        flow.labels.extend(written.labels.iter().cloned());
        let settings = policy.settings(&flow);
        let findings = findings(&written)?;
        let keys =
            written.token_keys.map(|keys| TokenKeys::parse(&keys.join("\n")).map_err(|error| format!("gateway.token_keys: {error}")));
        let collector = written.collector.map(|collector| collector.resolve(&settings.audit)).transpose()?;
        let required = settings.audit.required.unwrap_or(false);
        if required && collector.is_none() {
            return Err("gateway.collector: audit.required is set, and there is nowhere to record: name a cluster".to_owned());
        }
        if keys.is_none() && policy.tokenizes(&flow) {
            return Err("gateway.token_keys: the policy tokenizes, and there is no key".to_owned());
        }
        let grants = written.grants.map(written::Grants::resolve).transpose()?;
        if settings.session.grant_required && grants.is_none() {
            return Err("gateway.grants: session.grant_required is set, and there are no keys to verify grants with".to_owned());
        }
        let acts = acts(written.sessions)?;
        Ok(Settings {
            asks_for_route: collector.is_some() || policy.asks_for_route(),
            asks_for_time: collector.is_some() || grants.is_some() || !acts.is_empty() || policy.asks_for_time(),
            acts,
            policy,
            findings,
            keys: keys.transpose()?,
            tenant: written.tenant.or(settings.tokens.tenant),
            labels: written.labels,
            limits: Limits { body: written.body_limit, held: written.document_limit, ..Limits::default() },
            hold: written.hold,
            hold_all: written.over_hold == written::OverHold::Block,
            hold_headers: written.hold_headers,
            compressed: written.compressed,
            grants,
            session_headers: written.session_headers.into_iter().map(|name| name.to_ascii_lowercase()).collect(),
            collector,
            required,
        })
    }
}

fn acts(written: Vec<written::SessionAct>) -> Result<Vec<(Id, Act)>, String> {
    let mut acts = Vec::new();
    for written::SessionAct { id, done, at, by, reason } in written {
        if by.as_str().is_empty() || reason.as_str().is_empty() {
            return Err(format!("gateway.sessions: {id}: an act needs `by` and `reason`"));
        }
        acts.push((id, Act { at, done, by, reason }));
    }
    acts.sort_by_key(|(_, act)| act.at);
    Ok(acts)
}

fn findings(written: &Written) -> Result<tamis::Settings, String> {
    let key = match &written.fingerprint_key {
        None => FingerprintKey::default(),
        Some(key) => FingerprintKey::new(key.as_bytes()).map_err(|error| format!("gateway.fingerprint_key: {error}"))?,
    };
    let mode = Mode::ALL.into_iter().find(|mode| *mode != Mode::Tokenize && mode.as_str() == written.replacement);
    let mode = mode.ok_or_else(|| format!("gateway.replacement: `{}` is none of label, mask, hash, remove", written.replacement))?;
    let levels = [tamis::Confidence::Low, tamis::Confidence::Medium, tamis::Confidence::High, tamis::Confidence::Certain];
    let least = levels.into_iter().find(|level| level.as_str() == written.min_confidence);
    let least =
        least.ok_or_else(|| format!("gateway.min_confidence: `{}` is none of low, medium, high, certain", written.min_confidence))?;
    Ok(tamis::Settings { selection: Selection::new(Threshold(least)), mode, key, ..tamis::Settings::default() })
}

impl written::Grants {
    fn resolve(self) -> Result<Grants, String> {
        let keys = GrantKeys::parse(self.keys.as_bytes()).map_err(|error| format!("gateway.grants.keys: {error}"))?;
        Ok(Grants {
            keys,
            header: self.header.unwrap_or_else(|| GRANT_HEADER.to_owned()).to_ascii_lowercase(),
            audience: self.audience.unwrap_or_else(|| AUDIENCE.to_owned()),
            issuer: self.issuer,
        })
    }
}

impl written::Collector {
    fn resolve(self, audit: &AuditSettings) -> Result<Collector, String> {
        if self.cluster.is_empty() {
            return Err("gateway.collector.cluster: it has no name".to_owned());
        }
        let deadline = self.timeout_ms.or(audit.deadline_ms).unwrap_or(DEADLINE);
        Ok(Collector {
            authority: self.authority.unwrap_or_else(|| self.cluster.clone()),
            path: self.path.unwrap_or_else(|| "/".to_owned()),
            authorization: self.token.map(|token| format!("Bearer {token}")),
            deadline: Duration::from_millis(deadline.into()),
            cluster: self.cluster,
        })
    }
}
