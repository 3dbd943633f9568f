//! OpenTelemetry as a sink: events as log records, over HTTP in JSON.

use tamis::audit::{Record, otlp_logs};

use super::Wire;
use super::collector::Post;

/// Log records to `/v1/logs`.
pub(super) struct Otlp(pub(super) Post);

impl Wire for Otlp {
    fn send(&mut self, lines: &[u8]) -> Result<(), String> {
        let lines = lines.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        let records = lines.map(Record::parse).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        self.0.send(otlp_logs(&records).to_string().as_bytes())
    }
}
