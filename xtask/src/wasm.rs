//! `wasm`: the plugin as a module for gateways, with SIMD. Two ways lead there, and the first one that can be gone is:
//! the target of the toolchain in use, added by rustup if it can be, or Debian's compiler and library sources.

use std::env;
use std::path::{Path, PathBuf};

use crate::shell::{self, cargo};

const TARGET: &str = "wasm32-unknown-unknown";
const FLAGS: &str = "-C target-feature=+simd128";
/// What is compiled for size: all but the engine, through which every byte passes, and these. Gateways compile a module anew
/// for each machine that they start.
const FAST: [&str; 5] = ["tamis-engine", "memchr", "miniz_oxide", "brotli-decompressor", "sha2"];
/// What gateways are asked to load at most.
const LARGEST: u64 = 4 << 20;
/// Debian's compiler, as rustup's may stand before it on PATH.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const DEBIAN_LINKER: &str = "wasm-ld-19";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-19"];

/// Arguments of `wasm`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Copy the module to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Whose library to build with
    #[arg(long, value_enum, default_value_t = Route::Auto)]
    route: Route,
    /// Try it in the test host, as `test` does
    #[arg(long)]
    test: bool,
}

/// Whose library to build with.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Route {
    /// The toolchain's target, or else Debian's packages
    Auto,
    /// The target of the toolchain in use
    Toolchain,
    /// Debian's packages rustc-web, rust-web-src and lld-19
    Debian,
}

/// A module that can be built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    /// The plugin.
    Plugin,
    /// The plugin with a fault that a header sets off.
    Fault,
    /// A filter that copies bodies and does nothing else: what the plugin is measured against.
    Copy,
}

impl Module {
    fn package(self) -> &'static str {
        if self == Module::Copy { "tamis-wasm-copy" } else { "tamis-wasm-plugin" }
    }

    fn file(self) -> &'static str {
        match self {
            Module::Plugin => "tamis.wasm",
            Module::Fault => "tamis-fault.wasm",
            Module::Copy => "copy.wasm",
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let route = ready(args.route)?;
    let module = build(Module::Plugin, route)?;
    if let Some(out) = &args.out {
        std::fs::copy(&module, out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    if args.test { try_out(&module, route) } else { Ok(()) }
}

/// The tests of the module, as a stage of `test`. Where nothing can be installed it says so and passes, except under CI.
pub(crate) fn check() -> Result<(), String> {
    let route = match ready(Route::Auto) {
        Err(why) if env::var_os("CI").is_none() => {
            println!("notice: not built for {TARGET}: {why}");
            return Ok(());
        }
        route => route?,
    };
    try_out(&build(Module::Plugin, route)?, route)
}

/// Runs the module in the test host, and one with a fault that has to do no harm.
fn try_out(plugin: &Path, route: Route) -> Result<(), String> {
    let fault = build(Module::Fault, route)?;
    let mut test = cargo(&["test", "--package", "tamis-wasm-host"]);
    shell::run(test.env("TAMIS_WASM", plugin).env("TAMIS_WASM_FAULT", fault))
}

/// Builds a module by the first way that can be gone.
pub(crate) fn module(module: Module) -> Result<PathBuf, String> {
    build(module, ready(Route::Auto)?)
}

/// Builds a module, makes it smaller where wasm-opt is, and says how large it is.
fn build(module: Module, route: Route) -> Result<PathBuf, String> {
    let folder = shell::target().join("wasm");
    let mut build = cargo(&["build", "--release", "--target", TARGET, "--package", module.package()]);
    if module == Module::Fault {
        build.args(["--features", "fault"]);
    }
    if module != Module::Copy {
        build.args(["--config", "profile.release.opt-level=\"s\""]);
        build.args(FAST.iter().flat_map(|fast| ["--config".to_owned(), format!("profile.release.package.{fast}.opt-level=3")]));
    }
    build.env("RUSTFLAGS", FLAGS).env("CARGO_PROFILE_RELEASE_STRIP", "symbols").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let cache = if route == Route::Debian {
        build.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1").env("RUSTC", DEBIAN_RUSTC);
        build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
        folder.join("debian")
    } else {
        folder.join("toolchain")
    };
    shell::run(build.env("CARGO_TARGET_DIR", &cache))?;
    let built = cache.join(TARGET).join("release").join(format!("{}.wasm", module.package().replace('-', "_")));
    let out = folder.join(module.file());
    optimise(&built, &out)?;
    let size = std::fs::metadata(&out).map_err(|error| format!("{}: {error}", out.display()))?.len();
    println!("{}: {size} bytes", out.display());
    if size > LARGEST { Err(format!("{} is larger than {LARGEST} bytes", out.display())) } else { Ok(out) }
}

fn optimise(built: &Path, out: &Path) -> Result<(), String> {
    if let Some(wasm_opt) = shell::find("wasm-opt") {
        let mut optimise = shell::command(wasm_opt, &["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"]);
        optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--strip-debug", "--strip-producers", "-o"]);
        return shell::run(optimise.arg(out).arg(built));
    }
    std::fs::copy(built, out).map(|_| ()).map_err(|error| format!("{}: {error}", built.display()))
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
