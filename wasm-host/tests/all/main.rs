//! The plugin under a host that chooses every chunk, fault and configuration.

mod audit;
mod bodies;
mod compressed;
mod faults;
mod sessions;
mod settings;
mod soak;
mod support;
