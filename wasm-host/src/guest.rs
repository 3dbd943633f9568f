//! The functions that a guest exports.

use wasmtime::{AsContextMut, Instance, Store, TypedFunc, WasmParams, WasmResults};

use crate::error::HostError;
use crate::state::State;

/// The root context; contexts of streams have other numbers.
pub(crate) const ROOT: u32 = 1;

/// What the filter says of what it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Continue,
    Pause,
}

/// Callbacks about one direction.
pub(crate) struct WayCalls {
    headers: TypedFunc<(u32, u32, u32), u32>,
    body: TypedFunc<(u32, u32, u32), u32>,
    trailers: TypedFunc<(u32, u32), u32>,
}

/// All callbacks of a guest.
pub(crate) struct Guest {
    create: TypedFunc<(u32, u32), ()>,
    start: TypedFunc<(u32, u32), u32>,
    configure: TypedFunc<(u32, u32), u32>,
    tick: TypedFunc<u32, ()>,
    ways: [WayCalls; 2],
    answered: TypedFunc<(u32, u32, u32, u32, u32), ()>,
    done: TypedFunc<u32, u32>,
    log: TypedFunc<u32, ()>,
    delete: TypedFunc<u32, ()>,
}

impl Guest {
    pub(crate) fn new(store: &mut Store<State>, instance: &Instance) -> Result<Self, HostError> {
        let mut way = |headers, body, trailers| {
            Ok(WayCalls {
                headers: find(store, instance, headers)?,
                body: find(store, instance, body)?,
                trailers: find(store, instance, trailers)?,
            })
        };
        let ways = [
            way("proxy_on_request_headers", "proxy_on_request_body", "proxy_on_request_trailers")?,
            way("proxy_on_response_headers", "proxy_on_response_body", "proxy_on_response_trailers")?,
        ];
        Ok(Guest {
            ways,
            create: find(store, instance, "proxy_on_context_create")?,
            start: find(store, instance, "proxy_on_vm_start")?,
            configure: find(store, instance, "proxy_on_configure")?,
            tick: find(store, instance, "proxy_on_tick")?,
            answered: find(store, instance, "proxy_on_http_call_response")?,
            done: find(store, instance, "proxy_on_done")?,
            log: find(store, instance, "proxy_on_log")?,
            delete: find(store, instance, "proxy_on_delete")?,
        })
    }

    /// Starts the root context; whether it took its configuration.
    pub(crate) fn configure(&self, store: &mut Store<State>, length: u32) -> Result<bool, HostError> {
        call(&self.create, store, (ROOT, 0))?;
        Ok(call(&self.start, store, (ROOT, 0))? != 0 && call(&self.configure, store, (ROOT, length))? != 0)
    }

    pub(crate) fn tick(&self, store: &mut Store<State>) -> Result<(), HostError> {
        call(&self.tick, store, ROOT)
    }

    pub(crate) fn open(&self, store: &mut Store<State>, context: u32) -> Result<(), HostError> {
        call(&self.create, store, (context, ROOT))
    }

    pub(crate) fn headers(&self, store: &mut Store<State>, way: usize, context: u32, count: u32, end: bool) -> Result<Action, HostError> {
        call(&self.ways[way].headers, store, (context, count, u32::from(end))).map(action)
    }

    pub(crate) fn body(&self, store: &mut Store<State>, way: usize, context: u32, size: u32, end: bool) -> Result<Action, HostError> {
        call(&self.ways[way].body, store, (context, size, u32::from(end))).map(action)
    }

    pub(crate) fn trailers(&self, store: &mut Store<State>, way: usize, context: u32, count: u32) -> Result<Action, HostError> {
        call(&self.ways[way].trailers, store, (context, count)).map(action)
    }

    pub(crate) fn answered(&self, store: &mut Store<State>, context: u32, token: u32, headers: u32) -> Result<(), HostError> {
        call(&self.answered, store, (context, token, headers, 0, 0))
    }

    pub(crate) fn close(&self, store: &mut Store<State>, context: u32) -> Result<(), HostError> {
        call(&self.log, store, context)?;
        call(&self.done, store, context)?;
        call(&self.delete, store, context)
    }
}

fn action(number: u32) -> Action {
    if number == 0 { Action::Continue } else { Action::Pause }
}

fn find<P: WasmParams, R: WasmResults>(
    store: &mut Store<State>,
    instance: &Instance,
    name: &'static str,
) -> Result<TypedFunc<P, R>, HostError> {
    instance.get_typed_func(store, name).map_err(|_| HostError::Export(name))
}

fn call<P: WasmParams, R: WasmResults>(function: &TypedFunc<P, R>, store: &mut Store<State>, arguments: P) -> Result<R, HostError> {
    function.call(store.as_context_mut(), arguments).map_err(|error| HostError::Trap(format!("{error:#}")))
}
