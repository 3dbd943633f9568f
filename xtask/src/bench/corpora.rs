//! The texts that whole processes are run on: real source, transcripts, a tree of files; made once and kept.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tamis_benches::{Kind, SPACING, Secrets, Text};
use tamis_corpus::random::Rng;

use super::peers::Tool;
use crate::shell;

/// Changes whenever the texts do.
const VERSION: u32 = 3;
const SEED: u64 = 20_260_314;
/// Sizes at scale 1.
const SOURCE: usize = 250_000_000;
const TRANSCRIPT: usize = 200_000_000;
const DIFF: usize = 100_000_000;
const TREE: usize = 280_000_000;
const TREE_FILES: usize = 29_000;
/// Files of a folder of the tree.
const FOLDER: usize = 100;
/// Larger files are data.
const LARGEST: u64 = 1 << 20;
const EXTENSIONS: &[&str] = &[
    "c", "cc", "cpp", "css", "go", "h", "hpp", "html", "java", "js", "json", "md", "mjs", "pl", "pm", "py", "pyi", "rs", "rst", "sh",
    "toml", "ts", "txt", "yaml", "yml",
];

/// A text and what was planted in it.
pub(super) struct Corpus {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) files: usize,
    pub(super) planted: Vec<Plant>,
}

/// One planted secret.
pub(super) struct Plant {
    file: PathBuf,
    start: usize,
    secret: String,
}

/// All texts.
pub(super) struct Corpora {
    pub(super) all: Vec<Corpus>,
}

impl Corpora {
    /// The texts in this folder, made now unless they are there.
    pub(super) fn ready(folder: &Path, data: Option<&Path>, scale: f64) -> Result<Self, String> {
        let stamp = format!("{VERSION} {scale} {}", data.unwrap_or(Path::new("libraries")).display());
        let stamp_file = folder.join("stamp");
        if fs::read_to_string(&stamp_file).ok().as_ref() != Some(&stamp) {
            println!("making texts in {}", folder.display());
            let _ = fs::remove_dir_all(folder);
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            make(folder, data, scale)?;
            write(&stamp_file, stamp.as_bytes())?;
        }
        let all =
            ["source.txt", "transcript.jsonl", "changes.diff", "tree"].iter().map(|name| load(folder, name)).collect::<Result<_, _>>()?;
        Ok(Corpora { all })
    }
}

fn make(folder: &Path, data: Option<&Path>, scale: f64) -> Result<(), String> {
    let scaled = |size: usize| (size as f64 * scale) as usize;
    let sources = sources(data)?;
    let mut planter = Planter { secrets: Secrets::new(SEED), since: SPACING / 2, planted: Vec::new() };

    let path = folder.join("source.txt");
    let mut text = Vec::with_capacity(scaled(SOURCE) + LARGEST as usize);
    for source in sources.iter().cycle() {
        if text.len() >= scaled(SOURCE) {
            break;
        }
        planter.append(source, &path, &mut text);
    }
    write(&path, &text)?;
    planter.finish(&path)?;

    for (name, kind, size) in [("transcript.jsonl", Kind::Transcript, TRANSCRIPT), ("changes.diff", Kind::Diff, DIFF)] {
        let path = folder.join(name);
        let mut lines = lines(&sources);
        let text = Text::of(kind, scaled(size), true, SEED, &mut |_| lines.next().unwrap_or_default());
        write(&path, &text.bytes)?;
        planter.planted = places(&path, &text);
        planter.finish(&path)?;
    }

    let path = folder.join("tree");
    tree(&path, &sources, scaled(TREE), scaled(TREE_FILES), &mut planter)?;
    planter.finish(&path)
}

/// The lines of all files, over and over.
fn lines(sources: &[PathBuf]) -> impl Iterator<Item = String> {
    let files = sources.iter().cycle().map(|file| fs::read(file).unwrap_or_default());
    files.flat_map(|bytes| String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect::<Vec<_>>())
}

/// A tree of so many files and, nearly, so many bytes: of large and small ones is taken what brings the mean nearer.
fn tree(path: &Path, sources: &[PathBuf], size: usize, count: usize, planter: &mut Planter) -> Result<(), String> {
    let mean = size / count.max(1);
    let (mut bytes, mut files) = (0, 0);
    for source in sources.iter().cycle() {
        if files >= count {
            return Ok(());
        }
        let length = fs::metadata(source).map_or(0, |data| data.len()) as usize;
        let wanted = if bytes < mean * files { length > mean / 2 } else { length < mean };
        if !wanted {
            continue;
        }
        let folder = path.join(format!("{:03}", files / FOLDER));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let name = source.file_name().unwrap_or(OsStr::new("file")).to_string_lossy();
        let file = folder.join(format!("{files:05}-{name}"));
        let mut text = Vec::new();
        planter.append(source, &file, &mut text);
        write(&file, &text)?;
        files += 1;
        bytes += text.len();
    }
    Ok(())
}

/// Puts secrets between the lines of other text.
struct Planter {
    secrets: Secrets,
    /// Bytes since the last one.
    since: usize,
    planted: Vec<Plant>,
}

impl Planter {
    fn append(&mut self, source: &Path, file: &Path, text: &mut Vec<u8>) {
        for line in fs::read(source).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
            text.extend(line);
            self.since += line.len();
            if self.since >= SPACING && line.ends_with(b"\n") {
                self.since = 0;
                let plant = self.secrets.next_line();
                self.planted.push(Plant { file: file.to_path_buf(), start: text.len() + plant.start, secret: plant.secret });
                text.extend(plant.line.as_bytes());
                text.push(b'\n');
            }
        }
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
    }

    /// Writes down what was planted in a corpus.
    fn finish(&mut self, corpus: &Path) -> Result<(), String> {
        let mut list = Vec::new();
        for plant in self.planted.drain(..) {
            writeln!(list, "{}\t{}\t{}", plant.file.display(), plant.start, plant.secret).map_err(|error| error.to_string())?;
        }
        write(&corpus.with_extension("planted"), &list)
    }
}

