//! `tamis` as its users run it: processes, pipes, files and exit codes.

mod audit;
mod audit_kills;
mod audit_sinks;
mod audit_trials;
mod baseline;
mod choices;
#[cfg(unix)]
mod damage;
mod diff;
mod exception;
#[cfg(unix)]
mod exec;
mod git;
mod grant;
mod guard;
mod hook;
mod install;
mod known;
mod origin;
mod policy;
mod redact;
mod report;
mod repository;
mod restore;
mod rules;
mod scan;
mod session;
mod support;
mod transcript;
