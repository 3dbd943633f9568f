//! Lines that look like source code, its comments and its neighbours, made of a small vocabulary.

use tamis_corpus::random::Rng;

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "account", "active", "adapter", "address", "archive", "array", "async", "batch", "block", "bucket", "buffer", "build", "cache",
    "callback", "channel", "child", "clone", "closed", "cluster", "collect", "column", "command", "commit", "compile", "config",
    "connection", "context", "count", "current", "cursor", "decode", "default", "delete", "descriptor", "device", "directory",
    "display", "driver", "element", "encode", "endpoint", "engine", "entry", "error", "event", "execute", "expected", "extension",
    "factory", "field", "filter", "format", "frame", "function", "handler", "header", "height", "history", "identifier", "index",
    "input", "insert", "instance", "interface", "internal", "invalid", "iterator", "kernel", "layer", "length", "limit", "listener",
    "local", "manager", "mapping", "member", "memory", "merge", "message", "method", "metric", "module", "network", "node",
    "object", "offset", "option", "order", "output", "package", "parent", "parse", "path", "pending", "pointer", "pool", "position",
    "prefix", "process", "profile", "project", "protocol", "provider", "queue", "range", "reader", "record", "reference", "region",
    "register", "release", "remote", "render", "request", "resource", "response", "result", "retry", "schedule", "schema",
    "segment", "selector", "sequence", "server", "service", "session", "signal", "single", "socket", "source", "state", "static",
    "status", "stream", "string", "struct", "symbol", "table", "target", "template", "thread", "timeout", "trace", "transaction",
    "transform", "tree", "unicode", "update", "value", "variable", "vector", "version", "visible", "widget", "window", "worker",
    "wrapper", "writer",
];
#[rustfmt::skip]
const SMALL: &[&str] = &[
    "a", "and", "as", "be", "by", "for", "from", "if", "in", "is", "it", "not", "of", "on", "or", "that", "the", "to", "when",
    "with",
];

/// A line of code or of a comment, without its end.
pub(crate) fn line(rng: &mut Rng) -> String {
    let indent = "    ".repeat(rng.below(4));
    let body = match rng.below(20) {
        0 => return String::new(),
        1 | 2 => format!("// {}", sentence(rng)),
        3 => format!("# {}", sentence(rng)),
        4 => format!("use crate::{}::{{{}, {}}};", word(rng), camel(rng), camel(rng)),
        5 => format!("from {}.{} import {}", word(rng), snake(rng), camel(rng)),
        6 => format!("pub fn {}(&self, {}: &{}) -> Result<{}, {}> {{", snake(rng), word(rng), camel(rng), camel(rng), camel(rng)),
        7 => format!("if ({} == NULL || {}->{} > {}) {{", word(rng), word(rng), snake(rng), rng.below(4096)),
        8 => format!("return {}.{}({}, {}[{}])", word(rng), camel(rng), word(rng), snake(rng), rng.below(64)),
        9 => format!("const {} = await {}.{}({{ {}: '{}', {} }});", word(rng), word(rng), camel(rng), word(rng), word(rng), word(rng)),
        10 => format!("#define {}_{} 0x{:04x}", snake(rng).to_uppercase(), word(rng).to_uppercase(), rng.below(65_536)),
        11 => format!("\"{}\": {{\"{}\": {}, \"{}\": \"{}\"}},", word(rng), snake(rng), rng.below(100_000), word(rng), sentence(rng)),
        12 => format!("assert_eq!({}({}), {});", snake(rng), rng.below(1000), rng.below(1000)),
        13 => "}".to_owned(),
        14 => format!("raise {}Error(f\"{} {{{}}}\")", camel(rng), sentence(rng), word(rng)),
        15 => format!("<div class=\"{}-{}\" id=\"{}\">{}</div>", word(rng), word(rng), word(rng), sentence(rng)),
        16 => rare(rng),
        _ => format!("let {} = {}.{}({});", snake(rng), word(rng), snake(rng), word(rng)),
    };
    indent + &body
}

/// What scanners must look at twice: links, versions, ids of commits and objects.
fn rare(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => format!("// See https://docs.{}.org/{}/{}-{}.html#{}", word(rng), word(rng), word(rng), word(rng), snake(rng)),
        1 => format!("{} = \"{}.{}.{}\"", word(rng), rng.below(20), rng.below(40), rng.below(10)),
        2 => format!("revision: {}", rng.text(b"0123456789abcdef", 40)),
        3 => format!("id: {}", uuid(rng)),
        _ => format!("integer {} = {};", snake(rng), rng.next_u64() >> 24),
    }
}

/// A few words in a row.
pub(crate) fn sentence(rng: &mut Rng) -> String {
    let count = rng.between(3, 10);
    let words: Vec<&str> = (0..count).map(|at| if at % 2 == 0 { *rng.pick::<&str>(SMALL) } else { word(rng) }).collect();
    words.join(" ")
}

pub(crate) fn word(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(WORDS)
}

/// `one_or_more_words`
pub(crate) fn snake(rng: &mut Rng) -> String {
    let count = rng.between(1, 3);
    let words: Vec<&str> = (0..count).map(|_| word(rng)).collect();
    words.join("_")
}

/// `OneOrMoreWords`
fn camel(rng: &mut Rng) -> String {
    let count = rng.between(1, 3);
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    (0..count).map(|_| capital(word(rng))).collect()
}

pub(crate) fn uuid(rng: &mut Rng) -> String {
    let parts: Vec<String> = [8, 4, 4, 4, 12].iter().map(|length| rng.text(b"0123456789abcdef", *length)).collect();
    parts.join("-")
}
