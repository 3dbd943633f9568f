//! What can go wrong in the host itself.

use std::fmt;

/// Why a module does not run.
#[derive(Debug)]
pub enum HostError {
    /// It cannot be read or compiled.
    Module(String),
    /// It does not export what a proxy-wasm module has.
    Export(&'static str),
    /// It refused its configuration; these are its last words.
    Refused(String),
    /// It trapped.
    Trap(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostError::Module(why) => write!(f, "the module cannot be loaded: {why}"),
            HostError::Export(name) => write!(f, "the module does not export {name}"),
            HostError::Refused(why) => write!(f, "the module refused its configuration: {why}"),
            HostError::Trap(why) => write!(f, "the module trapped: {why}"),
        }
    }
}

impl std::error::Error for HostError {}
