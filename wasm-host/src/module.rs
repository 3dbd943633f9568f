//! A compiled module, and virtual machines that run it.

use std::collections::BTreeMap;
use std::path::Path;

use wasmtime::{Config, Engine, Linker, Memory, OptLevel, Store};

use crate::abi;
use crate::error::HostError;
use crate::guest::{Guest, ROOT};
use crate::state::{Call, Collector, LogLine, State};

/// A module, compiled once for any number of machines.
pub struct Module {
    module: wasmtime::Module,
    linker: Linker<State>,
}

impl Module {
    /// Reads and compiles a module.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no module.
    pub fn load(path: &Path) -> Result<Self, HostError> {
        let bytes = std::fs::read(path).map_err(|error| HostError::Module(format!("{}: {error}", path.display())))?;
        Module::new(&bytes)
    }

    /// Compiles a module.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn new(bytes: &[u8]) -> Result<Self, HostError> {
        let failed = |error: wasmtime::Error| HostError::Module(format!("{error:#}"));
        let mut config = Config::new();
        config.wasm_simd(true).cranelift_opt_level(OptLevel::Speed);
        let engine = Engine::new(&config).map_err(failed)?;
        let module = wasmtime::Module::new(&engine, bytes).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        abi::link(&mut linker).map_err(failed)?;
        linker.define_unknown_imports_as_traps(&module).map_err(failed)?;
        Ok(Module { module, linker })
    }

    /// What it asks of its host: names of functions, with those of their modules.
    pub fn imports(&self) -> impl Iterator<Item = (&str, &str)> {
        self.module.imports().map(|import| (import.module(), import.name()))
    }

    /// Starts a machine with this configuration.
    ///
    /// # Errors
    ///
    /// When the module traps or refuses its configuration.
    pub fn start(&self, configuration: &[u8]) -> Result<Vm, HostError> {
        let state = State { configuration: configuration.to_vec(), context: ROOT, time: 1_760_000_000_000_000_000, ..State::default() };
        let mut store = Store::new(self.module.engine(), state);
        let trap = |error: wasmtime::Error| HostError::Trap(format!("{error:#}"));
        let instance = self.linker.instantiate(&mut store, &self.module).map_err(trap)?;
        let memory = instance.get_memory(&mut store, "memory").ok_or(HostError::Export("memory"))?;
        for name in ["_initialize", "_start"] {
            if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut store, name) {
                initialize.call(&mut store, ()).map_err(trap)?;
            }
        }
        let guest = Guest::new(&mut store, &instance)?;
        let length = u32::try_from(configuration.len()).map_err(|_| HostError::Refused("it is too long".into()))?;
        if !guest.configure(&mut store, length)? {
            let last = store.data_mut().log.pop();
            return Err(HostError::Refused(last.map(|line| line.text).unwrap_or_default()));
        }
        Ok(Vm { store, guest, memory, contexts: ROOT, dead: false })
    }
}

/// A running module, with the host around it.
pub struct Vm {
    pub(crate) store: Store<State>,
    pub(crate) guest: Guest,
    memory: Memory,
    pub(crate) contexts: u32,
    pub(crate) dead: bool,
}

impl Vm {
    /// Bytes of memory that the guest has taken. It never gives any back.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// Whether it has trapped: from then on nothing passes.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// Says how clusters answer from now on.
    pub fn set_collector(&mut self, collector: Collector) {
        self.store.data_mut().collector = collector;
    }

    /// Sets the clock, in nanoseconds since 1970.
    pub fn set_time(&mut self, time: u64) {
        self.store.data_mut().time = time;
    }

    /// A property that the guest may ask for, its path joined by dots.
    pub fn set_property(&mut self, path: &str, value: &[u8]) {
        self.store.data_mut().properties.insert(path.to_owned(), value.to_vec());
    }

    /// A property, also one that the guest has set.
    #[must_use]
    pub fn property(&self, path: &str) -> Option<&[u8]> {
        self.store.data().properties.get(path).map(Vec::as_slice)
    }

    /// Counters and gauges with their values; of histograms the last value.
    #[must_use]
    pub fn metrics(&self) -> BTreeMap<String, u64> {
        self.store.data().metrics.iter().cloned().collect()
    }

    /// Takes what the guest has logged.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.store.data_mut().log)
    }

    /// Takes the calls that the guest has made.
    pub fn take_calls(&mut self) -> Vec<Call> {
        std::mem::take(&mut self.store.data_mut().calls)
    }

    /// Lets the guest's timer run out, and answers the calls that it makes then.
    ///
    /// # Errors
    ///
    /// When it traps.
    pub fn tick(&mut self) -> Result<(), HostError> {
        self.store.data_mut().context = ROOT;
        self.guest.tick(&mut self.store)?;
        self.answer_calls()
    }

    /// Answers what waits for answers.
    pub(crate) fn answer_calls(&mut self) -> Result<(), HostError> {
        let Collector::Answers(status) = self.store.data().collector else { return Ok(()) };
        for call in std::mem::take(&mut self.store.data_mut().unanswered) {
            self.store.data_mut().answer = vec![(":status".to_owned(), status.to_string())];
            let (context, token) = call.from;
            self.guest.answered(&mut self.store, context, token, 1)?;
        }
        Ok(())
    }
}
