//! The functions that a guest imports, as Envoy implements them.

use wasmtime::{Caller, Linker, Result};

use crate::memory::{give, read, read_text, write};
use crate::pairs;
use crate::state::{Call, Collector, Local, State};

const OK: u32 = 0;
const NOT_FOUND: u32 = 1;
const BAD_ARGUMENT: u32 = 2;
const CAS_MISMATCH: u32 = 8;

type Env<'a> = Caller<'a, State>;

/// Links all of them. What is missing traps when it is called.
pub(crate) fn link(linker: &mut Linker<State>) -> Result<()> {
    link_buffers(linker)?;
    link_maps(linker)?;
    link_streams(linker)?;
    link_calls(linker)?;
    link_shared(linker)?;
    link_metrics(linker)?;
    linker.func_wrap("env", "proxy_log", |mut env: Env<'_>, level: u32, at: u32, length: u32| {
        let text = read_text(&mut env, at, length)?;
        env.data_mut().log.push(crate::LogLine { level, text });
        Ok(OK)
    })?;
    linker.func_wrap("env", "proxy_get_current_time_nanoseconds", |mut env: Env<'_>, to: u32| {
        let time = env.data().time;
        write(&mut env, to, &time.to_le_bytes())?;
        Ok(OK)
    })?;
    linker.func_wrap("env", "proxy_set_tick_period_milliseconds", |mut env: Env<'_>, period: u32| {
        env.data_mut().tick = period;
        OK
    })?;
    Ok(())
}

fn link_buffers(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_get_buffer_bytes", |mut env: Env<'_>, kind: u32, start: u32, most: u32, pointer: u32, size: u32| {
        let Some(buffer) = env.data().buffer(kind) else { return Ok(NOT_FOUND) };
        let start = (start as usize).min(buffer.len());
        let end = start.saturating_add(most as usize).min(buffer.len());
        let bytes = buffer[start..end].to_vec();
        give(&mut env, &bytes, pointer, size)?;
        Ok(OK)
    })?;
    linker.func_wrap("env", "proxy_set_buffer_bytes", |mut env: Env<'_>, kind: u32, start: u32, size: u32, at: u32, length: u32| {
        let bytes = read(&mut env, at, length)?;
        let Some(way) = env.data_mut().ways.get_mut(kind as usize).filter(|way| way.readable) else { return Ok(NOT_FOUND) };
        // Whole, before or after: nothing in between, as in Envoy.
        match (start as usize, size as usize) {
            (0, 0) => drop(way.buffer.splice(..0, bytes)),
            (0, size) if size >= way.buffer.len() => way.buffer = bytes,
            (start, _) if start >= way.buffer.len() => way.buffer.extend(bytes),
            _ => return Ok(BAD_ARGUMENT),
        }
        Ok(OK)
    })?;
    Ok(())
}

fn link_maps(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_get_header_map_pairs", |mut env: Env<'_>, kind: u32, pointer: u32, size: u32| {
        let Some(map) = env.data_mut().map(kind) else { return Ok(BAD_ARGUMENT) };
        let bytes = pairs::encode(map);
        give(&mut env, &bytes, pointer, size)?;
        Ok(OK)
    })?;
    linker.func_wrap(
        "env",
        "proxy_get_header_map_value",
        |mut env: Env<'_>, kind: u32, at: u32, length: u32, pointer: u32, size: u32| {
            let name = read_text(&mut env, at, length)?.to_ascii_lowercase();
            let Some(map) = env.data_mut().map(kind) else { return Ok(BAD_ARGUMENT) };
            let Some(value) = map.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone()) else { return Ok(NOT_FOUND) };
            give(&mut env, value.as_bytes(), pointer, size)?;
            Ok(OK)
        },
    )?;
    linker.func_wrap("env", "proxy_remove_header_map_value", |mut env: Env<'_>, kind: u32, at: u32, length: u32| {
        let name = read_text(&mut env, at, length)?.to_ascii_lowercase();
        let Some(map) = env.data_mut().map(kind) else { return Ok(BAD_ARGUMENT) };
        map.retain(|(other, _)| *other != name);
        Ok(OK)
    })?;
    for (function, replaces) in [("proxy_replace_header_map_value", true), ("proxy_add_header_map_value", false)] {
        linker.func_wrap("env", function, move |mut env: Env<'_>, kind: u32, at: u32, length: u32, value_at: u32, value_length: u32| {
            let name = read_text(&mut env, at, length)?.to_ascii_lowercase();
            let value = read_text(&mut env, value_at, value_length)?;
            let Some(map) = env.data_mut().map(kind) else { return Ok(BAD_ARGUMENT) };
            if replaces {
                map.retain(|(other, _)| *other != name);
            }
            map.push((name, value));
            Ok(OK)
        })?;
    }
    Ok(())
}

