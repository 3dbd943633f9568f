//! `wasm`: builds the library for `wasm32-unknown-unknown` with SIMD, as one module that redacts a sample.
//!
//! That it builds at all proves that engine, rules and library touch nothing outside. Two routes lead there: the
//! target of the toolchain in use, added by rustup if it can be, or Debian's compiler and library sources.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, cargo};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "tamis-probe";
const FLAGS: &str = "-C target-feature=+simd128";
/// Debian's compiler, as rustup's may stand before it on PATH.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const DEBIAN_LINKER: &str = "wasm-ld-19";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-19"];
/// Calls the module's `main`, which traps if the sample is not redacted.
const NODE: &str = "WebAssembly.instantiate(require('fs').readFileSync(process.argv[1]))\
                    .then(({ instance }) => process.exit(instance.exports.main(0, 0)))";

/// Arguments of `wasm`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Copy the module to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Whose library to build with
    #[arg(long, value_enum, default_value_t = Route::Auto)]
    route: Route,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Route {
    /// The toolchain's target, or else Debian's packages
    Auto,
    /// The target of the toolchain in use
    Toolchain,
    /// Debian's packages rustc-web, rust-web-src and lld-19
    Debian,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let module = build(args.route)?;
    if let Some(out) = &args.out {
        std::fs::copy(&module, out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    Ok(())
}

/// The same as a stage of `test`. Where nothing can be installed it says so and passes, except under CI.
pub(crate) fn check() -> Result<(), String> {
    match ready(Route::Auto) {
        Err(why) if env::var_os("CI").is_none() => {
            println!("notice: not built for {TARGET}: {why}");
            Ok(())
        }
        Err(why) => Err(why),
        Ok(route) => build(route).map(|_| ()),
    }
}

/// Builds the module, says how large it is and runs it where node is.
fn build(route: Route) -> Result<PathBuf, String> {
    let folder = shell::target().join("wasm");
    let route = ready(route)?;
    let mut build = cargo(&["build", "--release", "--target", TARGET, "--package", PACKAGE]);
    build.env("RUSTFLAGS", FLAGS).env_remove("CARGO_ENCODED_RUSTFLAGS");
    let folder = if route == Route::Debian {
        build.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1").env("RUSTC", DEBIAN_RUSTC);
        build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
        folder.join("debian")
    } else {
        folder.join("toolchain")
    };
    shell::run(build.env("CARGO_TARGET_DIR", &folder))?;
    let module = folder.join(TARGET).join("release").join(format!("{PACKAGE}.wasm"));
    let size = std::fs::metadata(&module).map_err(|error| format!("{}: {error}", module.display()))?.len();
    println!("{}: {size} bytes", module.display());
    execute(&module)?;
    Ok(module)
}

fn execute(module: &Path) -> Result<(), String> {
    let Some(node) = shell::find("node") else {
        println!("not run: node is not here");
        return Ok(());
    };
    let status = Command::new(node).args(["-e", NODE]).arg(module).status().map_err(|error| format!("node: {error}"))?;
    if !status.success() {
        return Err(format!("the module did not redact its sample under node: {status}"));
    }
    println!("it redacts its sample under node");
    Ok(())
}

/// The route that can be taken now, after installing what it needs.
fn ready(route: Route) -> Result<Route, String> {
    let toolchain = route != Route::Debian && has_target();
    if toolchain {
        return Ok(Route::Toolchain);
    }
    if route == Route::Toolchain {
        return Err(format!("the toolchain has no {TARGET}: `rustup target add {TARGET}`"));
    }
    debian().map(|()| Route::Debian)
}

/// Whether the compiler in use has the target's library, which rustup is asked to add.
fn has_target() -> bool {
    let installed = || {
        let mut rustc =
            shell::command(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()), &["--print", "target-libdir", "--target", TARGET]);
        shell::output(&mut rustc).is_some_and(|folder| Path::new(folder.trim()).is_dir())
    };
    installed() || (shell::output(&mut shell::command("rustup", &["target", "add", TARGET])).is_some() && installed())
}

/// Makes sure of Debian's packages.
fn debian() -> Result<(), String> {
    if debian_is_new_enough() {
        return Ok(());
    }
    let install = format!("apt-get install {}", DEBIAN_PACKAGES.join(" "));
    if shell::find("apt-get").is_none() {
        return Err(format!("neither rustup can add {TARGET} nor is this Debian"));
    }
    if !shell::is_root() {
        return Err(format!("run `{install}` as root, or `rustup target add {TARGET}`"));
    }
    shell::run(shell::command("apt-get", &["update", "--quiet"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let mut arguments = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    arguments.extend(DEBIAN_PACKAGES);
    shell::run(shell::command("apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    if debian_is_new_enough() { Ok(()) } else { Err(format!("Debian's {DEBIAN_RUSTC} is older than {}", env!("CARGO_PKG_RUST_VERSION"))) }
}

fn debian_is_new_enough() -> bool {
    let version = shell::output(&mut shell::command(DEBIAN_RUSTC, &["--version"])).unwrap_or_default();
    let number = version.split_whitespace().nth(1).unwrap_or_default();
    Path::new(DEBIAN_SOURCES).is_file() && shell::find(DEBIAN_LINKER).is_some() && minor(number) >= minor(env!("CARGO_PKG_RUST_VERSION"))
}

/// The second number of a version of Rust.
fn minor(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}
