//! Syslog as a sink: each event is one message of RFC 5424, in the facility for audits.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use tamis::Timestamp;

use super::Wire;
use crate::failure::system_text;

/// Facility 13, log audit; severity 5, notice.
const PRIORITY: u8 = 13 * 8 + 5;

/// The messages' way to the daemon.
pub(super) enum Syslog {
    /// The daemon of this machine.
    #[cfg(unix)]
    Local(std::os::unix::net::UnixDatagram),
    /// A daemon that is reached over TCP, by RFC 6587.
    Tcp { address: String, timeout: Duration, stream: Option<TcpStream> },
}

impl Syslog {
    /// The daemon behind this socket.
    #[cfg(unix)]
    pub(super) fn local(path: &std::path::Path) -> Result<Self, String> {
        let socket = std::os::unix::net::UnixDatagram::unbound().map_err(|error| system_text(&error))?;
        socket.connect(path).map_err(|error| system_text(&error))?;
        Ok(Syslog::Local(socket))
    }

    /// A daemon at `host:port`.
    pub(super) fn tcp(address: &str, timeout: Duration) -> Self {
        Syslog::Tcp { address: address.to_owned(), timeout, stream: None }
    }
}

impl Wire for Syslog {
    fn send(&mut self, lines: &[u8]) -> Result<(), String> {
        for line in lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            let message = message(Timestamp::now(), std::process::id(), line);
            let sent = match self {
                #[cfg(unix)]
                Syslog::Local(socket) => socket.send(&message).map(drop),
                Syslog::Tcp { address, timeout, stream } => {
                    let sent = connected(stream, address, *timeout).and_then(|stream| {
                        // Its length stands before a message.
                        stream.write_all(&[format!("{} ", message.len()).as_bytes(), &message].concat())
                    });
                    if sent.is_err() {
                        *stream = None;
                    }
                    sent
                }
            };
            sent.map_err(|error| system_text(&error))?;
        }
        Ok(())
    }
}

fn connected<'s>(stream: &'s mut Option<TcpStream>, address: &str, timeout: Duration) -> std::io::Result<&'s mut TcpStream> {
    if stream.is_none() {
        let new = TcpStream::connect(address)?;
        new.set_write_timeout(Some(timeout))?;
        *stream = Some(new);
    }
    Ok(stream.as_mut().expect("it was just connected"))
}

fn message(time: Timestamp, process: u32, line: &[u8]) -> Vec<u8> {
    [format!("<{PRIORITY}>1 {time} - tamis {process} audit - ").as_bytes(), line].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_header_of_rfc_5424() {
        let message = message(Timestamp::UNIX_EPOCH, 7, br#"{"v":1}"#);
        assert_eq!(String::from_utf8(message).unwrap(), r#"<109>1 1970-01-01T00:00:00Z - tamis 7 audit - {"v":1}"#);
    }
}
