//! `tamis policy explain`

use std::io::{self, Read, Write};

use serde::Deserialize;
use tamis::policy::{Answer, Arguments, Explanation, Miss, Outcome, RowReason};
use tamis::{Author, Confidence, Facts, Fingerprint, Flow, Lifetime, Policy, Rule, Timestamp, Verdict};

use super::print;
use crate::args::ExplainArgs;
use crate::color::{Color, Palette};
use crate::failure::{Exit, Failure, complain, one_line};
use crate::jsonl;
use crate::judge::{file, flow, label};
use crate::setup;

/// Runs the command.
pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let policy = file(args.file.policy(), &args.file.exceptions)?.policy();
    let scanner = setup::scanner(&args.pack)?;
    let mut stream = Flow { path: args.path.clone(), ..flow(&args.flow) };
    if let Some(arguments) = &args.arguments {
        let Arguments(arguments) = json(arguments, "arguments")?;
        return show(args, &stream, &policy, &policy.explain_call(&stream, &arguments));
    }
    let given = Given::new(args)?;
    if stream.path.is_none() {
        stream.path.clone_from(&given.path);
    }
    if given.commit.is_some() {
        let (by, agent) = given.origin.as_ref().map_or((None, None), |origin| (Some(origin.by), origin.agent.as_deref()));
        label(&mut stream, by, agent, given.in_head);
    }
    let facts = given.facts(scanner.rules())?;
    let explanation = policy.explain(&stream, &facts, Timestamp::now());
    if let (Some(then), Answer::Finding(ruling)) = (&given.row, &explanation.answer)
        && **then != *ruling.row
    {
        complain(format_args!("row {} decided when this was found: give the flags of that run, such as --surface commit", one_line(then)));
    }
    show(args, &stream, &policy, &explanation)
}

/// A finding as a report tells it, or as flags do. What else a report says is of no use here.
#[derive(Deserialize)]
struct Given {
    rule: Option<String>,
    class: Option<String>,
    confidence: Option<Confidence>,
    verdict: Option<Verdict>,
    #[serde(skip)]
    lifetime: Option<Lifetime>,
    path: Option<String>,
    fingerprint: Option<String>,
    commit: Option<String>,
    in_head: Option<bool>,
    origin: Option<Origin>,
    /// The row that decided then.
    row: Option<String>,
}

/// Who wrote it, as far as a policy asks.
#[derive(Deserialize)]
struct Origin {
    by: Author,
    agent: Option<String>,
}

impl Given {
    fn new(args: &ExplainArgs) -> Result<Self, Failure> {
        let mut given = match &args.finding {
            Some(finding) => json(finding, "finding")?,
            None => Given {
                rule: args.rule.clone(),
                class: args.class.clone(),
                confidence: None,
                verdict: None,
                lifetime: None,
                path: None,
                fingerprint: None,
                commit: None,
                in_head: None,
                origin: None,
                row: None,
            },
        };
        // A flag says more than the report.
        given.confidence = args.confidence.or(given.confidence);
        given.verdict = args.verdict.or(given.verdict);
        given.lifetime = args.lifetime;
        given.fingerprint = args.fingerprint.clone().or(given.fingerprint);
        Ok(given)
    }

    fn facts<'a>(&'a self, rules: &'a [Rule]) -> Result<Facts<'a>, Failure> {
        let rule = match &self.rule {
            None if self.class.is_none() => {
                let remedy = "give --rule, --class, --finding, or --tool with --arguments";
                return Err(Failure::new("bad command line", "nothing to explain", remedy));
            }
            None => None,
            // A class makes up for a rule that is not known here.
            Some(id) => match rules.iter().find(|rule| rule.id == *id) {
                None if self.class.is_none() => return Err(Failure::new("no such rule", id, "see `tamis rules list`")),
                found => found,
            },
        };
        let fingerprint = self.fingerprint.as_deref().map(str::parse::<Fingerprint>).transpose();
        let bad =
            |_| Failure::new("bad fingerprint", "--fingerprint", "it has 32 hexadecimal digits, as `tamis scan --format jsonl` shows it");
        Ok(Facts {
            rule: self.rule.as_deref().unwrap_or_default(),
            class: self.class.as_deref().or(rule.map(|rule| rule.class.as_str())).unwrap_or_default(),
            confidence: self.confidence.unwrap_or(Confidence::High),
            verdict: self.verdict.unwrap_or(Verdict::Abstain),
            lifetime: self.lifetime.or(rule.map(Lifetime::of)).unwrap_or(Lifetime::Unknown),
            fingerprint: fingerprint.map_err(bad)?,
        })
    }
}

