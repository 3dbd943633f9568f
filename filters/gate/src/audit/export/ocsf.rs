//! Records as events of the Open Cybersecurity Schema Framework, version 1.8.

use serde_json::{Map, Value, json};
use tamis_engine::Confidence;

use crate::audit::{FindingDecided, Record, What, sentence, severity};
use crate::decision::Decision;
use crate::flow::Surface;

const SCHEMA: &str = "1.8.0";
/// Category and class of Data Security Finding.
const FINDINGS: u32 = 2;
const DATA_SECURITY_FINDING: u32 = 2006;

/// A finding as a Data Security Finding (2006); any other event as a Base Event, with what it says under `unmapped`.
#[must_use]
pub fn ocsf(record: &Record) -> Value {
    let mut event = base(record);
    match &record.event.what {
        What::Finding(finding) => self::finding(&mut event, record, finding),
        what => {
            merge(
                &mut event,
                json!({
                    "category_uid": 0, "class_uid": 0, "class_name": "Base Event",
                    "activity_id": 99, "activity_name": what.name(), "type_uid": 99,
                }),
            );
        }
    }
    event
}

/// What all events say.
fn base(record: &Record) -> Value {
    let context = &record.event.context;
    let (ids, flow) = (&context.ids, &context.flow);
    let members: Map<String, Value> = serde_json::from_slice(&record.line()).unwrap_or_default();
    let kept = |names: &[&str]| -> Map<String, Value> {
        names.iter().filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone()))).collect()
    };
    let mut event = json!({
        "time": record.event.time.as_millisecond(),
        "severity_id": severity(&record.event).ocsf(),
        "severity": severity(&record.event).ocsf_name(),
        "message": sentence(&record.event),
        "metadata": {
            "version": SCHEMA,
            "uid": format!("{}:{}", record.log, record.seq),
            "sequence": record.seq,
            "log_name": "tamis.audit",
            "log_version": "1",
            "profiles": ["security_control", "ai_operation", "trace"],
            "product": { "name": "Tamis", "vendor_name": "Tamis", "version": env!("CARGO_PKG_VERSION") },
        },
        "unmapped": kept(&["event", "hash", "labels", "parent_agent", "policy", "prev", "route", "source", "tags", "tool_call", "turn"]),
    });
    if let Some(session) = &ids.session {
        event["metadata"]["correlation_uid"] = json!(session);
        let role = match flow.surface {
            Some(Surface::Message) => 1,
            Some(Surface::Response | Surface::Reasoning) => 2,
            Some(Surface::ToolInput | Surface::ToolOutput) => 3,
            _ => 0,
        };
        event["message_context"] = json!({ "uid": session, "ai_role_id": role });
    }
    if let Some(model) = &flow.destination.model {
        event["ai_model"] = json!({ "name": model, "ai_provider": flow.destination.host.as_deref().unwrap_or("unknown") });
    }
    if let Some(trace) = &ids.trace {
        event["trace"] = json!({ "uid": trace });
        if let Some(span) = &ids.span {
            event["trace"]["span"] = json!({ "uid": span });
        }
    }
    if let Some(host) = &flow.destination.host {
        event["dst_endpoint"] = json!({ "hostname": host });
    }
    let agent = flow.agent.as_deref().or(ids.agent.as_ref().map(|id| id.as_str()));
    if let Some(agent) = agent {
        event["actor"] = json!({ "app_name": agent, "app_uid": ids.agent });
    }
    event
}

