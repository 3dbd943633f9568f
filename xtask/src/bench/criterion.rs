//! What criterion wrote down of its last run.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// One benchmark's outcome.
pub(super) struct Benchmark {
    pub(super) group: String,
    /// What was done: `memchr`, or `scan/` and the size of chunks.
    pub(super) function: String,
    /// Median of one iteration.
    pub(super) nanoseconds: f64,
    /// Bytes of one iteration, where it reads any.
    pub(super) bytes: Option<f64>,
}

impl Benchmark {
    /// Gigabytes a second.
    pub(super) fn speed(&self) -> Option<f64> {
        Some(self.bytes? / self.nanoseconds)
    }
}

/// All outcomes in criterion's folder.
pub(super) fn results(folder: &Path) -> Result<Vec<Benchmark>, String> {
    let mut all = Vec::new();
    collect(folder, &mut all)?;
    all.sort_by(|a, b| (&a.group, &a.function).cmp(&(&b.group, &b.function)));
    Ok(all)
}

fn collect(folder: &Path, all: &mut Vec<Benchmark>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.ends_with("new") {
            all.push(read(&path)?);
        } else {
            collect(&path, all)?;
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Benchmark, String> {
    let (about, estimates) = (json(&folder.join("benchmark.json"))?, json(&folder.join("estimates.json"))?);
    let id = about["full_id"].as_str().unwrap_or_default();
    let (group, function) = id.split_once('/').unwrap_or((id, ""));
    Ok(Benchmark {
        group: group.to_owned(),
        function: function.to_owned(),
        nanoseconds: estimates["median"]["point_estimate"].as_f64().ok_or_else(|| format!("{}: no median", folder.display()))?,
        bytes: about["throughput"]["Bytes"].as_f64(),
    })
}

fn json(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