/// Reads a JSON text from an argument, or from standard input. Its text is not repeated: it may hold what must not show.
fn json<T: for<'de> Deserialize<'de>>(text: &str, what: &str) -> Result<T, Failure> {
    let mut input = String::new();
    let text = if text == "-" {
        io::stdin().read_to_string(&mut input).map_err(|error| Failure::file("cannot read", "standard input".as_ref(), &error))?;
        input.lines().next().filter(|_| what == "finding").unwrap_or(&input)
    } else {
        text
    };
    serde_json::from_str(text).map_err(|error| {
        let place = format!("--{what}, line {}, column {}", error.line(), error.column());
        Failure::new(format_args!("bad {what}"), place, "it is no such JSON object")
    })
}

fn show(args: &ExplainArgs, flow: &Flow, policy: &Policy, explanation: &Explanation<'_>) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = if args.format.is_human() { human(&mut out, flow, policy, explanation) } else { jsonl::line(&mut out, explanation) };
    print(&out)?;
    Ok(Exit::Clean)
}

fn human(out: &mut Vec<u8>, flow: &Flow, policy: &Policy, explanation: &Explanation<'_>) -> io::Result<()> {
    let palette = Palette::for_stdout(Color::Auto);
    let (bold, faint) = (palette.place, palette.faint);
    let (decision, row) = match &explanation.answer {
        Answer::Finding(ruling) => (ruling.decision, &ruling.row),
        Answer::Call(ruling) => (ruling.decision.decision(), &ruling.row),
    };
    let lifted =
        explanation.exceptions.iter().find(|_| matches!(&explanation.answer, Answer::Finding(ruling) if ruling.exception.is_some()));
    let by = lifted.map_or_else(|| format!("row {row}"), |exception| format!("exception {} to row {row}", exception.id));
    writeln!(out, "{bold}{}{bold:#} by {by}", decision.as_str())?;
    writeln!(out, "{faint}policy {}{faint:#}", policy.digest().short())?;
    if !explanation.profiles.is_empty() {
        writeln!(out, "{faint}profiles {}{faint:#}", explanation.profiles.join(", "))?;
    } else if !flow.labels.is_empty() {
        writeln!(out, "{faint}no profile is chosen by these labels{faint:#}")?;
    }
    writeln!(out)?;
    let width = explanation.rows.iter().map(|row| row.id.chars().count()).max().unwrap_or_default();
    for row in &explanation.rows {
        reason(out, &palette, row, width)?;
    }
    for exception in &explanation.exceptions {
        let state = exception.state.as_str();
        writeln!(out, "\nexception {}: {state} {faint}{}{faint:#}", exception.id, one_line(&exception.place.to_string()))?;
    }
    Ok(())
}

fn reason(out: &mut Vec<u8>, palette: &Palette, row: &RowReason<'_>, width: usize) -> io::Result<()> {
    let (bold, faint) = (palette.place, palette.faint);
    let place = row.place.map_or_else(|| "built in".to_owned(), |place| one_line(&place.to_string()));
    let decision = row.decision.as_str();
    match row.outcome {
        Outcome::Decides => {
            writeln!(out, "{bold}→ {:width$}  {decision:8}  decides{bold:#}  {faint}{place}{faint:#}", row.id)?;
            if let Some(note) = row.note {
                writeln!(out, "  {:width$}  {faint}{}{faint:#}", "", one_line(note))?;
            }
        }
        Outcome::TooLate => writeln!(out, "  {:width$}  {decision:8}  would match too  {faint}{place}{faint:#}", row.id)?,
        Outcome::OtherProfile => writeln!(out, "{faint}  {:width$}  {decision:8}  its profile is not chosen  {place}{faint:#}", row.id)?,
        Outcome::DoesNotMatch => {
            let why: Vec<String> = row.misses.iter().map(miss).collect();
            writeln!(out, "  {:width$}  {decision:8}  {}  {faint}{place}{faint:#}", row.id, why.join("; "))?;
        }
    }
    Ok(())
}

fn miss(miss: &Miss) -> String {
    let Miss { key, wanted, actual } = miss;
    match actual {
        _ if key.starts_with("argument ") => one_line(&format!("{key} is not as wanted: {wanted}")),
        Some(actual) => one_line(&format!("{key} is {actual}, not {wanted}")),
        None => one_line(&format!("{key} is not known, {wanted} is wanted")),
    }
}
