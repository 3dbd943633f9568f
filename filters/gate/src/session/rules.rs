//! What a session may do before it is stopped.

use std::collections::BTreeMap;

/// When a session is refused or put in quarantine. The default asks for nothing.
///
/// ```
/// use tamis::session::SessionRules;
/// let rules = SessionRules { max_blocks: Some(3), ..SessionRules::default() };
/// assert!(!rules.id_required);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRules {
    /// What has no session id is refused.
    pub id_required: bool,
    /// What has no valid grant is refused, and so is a session whose grant has run out.
    pub grant_required: bool,
    /// As many blocked findings and tool calls are let pass; one more and the session is in quarantine.
    pub max_blocks: Option<u32>,
    /// By class (`secret`, `pii/email`; a class holds those below it), as many findings are let pass; one more and the
    /// session is in quarantine.
    pub max_findings: BTreeMap<String, u32>,
}
