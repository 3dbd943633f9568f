//! Bodies of model and tool APIs, made of what a fuzzer says, and what must hold for them.

use std::sync::LazyLock;

use tamis::api::{Api, Counts, Filter, Format, Kind, Limits, Message, Refusal};
use tamis::{Decision, Direction, Flow, Policy, Scanner, Settings};

use crate::text;

static FILTER: LazyLock<Filter> = LazyLock::new(|| {
    let limits = Limits { held: 4096, ..Limits::default() };
    Filter::new(Scanner::new(tamis::rules::builtin()), Policy::default().into(), Settings::default(), limits)
});

/// A token with a right checksum, made at run time.
fn key() -> String {
    ["ghp_x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa2JF1fs"].concat()
}

/// A body, and how it comes.
#[derive(Debug)]
struct Plan {
    kind: Kind,
    direction: Direction,
    body: Vec<u8>,
    /// Whether a key stands in it where it has to be found.
    holds_key: bool,
    sizes: Vec<usize>,
}

/// What came out.
#[derive(Debug, PartialEq)]
struct Outcome {
    out: Vec<u8>,
    refusal: Option<Refusal>,
    findings: [u64; 5],
    calls_refused: u64,
    limits: u64,
}

impl Plan {
    /// Five bytes say what the body is and how it is cut; the rest is what it says.
    fn new(input: &[u8]) -> Option<Self> {
        let (&[api, format, shape, size, other], rest) = input.split_first_chunk()?;
        let pick = |byte: u8, count: usize| usize::from(byte) % count;
        let kind = Kind { api: Api::ALL[pick(api, Api::ALL.len())], format: Format::ALL[pick(format, Format::ALL.len())] };
        let direction = Direction::ALL[pick(shape, 2)];
        let holds_key = shape & 2 != 0;
        let body = if holds_key { document(kind, direction, rest) } else { text(rest) };
        Some(Plan { kind, direction, body, holds_key, sizes: vec![1 + usize::from(size), 1 + usize::from(other)] })
    }

    fn run(&self, sizes: &[usize]) -> Outcome {
        let flow = Flow { direction: Some(self.direction), ..Flow::default() };
        let mut body = FILTER.body(Message { kind: self.kind, flow, ..Message::default() });
        let (mut out, mut rest) = (Vec::new(), self.body.as_slice());
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            body.push(chunk, &mut out);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        body.finish(&mut out);
        let Counts { findings, calls_refused, limits, .. } = body.counts();
        Outcome { out, refusal: body.refusal().cloned(), findings, calls_refused, limits }
    }

    /// Whether a body without a finding comes out byte for byte: what is held back of a stream of documents at its end comes in
    /// one of our own, and needless escapes are written out.
    fn stays(&self) -> bool {
        let escapes = self.body.windows(4).any(|bytes| bytes == b"\\u00");
        !escapes
            && (self.kind.api == Api::Unknown || !matches!(self.kind.format, Format::Events | Format::JsonLines))
            && self.kind.format != Format::Frames
    }
}

/// A document of the API that holds a key between words.
fn document(kind: Kind, direction: Direction, words: &[u8]) -> Vec<u8> {
    let words: String = words.iter().map(|byte| char::from(b"etaoin shrdlu,.\n"[usize::from(byte % 16)])).collect();
    let text = words.replace('\n', "\\n");
    let (before, after) = text.split_at(text.len() / 2 / 2);
    // No escape is cut in two.
    let (before, after) = before.strip_suffix('\\').map_or((before, after), |_| ("", text.as_str()));
    let said = format!("{before} {} {after}", key());
    let document = match (kind.api, direction) {
        (Api::Chat, Direction::Outbound) => format!(r#"{{"messages":[{{"role":"user","content":"{said}"}}]}}"#),
        (Api::Chat, _) => format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{said}"}},"message":{{"content":"{said}"}}}}]}}"#),
        (Api::Gemini, _) => format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{said}"}}]}}}}]}}"#),
        (Api::Ollama, _) => format!(r#"{{"message":{{"role":"assistant","content":"{said}"}},"done":false}}"#),
        (Api::Cohere, _) => format!(r#"{{"event_type":"text-generation","text":"{said}"}}"#),
        (Api::Bedrock, _) => format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{said}"}}}}"#),
        (Api::Mcp, _) => {
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"f","arguments":{{"a":"{said}"}}}}}}"#)
        }
        _ => format!(r#"{{"type":"x","system":"{said}","content":[{{"type":"text","text":"{said}"}}]}}"#),
    };
    match kind.format {
        Format::Events => format!("data: {document}\n\ndata: {document}\n\n").into_bytes(),
        Format::Frames => [frame(document.as_bytes()), frame(document.as_bytes())].concat(),
        Format::JsonLines => format!("{document}\n{document}\n").into_bytes(),
        _ => document.into_bytes(),
    }
}

/// A frame of Amazon's event stream, without headers.
fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = ((16 + payload.len()) as u32).to_be_bytes().to_vec();
    frame.extend([0; 4]);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

/// What must hold for the body that this input stands for.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some(plan) = Plan::new(input) else { return Ok(()) };
    let whole = plan.run(&[usize::MAX]);
    let cut = plan.run(&plan.sizes);
    let told = |what: &str| format!("{what}: {plan:?}\nwhole: {}\ncut: {}", whole.out.escape_ascii(), cut.out.escape_ascii());
    if cut != whole {
        return Err(told("where it is cut changes what comes out"));
    }
    let changes =
        [Decision::Redact, Decision::Tokenize, Decision::Block].iter().map(|decision| whole.findings[*decision as usize]).sum::<u64>();
    let quiet = changes + whole.calls_refused + whole.limits == 0 && whole.refusal.is_none();
    if quiet && plan.stays() && whole.out != plan.body {
        return Err(told("it changed, and nothing was found"));
    }
    if plan.holds_key && memchr::memmem::find(&whole.out, key().as_bytes()).is_some() {
        return Err(told("the key came through"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_all_kinds_hold() {
        let mut random = tamis_corpus::random::Rng::new(11);
        for _ in 0..20_000 {
            let input: Vec<u8> = (0..random.below(300)).map(|_| random.below(256) as u8).collect();
            check(&input).unwrap();
        }
    }
}
