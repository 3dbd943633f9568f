//! Sinks that work, fail and hang.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tamis::audit::Verifier;

use crate::support::{assert_hidden, folder, github_token, json_lines, run, start};

/// A server that answers each request with this line, or never.
struct Server {
    address: String,
    requests: Receiver<(String, Vec<u8>)>,
}

impl Server {
    fn start(answer: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    while let Some(request) = request(&mut reader) {
                        let Some(answer) = answer else { return thread::sleep(Duration::from_secs(60)) };
                        if sender.send(request).is_err() || respond(&stream, answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Server { address, requests }
    }

    /// All requests so far, as their first lines and their bodies in a row.
    fn taken(&self) -> (Vec<String>, Vec<u8>) {
        let mut lines = Vec::new();
        let bodies = self.requests.try_iter().flat_map(|(line, body)| {
            lines.push(line);
            body
        });
        let bodies = bodies.collect();
        (lines, bodies)
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut first, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            assert!(!name.is_empty());
            length = value.trim().parse().unwrap();
        }
        first.get_or_insert_with(|| line.to_owned());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((first?, body))
}

fn respond(mut stream: &TcpStream, answer: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n")
}

#[test]
fn a_collector_gets_a_log_that_can_be_verified() {
    let (server, token) = (Server::start(Some("204 No Content")), github_token(21));
    let done = run(["--audit", &format!("http://{}/in", server.address)], format!("a {token}\n"));
    assert_eq!((done.code, done.text(), done.err.as_str()), (0, "a [REDACTED:github.pat-classic]\n", ""));
    let (lines, body) = server.taken();
    assert!(lines.iter().all(|line| line == "POST /in HTTP/1.1"), "{lines:?}");
    assert_hidden(&body, &token);
    let mut verifier = Verifier::new(None, None);
    body.split_inclusive(|b| *b == b'\n').for_each(|line| verifier.line(line));
    let result = verifier.finish();
    assert!(result.is_intact() && result.lines == 3, "{result:?}");
}

#[test]
fn opentelemetry_gets_log_records() {
    let server = Server::start(Some("200 OK"));
    let done = run(["--audit", &format!("otlp+http://{}", server.address), "--session", "otel"], format!("a {}\n", github_token(22)));
    assert_eq!(done.code, 0, "{}", done.err);
    let (lines, body) = server.taken();
    assert!(lines.iter().all(|line| line == "POST /v1/logs HTTP/1.1"), "{lines:?}");
    let bodies = serde_json::Deserializer::from_slice(&body).into_iter::<serde_json::Value>().map(Result::unwrap);
    let names = bodies.flat_map(|body| {
        let records = body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().clone();
        records.into_iter().map(|record| record["eventName"].as_str().unwrap().to_owned())
    });
    let names: Vec<String> = names.collect();
    assert_eq!(names, ["tamis.log-opened", "tamis.session-started", "tamis.finding", "tamis.inspected"]);
}

#[test]
fn syslog_gets_one_message_an_event() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    });
    let done = run(["--audit", &format!("syslog+tcp://{address}")], "nothing\n");
    assert_eq!(done.code, 0, "{}", done.err);
    let text = reader.join().unwrap();
    assert_eq!(text.matches("<109>1 ").count(), 2, "{text}");
}

#[test]
fn standard_error_gets_lines() {
    let done = run(["--audit", "stderr"], "nothing\n");
    assert_eq!(json_lines(&done.err).len(), 2);
}

#[test]
fn a_sink_that_hangs_or_refuses_closes_the_gate() {
    let (hanging, refusing) = (Server::start(None), Server::start(Some("503 Service Unavailable")));
    for (server, why) in [(&hanging, "no answer within 400 ms"), (&refusing, "the collector answers 503")] {
        let started = Instant::now();
        let args = ["--audit", &format!("http://{}/", server.address), "--audit-deadline", "400"];
        let done = run(args, "a line\n");
        assert_eq!((done.code, done.text()), (4, ""), "{}", done.err);
        assert!(done.err.contains(why) && done.err.lines().count() == 1, "{}", done.err);
        assert!(started.elapsed() < Duration::from_secs(5));
        let done = run(args.into_iter().chain(["--audit-optional"]), "a line\n");
        assert_eq!((done.code, done.text()), (0, "a line\n"), "{}", done.err);
        assert!(done.err.contains("going on without a record"), "{}", done.err);
    }
}

#[test]
fn one_sink_that_works_is_enough_and_says_which_does_not() {
    let (server, folder) = (Server::start(None), folder(&[]));
    let log = folder.path().join("a.jsonl");
    let url = format!("http://{}/", server.address);
    let mut child = start(["--audit", log.to_str().unwrap(), "--audit", &url, "--audit-deadline", "300"]);
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..4 {
        stdin.write_all(format!("a {}\n", github_token(23)).as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(250));
    }
    drop(stdin);
    let done: crate::support::Run = child.wait_with_output().unwrap().into();
    assert_eq!((done.code, done.text().lines().count()), (0, 4), "{}", done.err);
    assert!(done.err.starts_with(&format!("tamis: audit log incomplete: {url}: ")), "{}", done.err);
    assert!(fs::read_to_string(&log).unwrap().contains("\"sink-failed\""));
}
