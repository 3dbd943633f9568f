//! Records as OpenTelemetry log records, with the attributes of its conventions for generative AI.

use serde_json::{Map, Value, json};

use crate::audit::{Record, severity};
use crate::flow::Surface;
use crate::session::Source;

/// The request body that an OTLP receiver takes at `/v1/logs`, in JSON.
#[must_use]
pub fn otlp_logs(records: &[Record]) -> Value {
    let resource = [attribute("service.name", json!("tamis")), attribute("service.version", json!(env!("CARGO_PKG_VERSION")))];
    let records: Vec<Value> = records.iter().map(otlp_record).collect();
    json!({ "resourceLogs": [{
        "resource": { "attributes": resource },
        "scopeLogs": [{ "scope": { "name": "tamis.audit", "version": "1" }, "logRecords": records }],
    }] })
}

/// One log record.
#[must_use]
pub fn otlp_record(record: &Record) -> Value {
    let nanos = record.event.time.as_nanosecond().to_string();
    let severity = severity(&record.event);
    let mut log = json!({
        "timeUnixNano": nanos,
        "observedTimeUnixNano": nanos,
        "severityNumber": severity.otel(),
        "severityText": severity.as_str().to_uppercase(),
        "eventName": format!("tamis.{}", record.event.what.name()),
        "body": { "stringValue": crate::audit::sentence(&record.event) },
        "attributes": attributes(record),
    });
    let ids = &record.event.context.ids;
    for (member, id, digits) in [("traceId", &ids.trace, 32), ("spanId", &ids.span, 16)] {
        // A receiver refuses the whole request where these are of any other length.
        if let Some(id) = id.as_ref().filter(|id| id.as_str().len() == digits && id.as_str().bytes().all(|b| b.is_ascii_hexdigit())) {
            log[member] = json!(id.as_str());
        }
    }
    log
}

/// The record's members under the names that the conventions give them; what they have no name for is under `tamis`.
fn attributes(record: &Record) -> Vec<Value> {
    let mut members: Map<String, Value> = serde_json::from_slice(&record.line()).unwrap_or_default();
    let mut attributes = Vec::new();
    let flow = &record.event.context.flow;
    let operation = match flow.surface {
        Some(Surface::ToolInput | Surface::ToolOutput) => Some("execute_tool"),
        Some(Surface::SystemPrompt | Surface::Message | Surface::Reasoning | Surface::Response) => Some("chat"),
        _ => None,
    };
    attributes.extend(operation.map(|operation| attribute("gen_ai.operation.name", json!(operation))));
    if let (Some(Source::Mcp), Some(session)) = (record.event.context.ids.source, members.get("session")) {
        attributes.push(attribute("mcp.session.id", session.clone()));
    }
    let event = members.remove("event");
    for skipped in ["time", "trace", "span"] {
        members.remove(skipped);
    }
    for (name, value) in members {
        let name = match name.as_str() {
            "session" => "gen_ai.conversation.id".to_owned(),
            "agent" => "gen_ai.agent.id".to_owned(),
            "agent_name" => "gen_ai.agent.name".to_owned(),
            "tool" => "gen_ai.tool.name".to_owned(),
            "tool_call" => "gen_ai.tool.call.id".to_owned(),
            "model" => "gen_ai.request.model".to_owned(),
            "host" => "server.address".to_owned(),
            other => format!("tamis.{other}"),
        };
        attributes.push(attribute(&name, value));
    }
    if let Some(details) = event.as_ref().and_then(Value::as_object).and_then(|event| event.values().next()).and_then(Value::as_object) {
        let kind = record.event.what.name().replace('-', "_");
        attributes.extend(details.iter().map(|(name, value)| attribute(&format!("tamis.{kind}.{name}"), value.clone())));
    }
    attributes
}

fn attribute(key: &str, value: Value) -> Value {
    json!({ "key": key, "value": any_value(value) })
}

/// A value as OTLP writes it: its type named, integers as text.
fn any_value(value: Value) -> Value {
    match value {
        Value::String(text) => json!({ "stringValue": text }),
        Value::Bool(bool) => json!({ "boolValue": bool }),
        Value::Number(number) => json!({ "intValue": number.to_string() }),
        Value::Array(values) => json!({ "arrayValue": { "values": values.into_iter().map(any_value).collect::<Vec<_>>() } }),
        Value::Object(members) => {
            let values: Vec<Value> = members.into_iter().map(|(key, value)| attribute(&key, value)).collect();
            json!({ "kvlistValue": { "values": values } })
        }
        Value::Null => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sample;

    #[test]
    fn a_log_record_has_the_names_of_the_conventions() {
        let record = sample::records().into_iter().find(|record| record.event.context.flow.surface == Some(Surface::ToolOutput)).unwrap();
        let log = otlp_record(&record);
        let attributes = log["attributes"].as_array().unwrap();
        let value = |key: &str| attributes.iter().find(|attribute| attribute["key"] == key).map(|attribute| &attribute["value"]).unwrap();
        assert_eq!(value("gen_ai.conversation.id")["stringValue"], "s-1");
        assert_eq!(value("gen_ai.operation.name")["stringValue"], "execute_tool");
        assert_eq!(value("gen_ai.tool.name")["stringValue"], "Bash");
        assert_eq!(value("gen_ai.tool.call.id")["stringValue"], "toolu_01");
        assert_eq!(value("gen_ai.agent.id")["stringValue"], "a-2");
        assert_eq!(value("gen_ai.request.model")["stringValue"], "m-1");
        assert_eq!(value("server.address")["stringValue"], "api.example.com");
        assert_eq!(value("tamis.finding.rule")["stringValue"], "github.pat-classic");
        assert_eq!(value("tamis.finding.start")["intValue"], "100");
        assert_eq!(value("tamis.tags")["arrayValue"]["values"][0]["stringValue"], "LLM02:2026");
        assert_eq!(log["traceId"], "0af7651916cd43dd8448eb211c80319c");
        assert_eq!((log["severityText"].as_str(), log["eventName"].as_str()), (Some("WARN"), Some("tamis.finding")));
    }

    #[test]
    fn a_request_holds_all_records() {
        let records = sample::records();
        let body = otlp_logs(&records);
        assert_eq!(body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().len(), records.len());
    }
}