fn finding(event: &mut Value, record: &Record, finding: &FindingDecided) {
    let (action, disposition) = match finding.decision {
        Decision::Allow => (1, 1),
        Decision::Observe => (3, 15),
        Decision::Redact | Decision::Tokenize => (4, 11),
        Decision::Block => (2, 2),
    };
    let status = match (finding.decision, &finding.exception) {
        (Decision::Allow, Some(_)) => 3,
        (decision, _) if decision.passes() => 1,
        _ => 4,
    };
    let (confidence, score) = match finding.confidence {
        Confidence::Low => (1, 25),
        Confidence::Medium => (2, 50),
        Confidence::High => (3, 80),
        Confidence::Certain => (3, 100),
    };
    let class = finding.class.as_str();
    let category = match class.split('/').collect::<Vec<_>>().as_slice() {
        ["pii", "payment-card" | "bank-account", ..] => 3,
        ["pii", ..] => 1,
        _ => 6,
    };
    let mut occurrence = json!({ "start_line": finding.line, "column_number": finding.column });
    if let Some(members) = occurrence.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    merge(
        event,
        json!({
            "category_uid": FINDINGS, "class_uid": DATA_SECURITY_FINDING, "class_name": "Data Security Finding",
            "activity_id": 1, "activity_name": "Create", "type_uid": DATA_SECURITY_FINDING * 100 + 1,
            "action_id": action, "disposition_id": disposition, "status_id": status,
            "confidence_id": confidence, "confidence_score": score,
            "is_alert": !finding.decision.passes() || finding.exception.is_none() && finding.decision == Decision::Observe,
            "finding_info": {
                "uid": finding.fingerprint,
                "title": format!("{class}: {}", finding.rule),
                "types": [class],
                "created_time": record.event.time.as_millisecond(),
                "analytic": { "type_id": 1, "name": finding.rule, "uid": finding.rule },
            },
            "data_security": {
                "category_id": category,
                "classifier_details": { "name": "Tamis", "type": "rule", "uid": finding.rule },
                "data_lifecycle_state_id": if record.event.context.flow.surface == Some(Surface::Commit) { 1 } else { 2 },
                "detection_system_id": if record.event.context.flow.destination.host.is_some() { 2 } else { 11 },
                "discovery_details": [{ "count": 1, "type": class, "occurrences": [occurrence] }],
            },
        }),
    );
    if let Some(policy) = record.event.context.policy {
        event["data_security"]["policy"] = json!({ "uid": policy, "name": finding.row, "is_applied": finding.exception.is_none() });
    }
    if let Some(path) = &record.event.context.flow.path {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        event["file"] = json!({ "name": name, "path": path, "type_id": 1 });
    }
    if let Some(tool) = &record.event.context.flow.tool {
        event["resources"] = json!([{ "name": tool, "type": "tool" }]);
    }
}

fn merge(event: &mut Value, more: Value) {
    if let (Value::Object(event), Value::Object(more)) = (event, more) {
        event.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sample;

    #[test]
    fn a_finding_is_a_data_security_finding() {
        let record = sample::records().into_iter().find(|record| record.event.context.flow.surface == Some(Surface::ToolOutput)).unwrap();
        let event = ocsf(&record);
        for (pointer, value) in [
            ("/class_uid", json!(2006)),
            ("/type_uid", json!(200_601)),
            ("/category_uid", json!(2)),
            ("/action_id", json!(4)),
            ("/disposition_id", json!(11)),
            ("/confidence_id", json!(3)),
            ("/metadata/correlation_uid", json!("s-1")),
            ("/message_context/ai_role_id", json!(3)),
            ("/dst_endpoint/hostname", json!("api.example.com")),
            ("/data_security/category_id", json!(6)),
            ("/data_security/policy/name", json!("no-secrets-out")),
            ("/unmapped/tags/0", json!("LLM02:2026")),
        ] {
            assert_eq!(event.pointer(pointer), Some(&value), "{pointer}");
        }
    }

    #[test]
    fn every_event_has_what_the_schema_requires() {
        for record in sample::records() {
            let event = ocsf(&record);
            for member in ["activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid", "metadata"] {
                assert!(event.get(member).is_some_and(|value| !value.is_null()), "{member} of {}", record.event.what.name());
            }
            let uid = |member: &str| event[member].as_u64().unwrap();
            assert_eq!(uid("type_uid"), uid("class_uid") * 100 + uid("activity_id"));
            assert_eq!(uid("class_uid") / 1000, uid("category_uid"));
        }
    }
}
