//! `tamis hook install` and `uninstall`: our entries in the configuration of a host.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Parser;

use super::host::{Event, Host};
use super::{host, settings};
use crate::args::{Cli, InstallArgs, SettingsArgs};
use crate::failure::{Exit, Failure, complain, usage};
use crate::replace::replace;

/// Writes our hooks into the configuration.
pub(super) fn install(args: &InstallArgs) -> Result<Exit, Failure> {
    let host = host(args.settings.host);
    check(host, &args.args)?;
    let file = file(host, &args.settings)?;
    let program = program(args.settings.project)?;
    let command = |event: &Event| {
        let event = host.event.is_none().then_some(["--event", event.name]);
        let words = ["hook", host.source.as_str()].into_iter().chain(event.into_iter().flatten());
        let words = words.chain(args.args.iter().map(String::as_str));
        words.fold(quoted(&program), |line, next| format!("{line} {}", quoted(next)))
    };
    let before = read(&file)?;
    let text = before.as_deref().unwrap_or_default();
    let after = settings::with(text, host, &command).map_err(|why| bad(&file, &why))?;
    let name = host.source.as_str();
    if before.as_deref() == Some(after.as_str()) {
        complain(format_args!("the hooks for {name} are in {} already", file.display()));
        return Ok(Exit::Clean);
    }
    let had = settings::commands(text, host).is_ok_and(|commands| !commands.is_empty());
    let kept = change(&file, before.as_deref().map(|_| had), &after)?;
    complain(format_args!("the hooks for {name} are in {}{kept}", file.display()));
    if let Some(hint) = host.place.hint {
        complain(hint);
    }
    Ok(Exit::Clean)
}

/// Takes them out again, and nothing else. Where nothing else has changed since, the file is as it was before.
pub(super) fn uninstall(args: &SettingsArgs) -> Result<Exit, Failure> {
    let host = host(args.host);
    let file = file(host, args)?;
    let name = host.source.as_str();
    let Some(text) = read(&file)? else { return Ok(none(name, &file)) };
    let after = settings::without(&text, host).map_err(|why| bad(&file, &why))?;
    if after == text {
        return Ok(none(name, &file));
    }
    let cannot = |error| cannot_write(&file, &error);
    let backup = backup(&file);
    let before = read(&backup)?;
    let commands = settings::commands(&text, host).map_err(|why| bad(&file, &why))?;
    let command = |event: &Event| commands.get(event.name).cloned().unwrap_or_default();
    let unchanged = settings::with(before.as_deref().unwrap_or_default(), host, &command).is_ok_and(|made| made == text);
    match before {
        Some(before) if unchanged => {
            replace(&file, before.as_bytes()).map_err(cannot)?;
            fs::remove_file(&backup).map_err(cannot)?;
        }
        None if unchanged => fs::remove_file(&file).map_err(cannot)?,
        _ => replace(&file, after.as_bytes()).map_err(cannot)?,
    }
    complain(format_args!("the hooks for {name} are gone from {}", file.display()));
    Ok(Exit::Clean)
}

fn none(name: &str, file: &Path) -> Exit {
    complain(format_args!("there are no hooks for {name} in {}", file.display()));
    Exit::Clean
}

/// A mistake in the hook's arguments would refuse everything later on: it is told now.
fn check(host: &Host, args: &[String]) -> Result<(), Failure> {
    let words = ["tamis", "hook", host.source.as_str()].into_iter().chain(args.iter().map(String::as_str));
    Cli::try_parse_from(words).map(drop).map_err(|error| usage(&error))
}

/// The configuration.
fn file(host: &Host, args: &SettingsArgs) -> Result<PathBuf, Failure> {
    let place = &host.place;
    if args.project {
        return Ok(PathBuf::from(place.project));
    }
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(place.folder));
    let folder = place.variable.and_then(set).or_else(home);
    let folder = folder.ok_or_else(|| Failure::new("no user configuration", "there is no home folder", "use --project"))?;
    Ok(folder.join(place.user))
}

/// How the program is called: those who share a project may have it elsewhere.
fn program(shared: bool) -> Result<String, Failure> {
    if shared {
        return Ok("tamis".to_owned());
    }
    let program = env::current_exe().map_err(|error| Failure::file("cannot find", Path::new("this program"), &error))?;
    program.into_os_string().into_string().map_err(|path| {
        Failure::new("cannot write down", Path::new(&path).display(), "its path is not UTF-8 text: put the program elsewhere")
    })
}

/// A word for the shell. Variables stay variables.
fn quoted(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_@%+=:,./-\\".contains(&b);
    if !word.is_empty() && word.bytes().all(is_plain) && (cfg!(windows) || !word.contains('\\')) {
        return word.to_owned();
    }
    if cfg!(windows) || (word.contains('$') && !word.contains(['"', '`', '\\'])) {
        return format!("\"{word}\"");
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn read(file: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(bad(file, "it is not UTF-8 text")),
        Err(error) => Err(Failure::file("cannot read the configuration", file, &error)),
    }
}

/// Replaces the file, and keeps what was there before. Says where. Of a file that is there, `had` says whether it has hooks of
/// ours already: then what was there before them stays what it is.
fn change(file: &Path, had: Option<bool>, text: &str) -> Result<String, Failure> {
    let cannot = |error| cannot_write(file, &error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let backup = backup(file);
    if had == Some(false) {
        fs::copy(file, &backup).map_err(cannot)?;
    }
    let kept = had.filter(|_| backup.exists()).map(|_| format!("; what was there before is in {}", backup.display()));
    replace(file, text.as_bytes()).map_err(cannot)?;
    Ok(kept.unwrap_or_default())
}

/// Where what was there before is kept.
fn backup(file: &Path) -> PathBuf {
    file.with_file_name(format!("{}.tamis-backup", file.file_name().unwrap_or_default().to_string_lossy()))
}

fn bad(file: &Path, why: &str) -> Failure {
    Failure::new("cannot change the configuration", file.display(), why)
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Failure {
    Failure::file("cannot write the configuration", file, error)
}
