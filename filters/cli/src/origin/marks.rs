//! What agents leave behind in the commits that they write.

/// E-mail addresses of agents.
const ADDRESSES: [(&str, &str); 11] = [
    ("noreply@anthropic.com", "Claude Code"),
    ("noreply@openai.com", "OpenAI Codex"),
    ("codex@openai.com", "OpenAI Codex"),
    ("copilot@github.com", "GitHub Copilot"),
    ("cursoragent@cursor.com", "Cursor"),
    ("aider@aider.chat", "aider"),
    ("noreply@aider.chat", "aider"),
    ("roomote@roocode.com", "Roo Code"),
    ("noreply@windsurf.com", "Windsurf"),
    ("noreply@codeium.com", "Windsurf"),
    ("devin@devin.ai", "Devin"),
];

/// Accounts of agents on GitHub: number, which never changes, and name, which can. 0 where the number is not known.
const ACCOUNTS: [(u32, &str, &str); 19] = [
    (209_825_114, "claude[bot]", "Claude Code"),
    (208_546_643, "claude-code-action[bot]", "Claude Code"),
    (215_619_710, "anthropic-claude[bot]", "Claude Code"),
    (215_057_067, "openai-codex[bot]", "OpenAI Codex"),
    (199_175_422, "chatgpt-codex-connector[bot]", "OpenAI Codex"),
    (198_982_749, "copilot", "GitHub Copilot"),
    (198_982_749, "copilot-swe-agent[bot]", "GitHub Copilot"),
    (223_556_219, "copilot", "GitHub Copilot"),
    (167_198_135, "copilot[bot]", "GitHub Copilot"),
    (206_951_365, "cursor[bot]", "Cursor"),
    (176_961_590, "gemini-code-assist[bot]", "Gemini"),
    (0, "google-labs-jules[bot]", "Jules"),
    (158_243_242, "devin-ai-integration[bot]", "Devin"),
    (208_079_219, "amazon-q-developer[bot]", "Amazon Q Developer"),
    (205_137_888, "cline[bot]", "Cline"),
    (230_936_708, "continue[bot]", "Continue"),
    (201_248_094, "sourcegraph-cody[bot]", "Cody"),
    (220_155_983, "jetbrains-ai[bot]", "JetBrains AI"),
    (0, "factory-droid[bot]", "Factory Droid"),
];

/// First parts of the names of branches that agents choose.
const BRANCHES: [(&str, &str); 5] =
    [("claude/", "Claude Code"), ("codex/", "OpenAI Codex"), ("copilot/", "GitHub Copilot"), ("cursor/", "Cursor"), ("devin/", "Devin")];

/// The agent with this e-mail address.
pub(super) fn by_email(email: &str) -> Option<&'static str> {
    let email = email.trim().to_ascii_lowercase();
    if let Some(account) = email.strip_suffix("@users.noreply.github.com") {
        let (number, name) = account.split_once('+').unwrap_or(("", account));
        let number: u32 = number.parse().unwrap_or(0);
        return ACCOUNTS.iter().find(|known| number != 0 && known.0 == number || is_account(known, name)).map(|known| known.2);
    }
    if email.ends_with("@devin.ai") {
        return Some("Devin");
    }
    ADDRESSES.iter().find(|known| known.0 == email).map(|known| known.1)
}

/// Of accounts without `[bot]`, the name alone is anybody's.
fn is_account(known: &(u32, &str, &str), name: &str) -> bool {
    known.1.ends_with("[bot]") && known.1 == name
}

/// The agent whose account has this name.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if name.ends_with(" (aider)") {
        return Some("aider");
    }
    let name = name.to_ascii_lowercase();
    ACCOUNTS.iter().find(|known| is_account(known, &name)).map(|known| known.2)
}

/// The agent that chose the name of this branch.
pub(super) fn by_branch(branch: &str) -> Option<&'static str> {
    BRANCHES.iter().find(|(start, _)| branch.starts_with(start)).map(|(_, agent)| *agent)
}

/// The model that stands in the name under which an agent signs, if it says more than the agent's own name.
pub(super) fn model(agent: &str, name: &str) -> Option<String> {
    let name = name.trim();
    if agent == "aider" {
        let model = name.strip_prefix("aider (")?.strip_suffix(')')?;
        return Some(model.to_owned());
    }
    let is_own = ["claude", "claude code", "codex", "openai codex", "copilot", "github copilot", "cursor", "cursor agent", "cursoragent"];
    let is_model = !name.is_empty() && !name.ends_with("[bot]") && !is_own.contains(&name.to_ascii_lowercase().as_str());
    // Only these sign with the name of a model.
    (is_model && ["Claude Code", "OpenAI Codex"].contains(&agent)).then(|| name.to_owned())
}

/// What a trailer tells.
pub(super) enum Told {
    /// The agent is known by the key alone.
    Agent(&'static str),
    /// The value names it.
    Named { agent: String, model: Option<String> },
    /// Some agent.
    Some,
}

/// Trailers that agents and what runs them write, by their keys. The second part says whether only agents write it.
pub(super) fn by_trailer(key: &str, value: &str) -> Option<(Told, bool)> {
    let key = key.to_ascii_lowercase();
    Some(match key.as_str() {
        "claude-session" => (Told::Agent("Claude Code"), true),
        "agent-logs-url" => (Told::Agent("GitHub Copilot"), true),
        "replit-commit-author" if ["agent", "assistant"].contains(&value.to_ascii_lowercase().as_str()) => (Told::Agent("Replit"), false),
        "replit-commit-session-id" => (Told::Agent("Replit"), false),
        "entire-agent" if !value.is_empty() => (Told::Named { agent: value.to_owned(), model: None }, false),
        _ if key.starts_with("entire-") || key == "agent-session" => (Told::Some, false),
        // `Assisted-by: AGENT:MODEL TOOL…`
        "assisted-by" if !value.is_empty() => {
            let first = value.split_whitespace().next().unwrap_or_default();
            let (agent, model) = first.split_once(':').map_or((value, None), |(agent, model)| (agent, Some(model.to_owned())));
            (Told::Named { agent: agent.to_owned(), model }, false)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_known_by_number_and_by_name() {
        for email in [
            "198982749+Copilot@users.noreply.github.com",
            "198982749+renamed@users.noreply.github.com",
            "1+Copilot-SWE-Agent[bot]@users.noreply.github.com",
            "Copilot@GitHub.com",
        ] {
            assert_eq!(by_email(email), Some("GitHub Copilot"), "{email}");
        }
        for email in ["copilot@users.noreply.github.com", "12+copilot@users.noreply.github.com", "noreply@github.com", "", "anthropic.com"]
        {
            assert_eq!(by_email(email), None, "{email}");
        }
    }

    #[test]
    fn every_entry_can_be_found() {
        for (number, name, agent) in ACCOUNTS {
            assert_eq!(by_email(&format!("{number}+{name}@users.noreply.github.com")), Some(agent), "{name}");
            assert_eq!(name, name.to_ascii_lowercase());
        }
        for (email, agent) in ADDRESSES {
            assert_eq!(by_email(&email.to_ascii_uppercase()), Some(agent));
        }
    }
}
