//! Which entries of the public frameworks an event is about.

use std::borrow::Cow;

use super::event::Event;
use super::what::{FindingDecided, What};
use crate::decision::Decision;
use crate::flow::{Flow, Surface};

/// An entry of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its id, as events carry it. Lists that change from year to year are named with the year.
    pub id: &'static str,
    /// The framework.
    pub framework: &'static str,
    /// Its title there.
    pub title: &'static str,
}

/// What the tag stands for.
///
/// ```
/// assert_eq!(tamis::audit::control("LLM02:2026").unwrap().title, "Sensitive Information Disclosure");
/// assert_eq!(tamis::audit::control("LLM99:2026"), None);
/// ```
#[must_use]
pub fn control(tag: &str) -> Option<&'static Control> {
    CONTROLS.iter().find(|control| control.id == tag)
}

/// All entries that events are tagged with.
pub const CONTROLS: &[Control] = &[
    of_list("LLM02:2026", LLM, "Sensitive Information Disclosure"),
    of_list("LLM03:2026", LLM, "Excessive Agency"),
    of_list("LLM08:2026", LLM, "Hidden Context Exposure"),
    of_list("ASI02", ASI, "Tool Misuse & Exploitation"),
    of_list("ASI03", ASI, "Identity & Privilege Abuse"),
    of_list("ASI09", ASI, "Human-Agent Trust Exploitation"),
    of_list("ASI10", ASI, "Rogue Agents"),
    of_list("T8", "OWASP Agentic Threats and Mitigations", "Repudiation & Untraceability"),
    of_list("NHI2:2025", "OWASP Non-Human Identities Top 10", "Secret Leakage"),
    of_list("DSGAI01", DSGAI, "Sensitive Data Leakage"),
    of_list("DSGAI02", DSGAI, "Agent Identity & Credential Exposure"),
    of_list("DSGAI06", DSGAI, "Tool, Plugin & Agent Data Exchange Risks"),
    of_list("DSGAI14", DSGAI, "Excessive Telemetry & Monitoring Leakage"),
    of_list("DSGAI15", DSGAI, "Over-Broad Context Windows & Prompt Over-Sharing"),
    of_list("AISVS-C5", "OWASP AISVS 1.0", "Access Control & Identity"),
    of_list("AISVS-C12", "OWASP AISVS 1.0", "Monitoring, Logging & Anomaly Detection"),
    of_list("CWE-200", CWE, "Exposure of Sensitive Information to an Unauthorized Actor"),
    of_list("CWE-359", CWE, "Exposure of Private Personal Information to an Unauthorized Actor"),
    of_list("CWE-532", CWE, "Insertion of Sensitive Information into Log File"),
    of_list("CWE-798", CWE, "Use of Hard-coded Credentials"),
    of_list("AML.T0053", ATLAS, "AI Agent Tool Invocation"),
    of_list("AML.T0055", ATLAS, "Unsecured Credentials"),
    of_list("AML.T0057", ATLAS, "LLM Data Leakage"),
    of_list("AML.T0083", ATLAS, "Credentials from AI Agent Configuration"),
    of_list("AML.T0086", ATLAS, "Exfiltration via AI Agent Tool Invocation"),
    of_list("AML.T0098", ATLAS, "AI Agent Tool Credential Harvesting"),
    of_list("AI-RMF-GOVERN-1.4", RMF, "Risk management through transparent policies, procedures and controls"),
    of_list("AI-RMF-MEASURE-2.7", RMF, "Security and resilience are evaluated"),
    of_list("AI-RMF-MEASURE-2.10", RMF, "Privacy risk is examined"),
    of_list("AI-RMF-MANAGE-2.4", RMF, "Mechanisms to disengage or deactivate systems"),
    of_list("AI-RMF-MANAGE-4.1", RMF, "Monitoring after deployment"),
    of_list("MAESTRO-L2", MAESTRO, "Data Operations"),
    of_list("MAESTRO-L3", MAESTRO, "Agent Frameworks"),
    of_list("MAESTRO-L5", MAESTRO, "Evaluation & Observability"),
    of_list("MAESTRO-L6", MAESTRO, "Security & Compliance"),
];

const LLM: &str = "OWASP Top 10 for LLM Applications";
const ASI: &str = "OWASP Top 10 for Agentic Applications";
const DSGAI: &str = "OWASP GenAI Data Security";
const CWE: &str = "CWE";
const ATLAS: &str = "MITRE ATLAS";
const RMF: &str = "NIST AI RMF 1.0";
const MAESTRO: &str = "CSA MAESTRO";

const fn of_list(id: &'static str, framework: &'static str, title: &'static str) -> Control {
    Control { id, framework, title }
}

