//! Calls that flow: read on their way, and refused before they are whole.
//!
//! Cohere and Bedrock have no place in a stream where a note could stand for a call. No client makes a call that has not
//! ended, so its parts may go on; one that may not be made ends the response before its own end.

use super::{Call, Calls};
use crate::api::dialect::Plan;
use crate::api::doc::Doc;
use crate::api::ledger::Ledger;
use crate::api::text::decode;
use crate::limit::Limit;

/// A call whose arguments are on their way.
#[derive(Debug)]
pub(super) struct Flowing {
    /// How the keys of its texts start.
    prefix: String,
    tool: String,
    arguments: Vec<u8>,
}

impl Calls {
    /// Reads on in the calls that flow.
    pub(in crate::api) fn follow(&mut self, plan: &Plan, doc: &Doc, unit: &[u8], ledger: &mut Ledger) {
        if !self.ends_responses() {
            return;
        }
        // The provider makes these itself.
        if doc.text(unit, "content_block/type").is_none_or(|kind| kind == "tool_use") {
            let named = plan.tools.iter().map(|(prefix, tool)| (prefix.clone(), tool.to_string()));
            self.flowing.extend(named.map(|(prefix, tool)| Flowing { prefix, tool, arguments: Vec::new() }));
        }
        for delta in &plan.deltas {
            let arguments = ["arguments", "input", "partial_json"].iter().any(|last| delta.key.ends_with(last));
            if let Some(call) = self.flowing.iter_mut().find(|call| arguments && delta.key.starts_with(&call.prefix)) {
                call.arguments.extend_from_slice(&decode(&unit[doc.values[delta.value].span.clone()]));
            }
        }
        if self.flowing.iter().map(|call| call.arguments.len()).sum::<usize>() > self.most {
            ledger.limit(Limit::HeldLength, self.offset);
            self.flowing.clear();
        }
        let ended = |call: &mut Flowing| plan.ends.iter().any(|end| call.prefix.starts_with(end.as_str()));
        for Flowing { tool, arguments, .. } in self.flowing.extract_if(.., ended).collect::<Vec<_>>() {
            self.refuses(&Call::of_text(tool, &String::from_utf8_lossy(&arguments)), "", ledger);
        }
    }
}
