//! The plugin in one virtual machine: its configuration, and what all requests share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use tamis::api::Filter;
use tamis::token::{Scope, Tokenizer};
use tamis::{Name, Scanner, Timestamp};

use crate::exchange::Exchange;
use crate::host::{self, BufferType, LogLevel};
use crate::metrics::Metrics;
use crate::outbox::{self, Outbox};
use crate::settings::Settings;

/// How often counts and events that nothing waits for are sent.
const TICK: Duration = Duration::from_millis(250);
/// Counts the machines of a host.
const MACHINES: &str = "tamis.machines";

/// What all requests share.
pub(crate) struct Plugin {
    pub(crate) settings: Settings,
    pub(crate) filter: Filter,
    pub(crate) metrics: Metrics,
    pub(crate) outbox: RefCell<Outbox>,
    /// What all names of decisions here begin with.
    prefix: String,
    decisions: Cell<u64>,
}

impl Plugin {
    fn new(settings: Settings, scanner: Scanner) -> Self {
        let filter = Filter::new(scanner, settings.policy.clone(), settings.findings.clone(), settings.limits);
        let now = host::now();
        let name = host::property(&["plugin_root_id"]).unwrap_or_default();
        let log = outbox::log_id(now, crate::sessions::next(MACHINES), &name);
        let outbox = RefCell::new(Outbox::new(log, settings.policy.digest(), now));
        let prefix = log.to_string().chars().take(12).collect();
        Plugin { settings, filter, metrics: Metrics::default(), outbox, prefix, decisions: Cell::new(0) }
    }

    /// A name for what is decided on one request and its response.
    pub(crate) fn decision(&self) -> Name {
        let number = self.decisions.get();
        self.decisions.set(number.wrapping_add(1));
        Name::from(format!("{}-{number:x}", self.prefix))
    }

    /// The time, where anybody asks for it.
    pub(crate) fn now(&self) -> Timestamp {
        if self.settings.asks_for_time { host::now() } else { Timestamp::UNIX_EPOCH }
    }

    /// What makes and opens the tokens of a session.
    pub(crate) fn tokenizer(&self, session: Option<&str>) -> Option<Tokenizer> {
        let keys = self.settings.keys.clone()?;
        let scope = session.map_or_else(Scope::key, Scope::session);
        let scope = self.settings.tenant.as_ref().map_or(scope.clone(), |tenant| scope.of_tenant(tenant));
        Some(Tokenizer::new(keys, scope))
    }
}

/// The context that is configured, and that outlives all requests.
#[derive(Default)]
pub(crate) struct Root {
    plugin: Option<Rc<Plugin>>,
}

impl Context for Root {
    fn on_http_call_response(&mut self, token: u32, headers: usize, _: usize, _: usize) {
        let Some(plugin) = &self.plugin else { return };
        let stored = crate::exchange::is_stored(headers);
        plugin.outbox.borrow_mut().answered(token, stored);
        if !stored {
            plugin.metrics.add("audit.failed", 1);
        }
    }
}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        let scanner = Scanner::new(tamis::rules::builtin());
        let settings = host::buffer(BufferType::PluginConfiguration, size)
            .map_err(|status| format!("the host does not hand over the configuration: status {}", status as u32))
            .and_then(|bytes| Settings::load(&bytes, scanner.rules(), host::now()));
        match settings {
            Ok(settings) => {
                host::log(LogLevel::Info, &format!("tamis: {}", settings.policy.summary()));
                let plugin = Plugin::new(settings, scanner);
                plugin.metrics.add("machines", 1);
                self.plugin = Some(Rc::new(plugin));
                hostcalls::set_tick_period(TICK).is_ok()
            }
            Err(why) => {
                host::log(LogLevel::Error, &format!("tamis: {why}"));
                false
            }
        }
    }

    fn on_tick(&mut self) {
        let Some(plugin) = &self.plugin else { return };
        plugin.metrics.flush();
        let Some(collector) = &plugin.settings.collector else { return };
        let mut outbox = plugin.outbox.borrow_mut();
        if outbox.flush(collector).is_err() {
            plugin.metrics.add("audit.failed", 1);
        }
        plugin.metrics.add("audit.dropped", outbox.take_dropped());
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Exchange::new(self.plugin.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