fn link_streams(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_continue_stream", |mut env: Env<'_>, way: u32| match env.data_mut().ways.get_mut(way as usize) {
        Some(way) => {
            way.resumed = true;
            OK
        }
        None => BAD_ARGUMENT,
    })?;
    linker.func_wrap("env", "proxy_close_stream", |mut env: Env<'_>, way: u32| match env.data_mut().ways.get_mut(way as usize) {
        Some(way) => {
            way.closed = true;
            OK
        }
        None => BAD_ARGUMENT,
    })?;
    linker.func_wrap(
        "env",
        "proxy_send_local_response",
        |mut env: Env<'_>, status: u32, _: u32, _: u32, body: u32, body_length: u32, headers: u32, headers_length: u32, _: i32| {
            let body = read(&mut env, body, body_length)?;
            let bytes = read(&mut env, headers, headers_length)?;
            let Some(headers) = pairs::decode(&bytes) else { return Ok(BAD_ARGUMENT) };
            env.data_mut().local.get_or_insert(Local { status, headers, body });
            Ok(OK)
        },
    )?;
    linker.func_wrap("env", "proxy_get_property", |mut env: Env<'_>, at: u32, length: u32, pointer: u32, size: u32| {
        let path = read_text(&mut env, at, length)?.replace('\0', ".");
        let Some(value) = env.data().properties.get(&path).cloned() else { return Ok(NOT_FOUND) };
        give(&mut env, &value, pointer, size)?;
        Ok(OK)
    })?;
    linker.func_wrap("env", "proxy_set_property", |mut env: Env<'_>, at: u32, length: u32, value_at: u32, value_length: u32| {
        let path = read_text(&mut env, at, length)?.replace('\0', ".");
        let value = read(&mut env, value_at, value_length)?;
        env.data_mut().properties.insert(path, value);
        Ok(OK)
    })?;
    Ok(())
}

fn link_calls(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_set_effective_context", |mut env: Env<'_>, id: u32| {
        env.data_mut().context = id;
        OK
    })?;
    linker.func_wrap(
        "env",
        "proxy_http_call",
        |mut env: Env<'_>,
         cluster: u32,
         cluster_length: u32,
         headers: u32,
         headers_length: u32,
         body: u32,
         body_length: u32,
         _: u32,
         _: u32,
         _: u32,
         to: u32| {
            let cluster = read_text(&mut env, cluster, cluster_length)?;
            let headers = read(&mut env, headers, headers_length)?;
            let body = read(&mut env, body, body_length)?;
            let Some(headers) = pairs::decode(&headers) else { return Ok(BAD_ARGUMENT) };
            let state = env.data_mut();
            if state.collector == Collector::Missing {
                return Ok(BAD_ARGUMENT);
            }
            state.tokens += 1;
            let token = state.tokens;
            let call = Call { cluster, headers, body, from: (state.context, token) };
            state.calls.push(call.clone());
            state.unanswered.push(call);
            write(&mut env, to, &token.to_le_bytes())?;
            Ok(OK)
        },
    )?;
    Ok(())
}

fn link_shared(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_get_shared_data", |mut env: Env<'_>, at: u32, length: u32, pointer: u32, size: u32, cas: u32| {
        let key = read_text(&mut env, at, length)?;
        let Some((value, version)) = env.data().shared.get(&key).cloned() else { return Ok(NOT_FOUND) };
        give(&mut env, &value, pointer, size)?;
        write(&mut env, cas, &version.to_le_bytes())?;
        Ok(OK)
    })?;
    linker.func_wrap(
        "env",
        "proxy_set_shared_data",
        |mut env: Env<'_>, at: u32, length: u32, value: u32, value_length: u32, cas: u32| {
            let key = read_text(&mut env, at, length)?;
            let value = read(&mut env, value, value_length)?;
            let slot = env.data_mut().shared.entry(key).or_default();
            if cas != 0 && cas != slot.1 {
                return Ok(CAS_MISMATCH);
            }
            *slot = (value, slot.1 + 1);
            Ok(OK)
        },
    )?;
    Ok(())
}

fn link_metrics(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_define_metric", |mut env: Env<'_>, _: u32, at: u32, length: u32, to: u32| {
        let name = read_text(&mut env, at, length)?;
        let metrics = &mut env.data_mut().metrics;
        let id = metrics.iter().position(|(other, _)| *other == name).unwrap_or_else(|| {
            metrics.push((name, 0));
            metrics.len() - 1
        });
        write(&mut env, to, &u32::try_from(id)?.to_le_bytes())?;
        Ok(OK)
    })?;
    for function in ["proxy_increment_metric", "proxy_record_metric"] {
        let adds = function == "proxy_increment_metric";
        linker.func_wrap("env", function, move |mut env: Env<'_>, id: u32, value: i64| {
            match env.data_mut().metrics.get_mut(id as usize) {
                Some((_, old)) => {
                    *old = if adds { old.wrapping_add_signed(value) } else { value.cast_unsigned() };
                    OK
                }
                None => NOT_FOUND,
            }
        })?;
    }
    Ok(())
}
