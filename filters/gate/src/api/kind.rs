//! Which API a message belongs to, and the shape of its body.

use super::charset;

/// The API that a message belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Api {
    /// OpenAI chat completions and the older completions, spoken by many servers.
    Chat,
    /// OpenAI responses.
    Responses,
    /// Anthropic messages.
    Anthropic,
    /// Gemini `generateContent` and `streamGenerateContent`.
    Gemini,
    /// Ollama's `/api/chat` and `/api/generate`.
    Ollama,
    /// Cohere's chat, both versions.
    Cohere,
    /// Amazon Bedrock: Converse, and models that are invoked in their own words.
    Bedrock,
    /// The Model Context Protocol: JSON-RPC over HTTP, or a line each over pipes.
    Mcp,
    /// Any other.
    #[default]
    Unknown,
}

impl Api {
    /// All APIs.
    pub const ALL: [Api; 9] =
        [Api::Chat, Api::Responses, Api::Anthropic, Api::Gemini, Api::Ollama, Api::Cohere, Api::Bedrock, Api::Mcp, Api::Unknown];

    /// The word used in settings, metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Api::Chat => "openai-chat",
            Api::Responses => "openai-responses",
            Api::Anthropic => "anthropic",
            Api::Gemini => "gemini",
            Api::Ollama => "ollama",
            Api::Cohere => "cohere",
            Api::Bedrock => "bedrock",
            Api::Mcp => "mcp",
            Api::Unknown => "unknown",
        }
    }
}

/// The shape of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON document.
    Json,
    /// A JSON document a line.
    JsonLines,
    /// Server-sent events.
    Events,
    /// Amazon's binary event stream.
    Frames,
    /// Multipart, as browsers and SDKs upload files.
    Multipart,
    /// A form: `application/x-www-form-urlencoded`.
    Form,
    /// Text.
    Text,
    /// Pictures, sound, archives: bytes that are read as they are.
    Binary,
    /// Text in characters that cannot be read, such as UTF-16.
    Unreadable,
    /// Nobody says. The first bytes tell.
    #[default]
    Unknown,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 10] = [
        Format::Json,
        Format::JsonLines,
        Format::Events,
        Format::Frames,
        Format::Multipart,
        Format::Form,
        Format::Text,
        Format::Binary,
        Format::Unreadable,
        Format::Unknown,
    ];

    /// The word used in metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::JsonLines => "json-lines",
            Format::Events => "events",
            Format::Frames => "frames",
            Format::Multipart => "multipart",
            Format::Form => "form",
            Format::Text => "text",
            Format::Binary => "binary",
            Format::Unreadable => "unreadable",
            Format::Unknown => "unknown",
        }
    }

    /// What a `content-type` says.
    ///
    /// ```
    /// use tamis::api::Format;
    /// assert_eq!(Format::of("text/event-stream; charset=utf-8"), Format::Events);
    /// assert_eq!(Format::of("application/problem+json"), Format::Json);
    /// assert_eq!(Format::of("application/json; charset=utf-16"), Format::Unreadable);
    /// assert_eq!(Format::of(""), Format::Unknown);
    /// ```
    #[must_use]
    pub fn of(content_type: &str) -> Format {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let binary = ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind));
        match media.as_str() {
            _ if binary => Format::Binary,
            _ if !charset::is_read(content_type) => Format::Unreadable,
            "application/json" | "text/json" => Format::Json,
            "application/jsonl" | "application/x-ndjson" | "application/ndjson" | "application/jsonlines" | "application/x-jsonlines" => {
                Format::JsonLines
            }
            // Cohere's name for lines.
            "application/stream+json" => Format::JsonLines,
            "text/event-stream" => Format::Events,
            "application/vnd.amazon.eventstream" => Format::Frames,
            "application/x-www-form-urlencoded" => Format::Form,
            "application/xml" | "application/javascript" | "application/graphql" | "application/yaml" | "application/toml" => Format::Text,
            media if media.ends_with("+json") => Format::Json,
            media if media.ends_with("+xml") => Format::Text,
            media if media.starts_with("multipart/") => Format::Multipart,
            media if media.starts_with("text/") => Format::Text,
            // Many clients send bytes of any shape under this name, or none.
            _ => Format::Unknown,
        }
    }
}

/// What is known of a request before its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// `POST`
    pub method: &'a str,
    /// Path, with or without its query.
    pub path: &'a str,
    /// Host, with or without its port.
    pub host: &'a str,
    /// `content-type`; empty where there is none.
    pub content_type: &'a str,
    /// Whether there is a header that only MCP has: `mcp-session-id`, `mcp-protocol-version`, `mcp-method`.
    pub mcp: bool,
    /// Whether there is the header `anthropic-version`.
    pub anthropic: bool,
}

/// The API and the shape of one body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The API.
    pub api: Api,
    /// The shape.
    pub format: Format,
}

