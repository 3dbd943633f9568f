//! `tamis` as its users run it: processes, pipes, files and exit codes.

mod audit;
mod grant;
mod redact;
mod restore;
mod rules;
mod scan;
mod session;
mod support;