/// The tags of an event, by what it is, what was found and where.
pub(super) fn of(event: &Event) -> Vec<Cow<'static, str>> {
    let flow = &event.context.flow;
    let tags: &[&'static str] = match &event.what {
        What::Finding(finding) => finding_tags(finding, flow),
        What::ToolCall(call) if call.decision == Decision::Block => {
            &["ASI02", "LLM03:2026", "AML.T0053", "AI-RMF-MEASURE-2.7", "MAESTRO-L3"]
        }
        What::GrantRefused(_) => &["ASI03", "AISVS-C5", "AI-RMF-MEASURE-2.7", "MAESTRO-L6"],
        What::SessionQuarantined(_) => &["ASI10", "AI-RMF-MANAGE-2.4", "MAESTRO-L6"],
        What::SessionRefused(_) => &["T8", "AISVS-C12", "AI-RMF-MANAGE-2.4", "MAESTRO-L6"],
        What::SinkFailed(_) | What::LogRepaired(_) => &["T8", "AISVS-C12", "AI-RMF-MANAGE-4.1", "MAESTRO-L5"],
        What::ExceptionUsed(_) | What::ExceptionRefused(_) | What::PolicyLoaded(_) => &["AI-RMF-GOVERN-1.4"],
        What::Restored(_) | What::RestoreRefused(_) => &["LLM02:2026", "MAESTRO-L2"],
        _ => &[],
    };
    tags.iter().map(|tag| Cow::Borrowed(*tag)).collect()
}

fn finding_tags(finding: &FindingDecided, flow: &Flow) -> &'static [&'static str] {
    let class = finding.class.as_str();
    match (class.split('/').next().unwrap_or_default(), flow.surface) {
        ("secret", Some(Surface::SystemPrompt)) => {
            &["LLM02:2026", "LLM08:2026", "NHI2:2025", "DSGAI02", "AML.T0055", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"]
        }
        ("secret", Some(Surface::ToolInput)) => {
            &["LLM02:2026", "ASI02", "ASI03", "NHI2:2025", "DSGAI06", "AML.T0086", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L3"]
        }
        ("secret", Some(Surface::ToolOutput)) if configures_an_agent(flow.path.as_deref()) => {
            &["LLM02:2026", "NHI2:2025", "DSGAI02", "AML.T0083", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L3"]
        }
        ("secret", Some(Surface::ToolOutput)) => {
            &["LLM02:2026", "NHI2:2025", "DSGAI02", "AML.T0098", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L3"]
        }
        ("secret", Some(Surface::Response)) => {
            &["LLM02:2026", "NHI2:2025", "DSGAI02", "AML.T0057", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"]
        }
        ("secret", Some(Surface::Log)) => &["NHI2:2025", "DSGAI14", "AML.T0055", "CWE-532", "AI-RMF-MEASURE-2.7", "MAESTRO-L5"],
        ("secret", Some(Surface::Commit)) if flow.agent.is_some() => {
            &["NHI2:2025", "ASI09", "AML.T0055", "CWE-798", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"]
        }
        ("secret", Some(Surface::Commit)) => &["NHI2:2025", "AML.T0055", "CWE-798", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"],
        ("secret", _) => &["LLM02:2026", "NHI2:2025", "DSGAI02", "AML.T0055", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"],
        ("pii", Some(Surface::Log)) => &["DSGAI14", "CWE-359", "CWE-532", "AI-RMF-MEASURE-2.10", "MAESTRO-L5"],
        ("pii", Some(Surface::Commit)) => &["DSGAI01", "CWE-359", "AI-RMF-MEASURE-2.10", "MAESTRO-L2"],
        ("pii", Some(Surface::ToolInput)) => &["LLM02:2026", "DSGAI01", "DSGAI06", "CWE-359", "AI-RMF-MEASURE-2.10", "MAESTRO-L3"],
        ("pii", _) => &["LLM02:2026", "DSGAI01", "DSGAI15", "CWE-359", "AI-RMF-MEASURE-2.10", "MAESTRO-L2"],
        _ => &["LLM02:2026", "DSGAI01", "CWE-200", "AI-RMF-MEASURE-2.7", "MAESTRO-L2"],
    }
}

/// Whether the file tells an agent what to do or how to reach its tools.
fn configures_an_agent(path: Option<&str>) -> bool {
    const FOLDERS: [&str; 6] = [".claude", ".codex", ".cursor", ".gemini", ".copilot", ".vscode"];
    const FILES: [&str; 6] = ["mcp.json", ".mcp.json", "claude_desktop_config.json", "CLAUDE.md", "AGENTS.md", "GEMINI.md"];
    let mut parts = path.unwrap_or_default().split(['/', '\\']);
    let file = parts.next_back().unwrap_or_default();
    FILES.contains(&file) || parts.any(|part| FOLDERS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sample;

    #[test]
    fn every_tag_is_known_and_no_entry_is_idle() {
        let mut used: Vec<String> = sample::all().iter().flat_map(of).map(Cow::into_owned).collect();
        used.sort();
        used.dedup();
        for tag in &used {
            assert!(control(tag).is_some(), "{tag}");
        }
        let idle: Vec<&str> = CONTROLS.iter().map(|control| control.id).filter(|id| !used.iter().any(|tag| tag == id)).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }

    #[test]
    fn files_that_configure_agents_are_known_by_name_or_folder() {
        for (path, configures) in [
            ("/home/a/.codex/config.toml", true),
            (".mcp.json", true),
            ("C:\\a\\.claude\\settings.json", true),
            ("src/claude/main.rs", false),
            ("", false),
        ] {
            assert_eq!(configures_an_agent(Some(path)), configures, "{path}");
        }
    }
}