impl Kind {
    /// The kind of a request's body.
    ///
    /// The path decides: servers of all makers speak the same few APIs under the same last words.
    ///
    /// ```
    /// use tamis::api::{Api, Format, Head, Kind};
    /// let head = Head { method: "POST", path: "/v1/chat/completions?x=1", content_type: "application/json", ..Head::default() };
    /// assert_eq!(Kind::of_request(&head), Kind { api: Api::Chat, format: Format::Json });
    /// ```
    #[must_use]
    pub fn of_request(head: &Head<'_>) -> Kind {
        let api = api(head);
        let format = match Format::of(head.content_type) {
            // These APIs take nothing else, and their servers do not insist on the header.
            Format::Unknown | Format::Text if api != Api::Unknown => Format::Json,
            format => format,
        };
        Kind { api, format }
    }

    /// The kind of the response to a request of this kind.
    ///
    /// ```
    /// use tamis::api::{Api, Format, Kind};
    /// let request = Kind { api: Api::Chat, format: Format::Json };
    /// assert_eq!(request.of_response("text/event-stream").format, Format::Events);
    /// ```
    #[must_use]
    pub fn of_response(self, content_type: &str) -> Kind {
        match (self.api, Format::of(content_type)) {
            (Api::Unknown, Format::Frames) => Kind { api: Api::Bedrock, format: Format::Frames },
            // They stream lines unless told otherwise, and a proxy may lose the header.
            (Api::Ollama | Api::Cohere, Format::Unknown) => Kind { api: self.api, format: Format::JsonLines },
            (api, format) => Kind { api, format },
        }
    }
}

/// How the paths of Bedrock end.
const BEDROCK: [&str; 4] = ["converse", "converse-stream", "invoke", "invoke-with-response-stream"];

fn api(head: &Head<'_>) -> Api {
    let path = head.path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let ends = |last: &str| path.strip_suffix(last).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let verb = path.rsplit_once(':').map(|(_, verb)| verb);
    if ends("completions") {
        Api::Chat
    } else if ends("messages") && (head.anthropic || ends("v1/messages")) || ends("messages/count_tokens") {
        Api::Anthropic
    } else if ends("responses") || path.contains("/v1/responses/") || ends("responses/compact") {
        Api::Responses
    } else if matches!(verb, Some("generateContent" | "streamGenerateContent" | "countTokens")) {
        Api::Gemini
    } else if matches!(verb, Some("rawPredict" | "streamRawPredict")) && path.contains("/anthropic/") {
        Api::Anthropic
    } else if ends("api/chat") || ends("api/generate") {
        Api::Ollama
    } else if ends("v1/chat") || ends("v2/chat") || ends("v1/generate") {
        Api::Cohere
    } else if path.contains("/model/") && BEDROCK.iter().any(|last| ends(last)) {
        Api::Bedrock
    } else if head.mcp || ends("mcp") || ends("sse") && head.host.contains("mcp") {
        Api::Mcp
    } else {
        Api::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_apis() {
        for (path, expected) in [
            ("/v1/chat/completions", Api::Chat),
            ("/openai/deployments/x/chat/completions?api-version=2024", Api::Chat),
            ("/v1/completions", Api::Chat),
            ("/v1/responses", Api::Responses),
            ("/v1/responses/resp_1?stream=true", Api::Responses),
            ("/openai/v1/responses/", Api::Responses),
            ("/v1/messages?beta=true", Api::Anthropic),
            ("/v1/messages/count_tokens", Api::Anthropic),
            ("/v1/projects/p/publishers/anthropic/models/claude:streamRawPredict", Api::Anthropic),
            ("/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse", Api::Gemini),
            ("/api/chat", Api::Ollama),
            ("/ollama/api/generate", Api::Ollama),
            ("/v2/chat", Api::Cohere),
            ("/model/us.anthropic.claude-x%3A0/converse-stream", Api::Bedrock),
            ("/model/meta.llama/invoke", Api::Bedrock),
            ("/converse", Api::Unknown),
            ("/mcp", Api::Mcp),
            ("/api/mcp/", Api::Mcp),
            ("/v1/threads/t/messages", Api::Unknown),
            ("/notmcp", Api::Unknown),
            ("/", Api::Unknown),
        ] {
            assert_eq!(api(&Head { path, ..Head::default() }), expected, "{path}");
        }
        assert_eq!(api(&Head { path: "/gateway/messages", anthropic: true, ..Head::default() }), Api::Anthropic);
        assert_eq!(api(&Head { path: "/any", mcp: true, ..Head::default() }), Api::Mcp);
    }

    #[test]
    fn an_api_that_is_known_takes_json() {
        let head = |content_type| Head { path: "/v1/responses", content_type, ..Head::default() };
        assert_eq!(Kind::of_request(&head("")).format, Format::Json);
        assert_eq!(Kind::of_request(&head("text/plain")).format, Format::Json);
        assert_eq!(Kind::of_request(&head("multipart/form-data; boundary=x")).format, Format::Multipart);
    }
}