/// Where the secrets of a generated text stand.
fn places(file: &Path, text: &Text) -> Vec<Plant> {
    let whole = String::from_utf8_lossy(&text.bytes);
    let mut from = 0;
    let place = |secret: &String| {
        let start = from + whole[from..].find(secret.as_str())?;
        from = start + secret.len();
        Some(Plant { file: file.to_path_buf(), start, secret: secret.clone() })
    };
    text.secrets.iter().filter_map(place).collect()
}

fn load(folder: &Path, name: &'static str) -> Result<Corpus, String> {
    let path = folder.join(name);
    let list = path.with_extension("planted");
    let text = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let plant = |line: &str| {
        let mut fields = line.split('\t');
        let (file, start, secret) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Plant { file: file.into(), start: start.parse().ok()?, secret: secret.to_owned() })
    };
    let mut files = Vec::new();
    // Reading the sizes also warms the directories' cache.
    walk(&path, &mut |file| files.push(file.to_path_buf()));
    let bytes = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|data| data.len()).sum();
    Ok(Corpus { name, path, bytes, files: files.len(), planted: text.lines().filter_map(plant).collect() })
}

impl Corpus {
    /// Counts what a tool reported: planted secrets by their places for Tamis, which prints none, by their values for others.
    pub(super) fn read(&self, tool: &Tool, report: &Path) -> Result<Reported, String> {
        let text = fs::read_to_string(report).map_err(|error| format!("{}: {error}", report.display()))?;
        let listed = listed(&text).map_err(|error| format!("{}: {error}", report.display()))?;
        let planted = if tool.is_tamis() {
            self.planted_at(&listed)
        } else {
            self.planted.iter().filter(|plant| text.contains(&plant.secret)).count()
        };
        Ok(Reported { findings: listed.len(), planted })
    }

    fn planted_at(&self, findings: &[Value]) -> usize {
        let mut spans: HashMap<PathBuf, Vec<(u64, u64)>> = HashMap::new();
        for finding in findings {
            let number = |key: &str| finding[key].as_u64().unwrap_or_default();
            // Reports name files as seen from where the tool ran.
            let file = shell::root().join(finding["path"].as_str().unwrap_or_default());
            spans.entry(file).or_default().push((number("start"), number("end")));
        }
        let is_found = |plant: &&Plant| {
            let (start, end) = (plant.start as u64, (plant.start + plant.secret.len()) as u64);
            let there = spans.get(&plant.file);
            there.is_some_and(|spans| spans.iter().any(|span| span.0 <= start && end <= span.1))
        };
        self.planted.iter().filter(is_found).count()
    }
}

/// What a tool reported.
#[derive(Clone, Copy)]
pub(super) struct Reported {
    pub(super) findings: usize,
    pub(super) planted: usize,
}

/// The findings of a report: a JSON list, the `findings` of a JSON object, or an object with a `rule` a line.
pub(crate) fn listed(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    if let Ok(whole) = serde_json::from_str::<Value>(text) {
        let list = whole.as_array().or_else(|| whole["findings"].as_array());
        return Ok(list.cloned().unwrap_or_else(|| vec![whole]));
    }
    let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
    Ok(lines?.into_iter().filter(|line| !line["rule"].is_null()).collect())
}

/// Source files of this machine, in a mixed order that is the same each time.
fn sources(data: Option<&Path>) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for root in data.map_or_else(libraries, |folder| vec![folder.to_path_buf()]) {
        walk(&root, &mut |file| {
            let known = file.extension().and_then(OsStr::to_str).is_some_and(|extension| EXTENSIONS.contains(&extension));
            let size = fs::metadata(file).map_or(0, |data| data.len());
            if known && (64..LARGEST).contains(&size) && !fs::read(file).unwrap_or_default().contains(&0) {
                files.push(file.to_path_buf());
            }
        });
    }
    files.sort();
    let mut rng = Rng::new(SEED);
    (1..files.len()).rev().for_each(|at| files.swap(at, rng.below(at + 1)));
    if files.is_empty() { Err("no source text here: give a folder with --data".to_owned()) } else { Ok(files) }
}

/// Folders of libraries' sources, as far as they are there.
fn libraries() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let mut folders = vec![cargo_home.join("registry/src")];
    if let Some(sysroot) = shell::output(&mut shell::command("rustc", &["--print", "sysroot"])) {
        let sysroot = Path::new(sysroot.trim()).to_path_buf();
        folders.extend([sysroot.join("lib/rustlib/src"), sysroot.join("share/doc/rust/html/std")]);
    }
    folders.extend(["/usr/lib/rustlib/src", "/usr/lib/python3", "/usr/lib/node_modules", "/usr/include"].map(PathBuf::from));
    let pythons = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    folders.extend(pythons.filter(|path| path.to_string_lossy().starts_with("/usr/lib/python3.")));
    folders.retain(|folder| folder.is_dir());
    folders
}

/// Calls back for all files, without following links.
fn walk(path: &Path, file: &mut impl FnMut(&Path)) {
    let Ok(data) = fs::symlink_metadata(path) else { return };
    if data.is_file() {
        file(path);
    } else if data.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| walk(&entry.path(), file));
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
