//! How an exchange ends: counts for the statistics, words for the access log.

use std::mem;

use tamis::audit::{Event, What};
use tamis::{Decision, Name};

use super::Exchange;
use super::side::Side;
use crate::host::{self, LogLevel};
use crate::plugin::Plugin;
use crate::sessions;

impl Exchange {
    /// The exchange is over, whole or not.
    pub(super) fn conclude(&mut self) {
        let Some(plugin) = self.plugin.clone() else { return };
        if mem::replace(&mut self.concluded, true) {
            return;
        }
        let hardest = self.hardest();
        if let Some(request) = &self.request {
            self.ids = request.body.ids().clone();
        }
        for mut side in [self.request.take(), self.response.take()].into_iter().flatten() {
            if !side.ended {
                plugin.metrics.add(&format!("{}.broken_off", side.way.as_str()), 1);
            }
            side.end();
            side.out.clear();
            self.note(&plugin, &mut side);
            if !side.sealed.is_empty() {
                plugin.outbox.borrow_mut().put_back(mem::take(&mut side.sealed));
            }
            let counts = side.body.counts();
            let way = side.way.as_str();
            plugin.metrics.pass(side.way.traffic(), counts.received);
            if counts.held > 0 {
                plugin.metrics.record(&format!("{way}.holdback"), counts.held);
            }
            plugin.metrics.add("limits", counts.limits);
            plugin.metrics.add("restored", counts.restored);
            if let (Some(before), Some(after)) = (&side.charged, side.body.session()) {
                sessions::charge(before, after);
            }
        }
        if let Some(refusal) = &self.answered {
            plugin.metrics.add(&format!("blocked.{}", refusal.as_str()), 1);
            host::log(LogLevel::Warn, &format!("tamis: blocked, decision {}: {refusal}", self.decision));
        }
        self.tell_log(hardest);
    }

    /// Counts what happened, and records it without waiting.
    pub(super) fn note(&mut self, plugin: &Plugin, side: &mut Side) {
        side.events.extend(side.body.drain());
        let events = mem::take(&mut side.events);
        self.count(plugin, &events);
        if plugin.settings.collector.is_some() {
            plugin.outbox.borrow_mut().add(&events);
        }
    }
}

impl Exchange {
    /// Counts what is in the events.
    pub(super) fn count(&mut self, plugin: &Plugin, events: &[Event]) {
        for event in events {
            match &event.what {
                What::Finding(finding) => {
                    plugin.metrics.found(finding.class.as_str(), finding.decision, 1);
                    let counted = self.classes.entry(finding.class.clone()).or_default();
                    *counted = counted.saturating_add(1);
                }
                What::ToolCall(call) => plugin.metrics.add(&format!("tool_calls.{}", call.decision.as_str()), 1),
                _ => {}
            }
        }
    }

    /// Leaves for the access log what was decided, in words that hold nothing of what was found.
    fn tell_log(&self, hardest: Decision) {
        host::tell("tamis_decision", self.decision.as_str());
        if hardest > Decision::Allow {
            host::tell("tamis_action", hardest.as_str());
        }
        let classes: Vec<_> = self.classes.iter().map(|(class, count): (&Name, &u64)| format!("{class}={count}")).collect();
        if !classes.is_empty() {
            host::tell("tamis_classes", &classes.join(","));
        }
        if let Some(refusal) = &self.answered {
            host::tell("tamis_reason", refusal.as_str());
        }
        if let Some(session) = &self.ids.session {
            host::tell("tamis_session", session.as_str());
        }
    }
}
