//! Development commands, run with `cargo xtask COMMAND`.

mod audit_speed;
mod audit_trials;
mod bench;
mod corpus;
mod demo;
mod envoy;
mod git_bench;
mod hook_speed;
mod oci;
mod packaging_test;
mod rules_page;
mod scorer_cost;
mod shell;
mod test;
mod tidy;
mod train_bigrams;
mod train_fourgrams;
mod train_scorer;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of Tamis.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures what the audit log costs: an event, and a filter with it.
    AuditSpeed(audit_speed::Args),
    /// Changes audit logs and kills their writers, as often as they are meant to stand.
    AuditTrials(audit_trials::Args),
    /// Measures whole processes, Tamis and others, and records the figures.
    Bench(bench::Args),
    /// Measures the built-in rules on what others wrote and labelled.
    #[command(subcommand)]
    Corpus(corpus::Command),
    /// Plays an agent's session from a leaked key to a quarantine, and rebuilds it from its audit log.
    Demo,
    /// Runs the plugin in a real Envoy, between real clients and a model that is played.
    EnvoyTest(envoy::Args),
    /// Lays the plugin out as an image for Istio and Envoy Gateway.
    Oci(oci::Args),
    /// Measures how long an agent waits for a hook.
    HookSpeed(hook_speed::Args),
    /// Measures searches of git history, Tamis and others, and records the figures.
    GitBench(git_bench::Args),
    /// Tries what other repositories take from this one: pre-commit, git hooks, GitHub action, GitLab template.
    PackagingTest,
    /// Writes docs/rules.md, the list of the built-in rules.
    RulesPage,
    /// Runs everything a change must pass.
    Test,
    /// Checks sizes, headers and declarations of source files.
    Tidy,
    /// Trains the tables that tell random tokens from readable names.
    TrainBigrams(train_bigrams::Args),
    /// Trains the table that tells how ordinary text begins, by which literals share buckets.
    TrainFourgrams(train_fourgrams::Args),
    /// Builds the plugin as a wasm module with SIMD.
    Wasm(wasm::Args),
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::AuditSpeed(args) => audit_speed::run(&args),
        Command::AuditTrials(args) => audit_trials::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Corpus(command) => corpus::run(&command),
        Command::Demo => demo::run(),
        Command::EnvoyTest(args) => envoy::run(&args),
        Command::Oci(args) => oci::run(&args),
        Command::HookSpeed(args) => hook_speed::run(&args),
        Command::GitBench(args) => git_bench::run(&args),
        Command::PackagingTest => packaging_test::run(),
        Command::RulesPage => rules_page::run(),
        Command::Test => test::run(),
        Command::Tidy => tidy::run(),
        Command::TrainBigrams(args) => train_bigrams::run(&args),
        Command::TrainFourgrams(args) => train_fourgrams::run(&args),
        Command::Wasm(args) => wasm::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
