//! Nothing passes that was not recorded, where that is required.

use tamis::audit::Verifier;
use tamis_wasm_host::{Call, Collector, Exchange, Message, Vm};

use crate::support::{LABEL, assert_silent, chat, key, reply, start, whole};

const REQUIRED: &str = r#"{"audit": {"required": true}, "gateway": {"collector": {"cluster": "log", "path": "/events", "token": "t-1"}}}"#;
const OPTIONAL: &str = r#"{"gateway": {"collector": {"cluster": "log"}}}"#;

fn records(calls: &[Call]) -> Vec<String> {
    let text: Vec<_> = calls.iter().map(|call| String::from_utf8_lossy(&call.body).into_owned()).collect();
    text.concat().lines().map(str::to_owned).collect()
}

fn intact(records: &[String]) -> bool {
    let mut verifier = Verifier::new(None, None);
    records.iter().for_each(|record| verifier.line(format!("{record}\n").as_bytes()));
    verifier.finish().is_intact()
}

fn answering(configuration: &str, collector: Collector) -> Option<Vm> {
    let mut vm = start(configuration)?;
    vm.set_collector(collector);
    Some(vm)
}

#[test]
fn what_is_acknowledged_passes_and_the_records_are_a_chain() {
    let Some(mut vm) = answering(REQUIRED, Collector::Answers(202)) else { return };
    for _ in 0..3 {
        let passed = vm.exchange(whole(&chat(&key()), &reply(&key())));
        assert_eq!((passed.request.text(), passed.response.text()), (chat(LABEL), reply(LABEL)));
        assert!(passed.request.ended && passed.response.ended && !passed.stalled);
    }
    let calls = vm.take_calls();
    let call = calls.first().expect("there are records");
    assert_eq!(call.cluster, "log");
    for pair in [(":path", "/events"), (":method", "POST"), ("authorization", "Bearer t-1"), ("content-type", "application/x-ndjson")] {
        assert!(call.headers.iter().any(|(name, value)| (name.as_str(), value.as_str()) == pair), "{pair:?}");
    }
    let records = records(&calls);
    assert_eq!(records.iter().filter(|record| record.contains(r#""finding":"#)).count(), 6);
    assert_eq!(records.iter().filter(|record| record.contains(r#""inspected":"#)).count(), 6);
    assert!(intact(&records) && !records.concat().contains(&key()));
    assert!(!intact(&[&records[..3], &records[4..]].concat()), "a record that is missing is missed");
}

#[test]
fn without_an_acknowledgement_nothing_passes() {
    for collector in [Collector::Answers(500), Collector::Answers(503), Collector::Missing] {
        let Some(mut vm) = answering(REQUIRED, collector) else { return };
        let passed = vm.exchange(whole(&chat("hello"), &reply("never")));
        assert_eq!((passed.request.text().as_str(), passed.response.status()), ("", Some(503)), "{collector:?}");
        assert!(passed.response.text().contains("audit_unavailable"));
        let get = Message::new([(":method", "GET"), (":path", "/v1/models"), (":authority", "h")], []);
        let passed = vm.exchange(Exchange { request: get, ..Exchange::default() });
        assert_eq!((passed.request.headers, passed.response.status()), (None, Some(503)), "{collector:?}");
        assert!(vm.metrics()["tamis.audit.failed"] >= 2);
        // What was not recorded then is recorded as soon as it can be.
        vm.set_collector(Collector::Answers(200));
        vm.take_calls();
        assert_eq!(vm.exchange(whole(&chat("a"), &reply("b"))).response.text(), reply("b"));
        assert!(intact(&records(&vm.take_calls())), "{collector:?}");
    }
}

#[test]
fn what_waits_for_a_collector_that_is_silent_stays_where_it_is() {
    let Some(mut vm) = answering(REQUIRED, Collector::Silent) else { return };
    let passed = vm.exchange(whole(&chat("hello"), &reply("never")));
    assert_eq!((passed.request.text().as_str(), passed.stalled), ("", true));
}

#[test]
fn a_stream_waits_where_something_was_found_and_not_elsewhere() {
    let Some(mut vm) = answering(REQUIRED, Collector::Answers(200)) else { return };
    let key = key();
    let events = ["data: one\n\n".to_owned(), format!("data: {key}\n\n"), "data: three\n\n".to_owned()];
    let response = Message::ok("text/event-stream", events.iter().map(String::as_bytes));
    let passed = vm.exchange(Exchange { request: Message::post("/x", [&b"{}"[..]]), response, cut: None });
    assert_eq!(passed.response.text(), format!("data: one\n\ndata: {LABEL}\n\ndata: three\n\n"));
    // The request, the finding, and the end.
    assert_eq!(vm.take_calls().len(), 3);
}

#[test]
fn records_that_nothing_waits_for_are_sent_later_and_again() {
    let Some(mut vm) = answering(OPTIONAL, Collector::Answers(500)) else { return };
    let passed = vm.exchange(whole(&chat(&key()), &reply("ok")));
    assert_eq!(passed.response.text(), reply("ok"));
    assert!(vm.take_calls().is_empty(), "nothing is sent while a request waits");
    vm.tick().expect("it lives");
    assert_eq!(vm.take_calls().len(), 1);
    vm.set_collector(Collector::Answers(200));
    vm.tick().expect("it lives");
    let calls = vm.take_calls();
    assert!(intact(&records(&calls)) && records(&calls).len() > 3);
    vm.tick().expect("it lives");
    assert!(vm.take_calls().is_empty());
    assert_silent(&mut vm, &passed);
}

#[test]
fn a_collector_that_is_gone_for_long_costs_records_and_no_memory() {
    let Some(mut vm) = answering(OPTIONAL, Collector::Missing) else { return };
    vm.exchange(whole(&chat(&key()), &reply("ok")));
    let before = vm.memory();
    for _ in 0..3000 {
        vm.exchange(whole(&chat(&key()), &reply("ok")));
    }
    vm.tick().expect("it lives");
    assert!(vm.memory() - before < 6 << 20, "{} bytes more", vm.memory() - before);
    assert!(vm.metrics()["tamis.audit.dropped"] > 0);
}
