//! The module under test, and texts to send through it.

use std::env;
use std::path::Path;
use std::sync::LazyLock;

use tamis_wasm_host::{Exchange, Message, Module, Passed, Vm};

static PLUGIN: LazyLock<Option<Module>> = LazyLock::new(|| load("TAMIS_WASM"));
static FAULT: LazyLock<Option<Module>> = LazyLock::new(|| load("TAMIS_WASM_FAULT"));

fn load(variable: &str) -> Option<Module> {
    let Some(path) = env::var_os(variable) else {
        println!("notice: nothing is tried, as {variable} names no module; `cargo xtask wasm --test` builds and tries it");
        return None;
    };
    Some(Module::load(Path::new(&path)).expect("the module loads"))
}

/// The plugin; none where nobody has built it.
pub(crate) fn plugin() -> Option<&'static Module> {
    PLUGIN.as_ref()
}

/// The plugin that breaks when it is told to.
pub(crate) fn fault() -> Option<&'static Module> {
    FAULT.as_ref()
}

/// A machine with this configuration.
pub(crate) fn start(configuration: &str) -> Option<Vm> {
    plugin().map(|module| module.start(configuration.as_bytes()).expect("the configuration is good"))
}

pub(crate) use tamis_wasm_host::key;

/// What stands in its place.
pub(crate) const LABEL: &str = "[REDACTED:github.pat-classic]";

/// A chat request with this in its message.
pub(crate) fn chat(text: &str) -> String {
    format!(r#"{{"model":"m-1","messages":[{{"role":"user","content":"{text}"}}]}}"#)
}

/// A chat response with this in its message.
pub(crate) fn reply(text: &str) -> String {
    format!(r#"{{"id":"c","object":"chat.completion","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}}}}]}}"#)
}

/// A request and a response in whole.
pub(crate) fn whole(request: &str, response: &str) -> Exchange {
    Exchange {
        request: Message::post("/v1/chat/completions", [request.as_bytes()]),
        response: Message::ok("application/json", [response.as_bytes()]),
        cut: None,
    }
}

/// Nothing that anybody was shown or told holds the key.
pub(crate) fn assert_silent(vm: &mut Vm, passed: &Passed) {
    let log = vm.take_log();
    let calls = vm.take_calls();
    let told = format!("{log:?}{:?}", calls.iter().map(|call| String::from_utf8_lossy(&call.body).into_owned()).collect::<Vec<_>>());
    let seen = passed.request.text() + &passed.response.text();
    assert!(!told.contains(&key()), "a log or a record tells it");
    assert!(!seen.contains(&key()), "a body holds it");
}
