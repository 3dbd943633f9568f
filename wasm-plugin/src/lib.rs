//! Tamis as a proxy-wasm HTTP filter: it finds secrets and sensitive data in what clients, models and tools say to each
//! other through a gateway, while it streams, and lets through only what the policy allows.
//!
//! The library `tamis` decides; this crate moves bytes, tells time and asks the host. `docs/envoy.md` shows it at work.
//!
//! Nothing in here may panic, as a panic ends the virtual machine with everything that flows through it.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that panics has failed")
)]

mod decode;
mod exchange;
mod host;
mod metrics;
mod outbox;
mod plugin;
mod sessions;
mod settings;

/// What the host calls first.
mod entry {
    use proxy_wasm::traits::RootContext;

    proxy_wasm::main! {{
        proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(crate::plugin::Root::default()) });
    }}
}
