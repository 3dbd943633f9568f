//! Where bytes come from and where they go: what a policy can ask about a stream.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// Instructions that a model gets before the conversation.
    SystemPrompt,
    /// What a user or an agent says.
    Message,
    /// Arguments of a tool call.
    ToolInput,
    /// What a tool gave back.
    ToolOutput,
    /// What a model thinks aloud.
    Reasoning,
    /// What a model answers.
    Response,
    /// Logs, traces and transcripts.
    Log,
    /// Files and their history.
    Commit,
}

impl Surface {
    /// All surfaces.
    pub const ALL: [Surface; 8] = [
        Surface::SystemPrompt,
        Surface::Message,
        Surface::ToolInput,
        Surface::ToolOutput,
        Surface::Reasoning,
        Surface::Response,
        Surface::Log,
        Surface::Commit,
    ];

    /// The word used in files, flags and reports.
    ///
    /// ```
    /// assert_eq!(tamis::Surface::ToolOutput.as_str(), "tool-output");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Surface::SystemPrompt => "system-prompt",
            Surface::Message => "message",
            Surface::ToolInput => "tool-input",
            Surface::ToolOutput => "tool-output",
            Surface::Reasoning => "reasoning",
            Surface::Response => "response",
            Surface::Log => "log",
            Surface::Commit => "commit",
        }
    }
}

/// Which way the bytes go, seen from the agent and its machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards the destination: a prompt, a tool's arguments, a push.
    Outbound,
    /// Back from it: a response, a tool's output.
    Inbound,
}

impl Direction {
    /// Both directions.
    pub const ALL: [Direction; 2] = [Direction::Outbound, Direction::Inbound];

    /// The word used in files, flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Outbound => "outbound",
            Direction::Inbound => "inbound",
        }
    }
}

/// The far end of a stream, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Destination {
    /// Host name, without a port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The gateway's name for the way there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The model that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

impl Destination {
    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Destination::default()
    }
}

/// Everything that is known of a stream before its first byte. What is not known matches no condition of a policy.
///
/// ```
/// use tamis::{Destination, Direction, Flow, Surface};
///
/// let flow = Flow {
///     surface: Some(Surface::ToolOutput),
///     direction: Some(Direction::Outbound),
///     destination: Destination { host: Some("api.example.com".into()), ..Destination::default() },
///     tool: Some("Bash".into()),
///     ..Flow::default()
/// };
/// assert!(flow.labels.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flow {
    /// Where the text stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
    /// Which way it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Where it goes to, or comes back from.
    #[serde(skip_serializing_if = "Destination::is_unknown")]
    pub destination: Destination,
    /// The tool that is called, or that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The file or resource that is read, with `/` between its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The agent at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What the caller knows besides, as a word (`production`) or as `key=value` (`repository=acme/shop`). Labels choose
    /// a policy's profiles.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<String>,
}
