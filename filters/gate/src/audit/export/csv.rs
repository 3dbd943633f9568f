//! Records as rows of a table.

use crate::audit::{Record, What};

/// Names of the columns, with a line end.
pub const CSV_HEADER: &str = "log,seq,time,event,session,turn,agent,agent_name,parent_agent,tool_call,source,surface,direction,host,route,\
model,tool,path,policy,labels,class,rule,confidence,verdict,decision,row,exception,fingerprint,bytes,reason,tags,hash\n";

/// The record as a row, with a line end, by RFC 4180. A cell that a spreadsheet would take for a formula starts with `'`.
#[must_use]
pub fn csv(record: &Record) -> String {
    row(record, |cell| if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell })
}

/// The same for a database, where nothing is a formula.
#[must_use]
pub fn csv_plain(record: &Record) -> String {
    row(record, |cell| cell)
}

fn row(record: &Record, guard: impl Fn(String) -> String) -> String {
    let mut row = cells(record).map(|cell| quoted(&guard(cell))).join(",");
    row.push('\n');
    row
}

/// The record's cells, in the order of [`CSV_HEADER`]; what is not known is empty.
#[must_use]
pub fn cells(record: &Record) -> [String; 32] {
    let context = &record.event.context;
    let (ids, flow) = (&context.ids, &context.flow);
    let detail = Detail::of(&record.event.what);
    let id = |id: &Option<crate::session::Id>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let labels: Vec<&str> = flow.labels.iter().map(String::as_str).collect();
    [
        record.log.to_string(),
        record.seq.to_string(),
        record.event.time.to_string(),
        record.event.what.name().to_owned(),
        id(&ids.session),
        id(&ids.turn),
        id(&ids.agent),
        text(&flow.agent),
        id(&ids.parent_agent),
        id(&ids.tool_call),
        ids.source.map(|source| source.as_str().to_owned()).unwrap_or_default(),
        flow.surface.map(|surface| surface.as_str().to_owned()).unwrap_or_default(),
        flow.direction.map(|direction| direction.as_str().to_owned()).unwrap_or_default(),
        text(&flow.destination.host),
        text(&flow.destination.route),
        text(&flow.destination.model),
        text(&flow.tool),
        text(&flow.path),
        context.policy.map(|policy| policy.to_string()).unwrap_or_default(),
        labels.join(" "),
        detail.class,
        detail.rule,
        detail.confidence,
        detail.verdict,
        detail.decision,
        detail.row,
        detail.exception,
        detail.fingerprint,
        detail.bytes,
        detail.reason,
        record.tags.join(" "),
        record.hash.to_string(),
    ]
}

/// What differs from event to event.
#[derive(Default)]
struct Detail {
    class: String,
    rule: String,
    confidence: String,
    verdict: String,
    decision: String,
    row: String,
    exception: String,
    fingerprint: String,
    bytes: String,
    reason: String,
}

impl Detail {
    fn of(what: &What) -> Self {
        let optional = |name: &Option<crate::Name>| name.as_ref().map(ToString::to_string).unwrap_or_default();
        let reason = |text: &crate::Name| Detail { reason: text.to_string(), ..Detail::default() };
        match what {
            What::Finding(f) => Detail {
                class: f.class.to_string(),
                rule: f.rule.to_string(),
                confidence: f.confidence.as_str().to_owned(),
                verdict: f.verdict.as_str().to_owned(),
                decision: f.decision.as_str().to_owned(),
                row: optional(&f.row),
                exception: optional(&f.exception),
                fingerprint: f.fingerprint.to_string(),
                bytes: (f.end - f.start).to_string(),
                ..Detail::default()
            },
            What::ToolCall(call) => Detail {
                decision: call.decision.as_str().to_owned(),
                row: optional(&call.row),
                reason: optional(&call.reason),
                ..Detail::default()
            },
            What::Inspected(read) => {
                Detail { decision: read.decision.as_str().to_owned(), bytes: read.bytes.to_string(), ..Detail::default() }
            }
            What::ExceptionUsed(used) => Detail {
                rule: used.rule.to_string(),
                exception: used.exception.to_string(),
                fingerprint: used.fingerprint.to_string(),
                ..Detail::default()
            },
            What::ExceptionRefused(refused) => Detail {
                exception: refused.exception.to_string(),
                fingerprint: refused.fingerprint.map(|print| print.to_string()).unwrap_or_default(),
                reason: refused.why.to_string(),
                ..Detail::default()
            },
            What::Restored(restored) => {
                Detail { fingerprint: restored.fingerprint.to_string(), row: optional(&restored.row), ..Detail::default() }
            }
            What::RestoreRefused(refused) => Detail { row: optional(&refused.row), reason: refused.why.to_string(), ..Detail::default() },
            What::SessionQuarantined(quarantined) => reason(&quarantined.reason),
            What::SessionReleased(released) => reason(&released.reason),
            What::SessionRefused(refused) => reason(&refused.reason),
            What::GrantRefused(refused) => reason(&refused.why),
            What::SinkFailed(failed) => reason(&failed.why),
            _ => Detail::default(),
        }
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sample;

    #[test]
    fn every_row_has_all_columns() {
        let columns = CSV_HEADER.split(',').count();
        for record in sample::records() {
            let row = csv(&record);
            let mut quotes = false;
            let commas = row.chars().filter(|c| {
                quotes ^= *c == '"';
                *c == ',' && !quotes
            });
            assert_eq!(commas.count() + 1, columns, "{row}");
            assert!(row.ends_with('\n') && row.matches('\n').count() == 1, "{row}");
        }
    }

    #[test]
    fn cells_are_quoted() {
        for (cell, expected) in [("a", "a"), ("a,b", "\"a,b\""), ("\"a\"", "\"\"\"a\"\"\""), ("", "")] {
            assert_eq!(quoted(cell), expected);
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        let mut record = sample::records().remove(0);
        let mut context = sample::context(crate::Surface::Log);
        context.flow.path = Some("=1+1".to_owned());
        record.event.context = std::sync::Arc::new(context);
        assert!(csv(&record).contains(",'=1+1,") && csv_plain(&record).contains(",=1+1,"));
    }
}
