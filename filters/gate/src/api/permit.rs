//! Whether a tool may be called: a grant can only narrow what the policy allows.

use serde_json::Value;

use super::ledger::Ledger;
use crate::flow::Flow;
use crate::policy::{ToolDecision, ToolRuling};

/// The row that is named where a session's grant is not for the tool.
const GRANT: &str = "grant";

impl Ledger {
    /// Whether there is anything to say about tool calls.
    pub(super) fn guards_tools(&self) -> bool {
        self.policy.guards_tools() || self.grant.as_ref().is_some_and(|scope| scope.tools.is_some())
    }

    /// Decides a call with these arguments.
    pub(super) fn rule_call(&self, flow: &Flow, arguments: &Value) -> ToolRuling {
        self.beyond_grant(flow).unwrap_or_else(|| self.policy.rule_call(flow, arguments))
    }

    /// Decides a call of this tool whatever its arguments are, where they do not matter.
    pub(super) fn rule_tool(&self, flow: &Flow) -> Option<ToolRuling> {
        self.beyond_grant(flow).or_else(|| self.policy.rule_tool(flow))
    }

    fn beyond_grant(&self, flow: &Flow) -> Option<ToolRuling> {
        let scope = self.grant.as_ref()?;
        scope.permits(flow).is_err().then(|| ToolRuling { decision: ToolDecision::Block, row: GRANT.into() })
    }
}
