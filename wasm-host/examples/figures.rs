//! What the module costs under wasmtime: start-up, memory, speed beside the same filter as native code, and many exchanges.
//!
//! `cargo run --release --package tamis-wasm-host --example figures -- target/wasm/tamis.wasm [EXCHANGES]`

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use tamis::api::{Filter, Kind, Limits};
use tamis::{Policy, Scanner, Settings};
use tamis_corpus::random::Rng;
use tamis_wasm_host::{Exchange, Message, Mixed, Module, Vm, key};

const CHUNK: usize = 64 << 10;
/// Bytes that a machine may still take after the first tenth, for the exchange that needs most streams at a time.
const GROWTH: usize = 1 << 20;
const CONFIGURATION: &str = r#"{"gateway": {"hold": 0}}"#;

fn main() {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().expect("name a module");
    let exchanges = arguments.next().map_or(100_000, |count| count.parse().expect("a number of exchanges"));
    let size = std::fs::metadata(&path).expect("the module is there").len();
    let module = Module::load(Path::new(&path)).expect("the module loads");
    let starts: Vec<Duration> = (0..20).map(|_| timed(|| drop(start(&module)))).collect();
    println!("module: {size} bytes; start-up {:.1} ms", millis(median(starts)));
    let mut vm = start(&module);
    println!("memory: {} KiB after start", vm.memory() >> 10);
    speed(&mut vm);
    println!("memory: {} KiB after 64 MiB", vm.memory() >> 10);
    soak(&mut start(&module), exchanges);
}

fn start(module: &Module) -> Vm {
    module.start(CONFIGURATION.as_bytes()).expect("the configuration is good")
}

/// The same bytes through the module and through the library.
fn speed(vm: &mut Vm) {
    let text = text(8 << 20);
    let run = |vm: &mut Vm| {
        let request = Message::post("/v1/chat/completions", text.as_bytes().chunks(CHUNK)).with("content-type", "application/json");
        timed(|| drop(vm.exchange(Exchange { request, ..Exchange::default() })))
    };
    let wasm = median((0..8).map(|_| run(vm)).collect());
    let filter = Filter::new(Scanner::new(tamis::rules::builtin()), Policy::default().into(), Settings::default(), Limits::default());
    let kind = Kind::of_request(&tamis::api::Head {
        method: "POST",
        path: "/v1/chat/completions",
        content_type: "application/json",
        ..tamis::api::Head::default()
    });
    let native = || {
        let mut body = filter.body(tamis::api::Message { kind, ..tamis::api::Message::default() });
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(CHUNK) {
            body.push(chunk, &mut out);
            out.clear();
        }
        body.finish(&mut out);
    };
    let native = median((0..8).map(|_| timed(native)).collect());
    let rate = |time: Duration| text.len() as f64 / time.as_secs_f64() / 1e6;
    println!("speed: {:.0} MB/s, as native code {:.0} MB/s: {:.0} %", rate(wasm), rate(native), 100.0 * rate(wasm) / rate(native));
}

/// A conversation of this size, with a key now and then.
fn text(size: usize) -> String {
    let mut rng = Rng::new(1);
    let mut text = r#"{"model":"m","messages":["#.to_owned();
    while text.len() < size {
        let words: Vec<String> = (0..200).map(|_| rng.text(b"etaoinshrdlu", 3)).collect();
        let secret = if rng.below(20) == 0 { key() } else { String::new() };
        text += &format!(
            r#"{{"role":"user","content":"{} {secret}\nsee https://example.com/{} for more"}},"#,
            words.join(" "),
            rng.below(1000)
        );
    }
    text + "{}]}"
}

fn soak(vm: &mut Vm, exchanges: usize) {
    let mut rng = Rng::new(2);
    let (mut settled, mut malformed, mut wrong) = (0, 0, 0);
    let time = timed(|| {
        for number in 0..exchanges {
            let mixed = Mixed::any(&mut rng);
            malformed += usize::from(mixed.expected.is_none());
            let passed = vm.exchange(mixed.exchange.clone());
            if let Some(why) = mixed.wrong(&passed) {
                wrong += 1;
                println!("exchange {number}: {why}");
            }
            vm.take_log();
            if number == exchanges / 10 {
                settled = vm.memory();
            }
        }
    });
    let grown = vm.memory() - settled;
    println!(
        "{exchanges} exchanges, {malformed} malformed: {wrong} wrong, {grown} bytes more memory than after the first tenth, {time:.0?}"
    );
    assert!(wrong == 0 && grown <= GROWTH, "not as it should be");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
