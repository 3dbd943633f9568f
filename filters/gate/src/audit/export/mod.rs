//! Records in the forms that other systems read.

mod csv;
mod ocsf;
mod otel;

pub use csv::{CSV_HEADER, cells, csv, csv_plain};
pub use ocsf::ocsf;
pub use otel::{otlp_logs, otlp_record};
