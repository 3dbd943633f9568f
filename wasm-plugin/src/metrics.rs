//! Counters and histograms in the host's statistics.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proxy_wasm::hostcalls;
use tamis::Decision;

use crate::host::{self, LogLevel, MetricType};

/// Most different names: each of them costs the host memory for ever.
const MOST: usize = 1000;

/// What is counted with every request. It is told to the host now and then: each word to it costs.
#[derive(Clone, Copy)]
pub(crate) enum Traffic {
    Requests,
    RequestBytes,
    ResponseBytes,
}

const TRAFFIC: [&str; 3] = ["requests", "request.bytes", "response.bytes"];

/// Everything that is counted. Names are defined when they are first needed.
#[derive(Default)]
pub(crate) struct Metrics {
    ids: RefCell<BTreeMap<String, Option<u32>>>,
    traffic: [Cell<u64>; TRAFFIC.len()],
}

impl Metrics {
    /// Counts what passes.
    pub(crate) fn pass(&self, traffic: Traffic, count: u64) {
        if let Some(counted) = self.traffic.get(traffic as usize) {
            counted.set(counted.get().saturating_add(count));
        }
    }

    /// Tells the host what has passed.
    pub(crate) fn flush(&self) {
        TRAFFIC.iter().zip(&self.traffic).for_each(|(name, counted)| self.add(name, counted.take()));
    }

    /// Counts so many of something.
    pub(crate) fn add(&self, name: &str, count: u64) {
        if count == 0 {
            return;
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(id) = self.id(name, MetricType::Counter) {
            // A count that is lost changes nothing.
            let _ = hostcalls::increment_metric(id, count);
        }
    }

    /// Adds a value to a histogram.
    pub(crate) fn record(&self, name: &str, value: u64) {
        if let Some(id) = self.id(name, MetricType::Histogram) {
            let _ = hostcalls::record_metric(id, value);
        }
    }

    /// Counts findings of a class, by what became of them.
    pub(crate) fn found(&self, class: &str, decision: Decision, count: u64) {
        self.add(&format!("findings.{}.{}", class.replace(['/', '.'], "_"), decision.as_str()), count);
    }

    fn id(&self, name: &str, kind: MetricType) -> Option<u32> {
        let mut ids = self.ids.borrow_mut();
        if let Some(id) = ids.get(name) {
            return *id;
        }
        if ids.len() >= MOST {
            return None;
        }
        let id = hostcalls::define_metric(kind, &format!("tamis.{name}")).ok();
        if id.is_none() {
            host::log(LogLevel::Warn, &format!("tamis: the host has no room for the metric {name}"));
        }
        ids.insert(name.to_owned(), id);
        id
    }
}
