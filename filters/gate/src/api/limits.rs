//! What one body may cost.

/// How much of a body is held at once, and how deep it is read. Memory is bounded by these, whatever flows through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a body. A longer one is blocked, whatever the policy says. None: any length.
    pub body: Option<u64>,
    /// Most bytes of an event, or of a document that is decided as a whole: a tool call, a JSON-RPC message. A longer one
    /// is read as it flows.
    pub held: usize,
    /// Deepest objects and arrays whose texts are told apart.
    pub depth: usize,
    /// Most texts that flow side by side in one stream of events: choices, tool calls, output items.
    pub channels: usize,
}

impl Default for Limits {
    /// 1 MiB held, 128 levels, 16 texts side by side, bodies of any length.
    fn default() -> Self {
        Limits { body: None, held: 1 << 20, depth: 128, channels: 16 }
    }
}
