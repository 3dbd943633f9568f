//! Lists: one value a line.

use std::path::Path;

use super::Value;

/// The values: every line that is not empty and is no comment.
pub(super) fn values(path: &Path, bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let stated = lines.zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with(b"# ") && *line != b"#");
    stated.map(|(line, number)| Value { name: None, bytes: line.to_owned(), place: format!("{}:{number}", path.display()) }).collect()
}
