//! Amazon Bedrock: Converse, whose documents are of one kind for all models, and what the models say themselves.

use super::{ALL, Delta, Plan, place};
use crate::api::doc::Doc;
use crate::flow::Surface;
use crate::name::Name;

pub(super) fn plan(doc: &Doc, bytes: &[u8]) -> Plan {
    let said = |path: &str| doc.value(path).is_some();
    let below = |name: &str| doc.objects.iter().any(|object| &*object.path == name);
    if below("choices") {
        super::chat(doc, bytes)
    } else if said("type") {
        super::anthropic(doc, bytes)
    } else if said("event_type") || said("is_finished") {
        super::cohere::plan(doc, bytes)
    } else {
        // Nova names each document, and puts it inside.
        let outer = ["contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"].into_iter().find(|name| below(name));
        converse(doc, bytes, outer)
    }
}

fn converse(doc: &Doc, bytes: &[u8], outer: Option<&str>) -> Plan {
    let mut plan = Plan::default();
    let inside = |path: &str| outer.map_or_else(|| path.to_owned(), |outer| format!("{outer}/{path}"));
    let block = doc.text(bytes, &inside("contentBlockIndex"));
    for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string) {
        let path = outer.and_then(|outer| value.path.strip_prefix(outer)?.strip_prefix('/')).unwrap_or(&value.path);
        let (what, surface) = match path {
            "delta/text" => ("text", Surface::Response),
            "delta/toolUse/input" => ("arguments", Surface::ToolInput),
            "delta/reasoningContent/text" => ("reasoning", Surface::Reasoning),
            // What Titan, Llama, Mistral and older models of Anthropic stream.
            "outputText" | "generation" | "completion" | "outputs/0/text" => ("text", Surface::Response),
            "start/toolUse/name" => {
                let name = doc.text(bytes, &value.path);
                plan.tools.extend(name.map(|name| (format!("{}/", block.as_deref().unwrap_or_default()), Name::new(&name))));
                continue;
            }
            "stopReason" | "stop_reason" | "completionReason" | "outputs/0/stop_reason" => {
                plan.ends.push(ALL.to_owned());
                continue;
            }
            _ => continue,
        };
        let key = format!("{}/{what}", block.as_deref().unwrap_or_default());
        plan.deltas.push(Delta { value: i, key, place: place(surface, value), logprobs: None });
    }
    let goes_on = ["delta", "start"].iter().any(|name| doc.objects.iter().any(|object| *object.path == *inside(name)));
    if let Some(block) = block.filter(|_| !goes_on) {
        plan.ends.push(format!("{block}/"));
    }
    plan
}
