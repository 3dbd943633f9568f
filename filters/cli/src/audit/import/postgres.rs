//! SQL for `psql`: the table, and the events. Loading the same events again changes nothing.

use std::io::{self, Write};

use tamis::audit::csv_plain;

use crate::args::ChoiceArgs;
use crate::audit::files::Files;
use crate::failure::Failure;

const BEFORE: &str = "\
\\set ON_ERROR_STOP on
BEGIN;
CREATE TABLE IF NOT EXISTS tamis_events (
    log text NOT NULL, seq bigint NOT NULL, time timestamptz NOT NULL, event text NOT NULL,
    session text, turn text, agent text, agent_name text, parent_agent text, tool_call text, source text,
    surface text, direction text, host text, route text, model text, tool text, path text, policy text, labels text,
    class text, rule text, confidence text, verdict text, decision text, row_id text, exception text, fingerprint text,
    bytes bigint, reason text, tags text[] NOT NULL, hash text NOT NULL,
    record jsonb NOT NULL,
    PRIMARY KEY (log, seq)
);
CREATE INDEX IF NOT EXISTS tamis_events_session ON tamis_events (session, time);
CREATE INDEX IF NOT EXISTS tamis_events_fingerprint ON tamis_events (fingerprint);
CREATE TEMPORARY TABLE tamis_import (LIKE tamis_events) ON COMMIT DROP;
ALTER TABLE tamis_import ALTER COLUMN tags TYPE text, ALTER COLUMN tags DROP NOT NULL;
COPY tamis_import FROM STDIN (FORMAT csv, NULL '');
";

const AFTER: &str = "\
\\.
INSERT INTO tamis_events SELECT log, seq, time, event, session, turn, agent, agent_name, parent_agent, tool_call, source,
    surface, direction, host, route, model, tool, path, policy, labels, class, rule, confidence, verdict, decision, row_id,
    exception, fingerprint, bytes, reason, string_to_array(coalesce(tags, ''), ' '), hash, record
FROM tamis_import ON CONFLICT DO NOTHING;
COMMIT;
";

/// Writes the script. The inner error is that of the output.
pub(super) fn write(out: &mut dyn Write, files: &Files, choice: &ChoiceArgs) -> Result<io::Result<()>, Failure> {
    let mut result = out.write_all(BEFORE.as_bytes());
    files.records(choice, |record| {
        if result.is_ok() {
            let (row, line) = (csv_plain(&record), record.line());
            let line = String::from_utf8_lossy(&line).replace('"', "\"\"");
            result = writeln!(out, "{},\"{line}\"", row.trim_end_matches('\n'));
        }
        Ok(())
    })?;
    Ok(result.and_then(|()| out.write_all(AFTER.as_bytes())))
}
