//! A Parquet file, as ClickHouse, DuckDB and others read it.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use tamis::audit::{CSV_HEADER, Record, cells};

use crate::args::ChoiceArgs;
use crate::audit::files::Files;
use crate::failure::Failure;

/// Records that are written at once, and held in memory until then.
const GROUP: usize = 50_000;

/// Columns that hold numbers; all others hold text.
fn number(column: &str) -> Option<&'static str> {
    match column {
        "seq" | "bytes" => Some("INT64"),
        "time" => Some("INT64 time (TIMESTAMP(MICROS,true))"),
        _ => None,
    }
}

fn schema() -> String {
    let columns = CSV_HEADER.trim_end().split(',').chain(["record"]).map(|column| match number(column) {
        Some("INT64") => format!("optional INT64 {column};"),
        Some(time) => format!("optional {time};"),
        None => format!("optional BYTE_ARRAY {column} (UTF8);"),
    });
    format!("message event {{ {} }}", columns.collect::<Vec<_>>().join(" "))
}

/// Writes the file. The inner error is that of the output.
pub(super) fn write(out: &mut (dyn Write + Send), files: &Files, choice: &ChoiceArgs) -> Result<io::Result<()>, Failure> {
    let schema = Arc::new(parse_message_type(&schema()).map_err(|error| Failure::new("cannot write Parquet", "its schema", error))?);
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).build();
    let mut writer = match SerializedFileWriter::new(out, schema, Arc::new(properties)) {
        Ok(writer) => writer,
        Err(error) => return Ok(Err(told(error))),
    };
    let mut result = Ok(());
    let mut records = Vec::new();
    files.records(choice, |record| {
        records.push(record);
        if records.len() >= GROUP && result.is_ok() {
            result = group(&mut writer, &records);
            records.clear();
        }
        Ok(())
    })?;
    if result.is_ok() && !records.is_empty() {
        result = group(&mut writer, &records);
    }
    Ok(result.and_then(|()| writer.close().map(drop)).map_err(told))
}

fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}

fn group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, records: &[Record]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    let rows: Vec<Vec<String>> = records.iter().map(|record| cells(record).into()).collect();
    for (at, name) in CSV_HEADER.trim_end().split(',').enumerate() {
        match name {
            "time" => numbers(&mut group, records.iter().map(|record| Some(record.event.time.as_microsecond())))?,
            name if number(name).is_some() => numbers(&mut group, rows.iter().map(|row| row[at].parse().ok()))?,
            _ => texts(&mut group, rows.iter().map(|row| Some(row[at].as_bytes().to_vec()).filter(|text| !text.is_empty())))?,
        }
    }
    texts(&mut group, records.iter().map(|record| Some(record.line())))?;
    group.close().map(drop)
}

/// Which values are there, and these.
fn levels<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let values: Vec<Option<T>> = values.collect();
    (values.iter().map(|value| i16::from(value.is_some())).collect(), values.into_iter().flatten().collect())
}

fn numbers<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = Option<i64>>,
) -> Result<(), ParquetError> {
    let (levels, values) = levels(values);
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn texts<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = Option<Vec<u8>>>,
) -> Result<(), ParquetError> {
    let (levels, values) = levels(values.map(|value| value.map(ByteArray::from)));
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
    column.close()
}
