//! From what the user names to a sink.

use std::path::PathBuf;
use std::time::Duration;

use super::collector::{Lines, Post};
use super::otlp::Otlp;
use super::stream::Stream;
use super::syslog::Syslog;
use super::{Remote, Sink};
use crate::audit::store::{LogFile, Options};

/// A sink as the user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A log in a file.
    File(PathBuf),
    /// Standard error.
    Stderr,
    /// The syslog daemon of this machine.
    Syslog,
    /// A syslog daemon at `host:port`.
    SyslogTcp(String),
    /// A collector of JSON Lines.
    Collector(String),
    /// A collector of OpenTelemetry logs.
    Otlp(String),
}

impl Target {
    /// Reads it. Whatever is no other kind is the name of a file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(url) = text.strip_prefix("otlp+") {
            return match web(url) {
                true => Ok(Target::Otlp(logs_of(url))),
                false => Err("expected otlp+http://… or otlp+https://…".to_owned()),
            };
        }
        if let Some(address) = text.strip_prefix("syslog+tcp://") {
            return match address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) {
                true => Ok(Target::SyslogTcp(address.to_owned())),
                false => Err("expected syslog+tcp://HOST:PORT".to_owned()),
            };
        }
        match text {
            "stderr" => Ok(Target::Stderr),
            "syslog" => Ok(Target::Syslog),
            url if web(url) => Ok(Target::Collector(url.to_owned())),
            other if other.contains("://") => {
                Err("expected a file, stderr, syslog, syslog+tcp://, http(s):// or otlp+http(s)://".to_owned())
            }
            "" => Err("expected the name of a file".to_owned()),
            path => Ok(Target::File(path.into())),
        }
    }

    /// What a report calls it. An address is told without what could be a password in it.
    pub(crate) fn name(&self) -> String {
        match self {
            Target::File(path) => path.display().to_string(),
            Target::Stderr => "stderr".to_owned(),
            Target::Syslog => "syslog".to_owned(),
            Target::SyslogTcp(address) => format!("syslog+tcp://{address}"),
            Target::Collector(url) => plain(url),
            Target::Otlp(url) => format!("otlp+{}", plain(url)),
        }
    }
}

fn web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// The address of logs on this server.
fn logs_of(url: &str) -> String {
    let bare = url.trim_end_matches('/');
    if bare.splitn(4, '/').count() > 3 { bare.to_owned() } else { format!("{bare}/v1/logs") }
}

/// An address without user, password, query and fragment.
fn plain(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Opens the sink. A file is opened at once, so that what is wrong with it shows before anything flows; a server may come
/// and go.
pub(crate) fn open(target: &Target, options: &Options, deadline: Duration) -> Result<Box<dyn Sink>, String> {
    let key = options.key.clone();
    let post = |url: &str, content| Post::new(url.to_owned(), content, deadline);
    Ok(match target {
        Target::File(path) => Box::new(LogFile::open(path, options.clone()).map_err(|error| error.to_string())?),
        Target::Stderr => Box::new(Remote::new(key, Stream::stderr()?)?),
        Target::Syslog => Box::new(Remote::new(key, local_syslog()?)?),
        Target::SyslogTcp(address) => Box::new(Remote::new(key, Syslog::tcp(address, deadline))?),
        Target::Collector(url) => Box::new(Remote::new(key, Lines(post(url, "application/x-ndjson")))?),
        Target::Otlp(url) => Box::new(Remote::new(key, Otlp(post(url, "application/json")))?),
    })
}

#[cfg(unix)]
fn local_syslog() -> Result<Syslog, String> {
    // Linux, macOS.
    let sockets = ["/dev/log", "/var/run/syslog"].map(std::path::Path::new);
    let socket = sockets.into_iter().find(|socket| socket.exists()).ok_or("there is no syslog daemon on this machine")?;
    Syslog::local(socket)
}

#[cfg(not(unix))]
fn local_syslog() -> Result<Syslog, String> {
    Err("this system has no syslog: use syslog+tcp://HOST:PORT".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_are_told_by_their_names() {
        for (text, target) in [
            ("audit.jsonl", Target::File("audit.jsonl".into())),
            ("./stderr", Target::File("./stderr".into())),
            ("stderr", Target::Stderr),
            ("syslog", Target::Syslog),
            ("syslog+tcp://logs.example:601", Target::SyslogTcp("logs.example:601".into())),
            ("https://c.example/in", Target::Collector("https://c.example/in".into())),
            ("otlp+http://c.example:4318", Target::Otlp("http://c.example:4318/v1/logs".into())),
            ("otlp+https://c.example/otel/v1/logs", Target::Otlp("https://c.example/otel/v1/logs".into())),
        ] {
            assert_eq!(Target::parse(text), Ok(target), "{text}");
        }
        for bad in ["", "ftp://x", "otlp+x", "syslog+tcp://x", "syslog+tcp://:1", "syslog+tcp://x:y"] {
            assert!(Target::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_told() {
        let secret = ["hunter", "2"].concat();
        let url = format!("https://me:{secret}@c.example/in?token={secret}#{secret}");
        assert_eq!(Target::parse(&url).unwrap().name(), "https://c.example/in");
    }
}
