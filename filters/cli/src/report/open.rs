//! Which reports are wanted, and where each of them goes.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::sarif::{Provenance, Sarif};
use super::{End, Found, Reporter, github, gitlab, html, human, jsonl, junit, markdown};
use crate::args::ReportArgs;
use crate::color::{Color, Palette};
use crate::failure::{Failure, complain};

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions, and the job's summary.
    Github,
    /// A table in Markdown.
    Markdown,
    /// GitLab's code quality report.
    Gitlab,
    /// GitLab's secret detection report.
    GitlabSecrets,
    /// JUnit XML.
    Junit,
    /// A page.
    Html,
}

impl Format {
    pub(crate) const ALL: [Format; 9] = [
        Format::Human,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Markdown,
        Format::Gitlab,
        Format::GitlabSecrets,
        Format::Junit,
        Format::Html,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Markdown => "markdown",
            Format::Gitlab => "gitlab",
            Format::GitlabSecrets => "gitlab-secrets",
            Format::Junit => "junit",
            Format::Html => "html",
        }
    }
}

/// A report and where it goes: `sarif=out.sarif`, or `sarif=-` and `sarif` for standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    form: Format,
    /// None is standard output.
    file: Option<PathBuf>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, file) = text.split_once('=').unwrap_or((text, "-"));
        let form = Format::ALL.into_iter().find(|form| form.as_str() == word);
        let form =
            form.ok_or_else(|| format!("no such report: write one of {}, `=` and a file", Format::ALL.map(Format::as_str).join(", ")))?;
        match file {
            "" => Err(format!("no file: write {word}=FILE, or {word}=- for standard output")),
            "-" => Ok(Target { form, file: None }),
            file => Ok(Target { form, file: Some(file.into()) }),
        }
    }
}

/// A report that is being written.
struct Open {
    reporter: Box<dyn Reporter>,
    out: Box<dyn Write>,
    /// Its file, or standard output.
    file: Option<PathBuf>,
    result: io::Result<()>,
}

/// All reports of a run.
pub(crate) struct Reports {
    open: Vec<Open>,
    /// Whether a person reads one of them on standard output.
    pub(crate) human: bool,
}

impl Reports {
    /// Opens all of them, so that a file that cannot be written is told before anything is searched. What goes to
    /// standard output is `format`, unless one of the targets does.
    pub(crate) fn open(args: &ReportArgs) -> Result<Self, Failure> {
        let format = args.format;
        let mut all: Vec<Target> = args.report.clone();
        if format.is_some() || all.iter().all(|target| target.file.is_some()) {
            all.insert(0, Target { form: format.unwrap_or(Format::Human), file: None });
        }
        for (index, target) in all.iter().enumerate() {
            if all[..index].iter().any(|other| other.file == target.file) {
                let place = target.file.as_deref().unwrap_or(Path::new("standard output")).display();
                return Err(Failure::new("two reports for one place", place, "give each a file of its own: --report FORMAT=FILE"));
            }
        }
        let human = all.iter().any(|target| target.form == Format::Human && target.file.is_none());
        let mut open = Vec::new();
        for target in all {
            open.push(start(target.form, target.file, args.color)?);
            if target.form == Format::Github {
                open.extend(step_summary()?);
            }
        }
        Ok(Reports { open, human })
    }

    /// One report that writes nothing itself.
    pub(crate) fn only(reporter: Box<dyn Reporter>) -> Self {
        Reports { open: vec![Open { reporter, out: Box::new(io::sink()), file: None, result: Ok(()) }], human: false }
    }

    /// Tells of a finding in all reports. The first error of each stops it, and is told at the end.
    pub(crate) fn finding(&mut self, found: &Found<'_>) {
        for open in self.open.iter_mut().filter(|open| open.result.is_ok()) {
            open.result = open.reporter.finding(&mut open.out, found);
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(self, end: &End) -> Result<(), Failure> {
        let mut failed = None;
        for Open { mut reporter, mut out, file, result } in self.open {
            let written = result.and_then(|()| {
                let left_out = reporter.finish(&mut out, end)?;
                out.flush()?;
                Ok(left_out)
            });
            match written {
                Ok(left_out) => left_out.into_iter().for_each(complain),
                // Nobody reads on: the exit code still tells.
                Err(error) if error.kind() == ErrorKind::BrokenPipe && file.is_none() => {}
                Err(error) => {
                    let failure = Failure::file("cannot write", file.as_deref().unwrap_or(Path::new("standard output")), &error);
                    failed.get_or_insert(failure);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

fn start(form: Format, file: Option<PathBuf>, color: Color) -> Result<Open, Failure> {
    let out: Box<dyn Write> = match &file {
        // Who looks on sees findings and errors in their order.
        None if io::stdout().is_terminal() => Box::new(io::stdout().lock()),
        None => Box::new(BufWriter::new(io::stdout().lock())),
        Some(path) => {
            let created = File::create(path).map_err(|error| Failure::file("cannot write the report", path, &error))?;
            Box::new(BufWriter::new(created))
        }
    };
    let reporter: Box<dyn Reporter> = match form {
        Format::Human => {
            let palette = if file.is_some() { Palette::default() } else { Palette::for_stdout(color) };
            Box::new(human::Human::new(palette))
        }
        Format::Jsonl => Box::new(jsonl::Jsonl),
        Format::Sarif => Box::new(Sarif::new(provenance())),
        Format::Github => Box::new(github::Github::default()),
        Format::Markdown => Box::new(markdown::Markdown::after(0)),
        Format::Gitlab => Box::new(gitlab::CodeQuality::new()),
        Format::GitlabSecrets => Box::new(gitlab::SecretDetection::new(env::var("CI_COMMIT_SHA").ok())),
        Format::Junit => Box::new(junit::Junit::new()),
        Format::Html => Box::new(html::Html::new()),
    };
    Ok(Open { reporter, out, file, result: Ok(()) })
}

/// The summary of the running step, which GitHub Actions names a file for. It goes after what stands there.
fn step_summary() -> Result<Option<Open>, Failure> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from) else { return Ok(None) };
    let unwritable = |error: io::Error| Failure::file("cannot write the job summary", &path, &error);
    let file = OpenOptions::new().append(true).create(true).open(&path).map_err(unwritable)?;
    let taken = file.metadata().map_err(unwritable)?.len() as usize;
    let reporter = Box::new(markdown::Markdown::after(taken));
    Ok(Some(Open { reporter, out: Box::new(BufWriter::new(file)), file: Some(path), result: Ok(()) }))
}

/// Repository, commit and branch of the running job, on GitHub or GitLab.
fn provenance() -> Provenance {
    let of = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let github = || Some(format!("{}/{}", of("GITHUB_SERVER_URL")?, of("GITHUB_REPOSITORY")?));
    Provenance {
        repository: github().or_else(|| of("CI_PROJECT_URL")),
        revision: of("GITHUB_SHA").or_else(|| of("CI_COMMIT_SHA")),
        branch: of("GITHUB_REF_NAME").or_else(|| of("CI_COMMIT_REF_NAME")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_a_form_and_a_file() {
        for (text, form, file) in [
            ("sarif=a=b.sarif", Format::Sarif, Some("a=b.sarif")),
            ("html=-", Format::Html, None),
            ("gitlab-secrets", Format::GitlabSecrets, None),
        ] {
            assert_eq!(text.parse(), Ok(Target { form, file: file.map(PathBuf::from) }));
        }
        for (text, says) in [("xml=a", "no such report"), ("junit=", "no file")] {
            assert!(text.parse::<Target>().unwrap_err().starts_with(says));
        }
    }
}
