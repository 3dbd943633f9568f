//! A proxy-wasm host in one process: it runs the plugin as Envoy does, without Envoy, so that tests, fuzzers and benches
//! can choose every chunk, fault and configuration.
//!
//! ```no_run
//! use tamis_wasm_host::{Exchange, Message, Module};
//!
//! let module = Module::load("target/wasm/tamis.wasm".as_ref())?;
//! let mut vm = module.start(b"{}")?;
//! let request = Message::post("/v1/chat/completions", [&b"{\"messages\":[]}"[..]]);
//! let passed = vm.exchange(Exchange { request, ..Exchange::default() });
//! assert_eq!(passed.request.body(), b"{\"messages\":[]}");
//! # Ok::<(), tamis_wasm_host::HostError>(())
//! ```
//!
//! It buffers, pauses and resumes as Envoy's filter does: a body that is paused is collected, and the next call sees all
//! of it. A trap ends the virtual machine, and from then on every exchange is answered with 503 and passes nothing, as
//! under `FAIL_CLOSED`.

mod abi;
mod error;
mod exchange;
mod guest;
mod memory;
mod message;
mod mixture;
mod module;
mod pairs;
mod state;

pub use error::HostError;
pub use exchange::{Cut, Exchange, Passed};
pub use message::{Headers, Message, Received};
pub use mixture::{Mixed, key};
pub use module::{Module, Vm};
pub use state::{Call, Collector, LogLine};
