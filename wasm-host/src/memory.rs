//! Bytes in and out of the guest's memory.

use wasmtime::{Caller, Extern, Memory, TypedFunc};

use crate::state::State;

/// The memory of the guest that calls.
pub(crate) fn of(caller: &mut Caller<'_, State>) -> wasmtime::Result<Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(wasmtime::Error::msg("the module has no memory")),
    }
}

/// Copies bytes out of the guest.
pub(crate) fn read(caller: &mut Caller<'_, State>, at: u32, length: u32) -> wasmtime::Result<Vec<u8>> {
    let memory = of(caller)?;
    let (at, length) = (at as usize, length as usize);
    let bytes = memory.data(&caller).get(at..at.saturating_add(length));
    bytes.map(<[u8]>::to_vec).ok_or_else(|| wasmtime::Error::msg("a pointer outside of memory"))
}

/// The same as text.
pub(crate) fn read_text(caller: &mut Caller<'_, State>, at: u32, length: u32) -> wasmtime::Result<String> {
    Ok(String::from_utf8_lossy(&read(caller, at, length)?).into_owned())
}

/// Writes a number.
pub(crate) fn write(caller: &mut Caller<'_, State>, at: u32, bytes: &[u8]) -> wasmtime::Result<()> {
    let memory = of(caller)?;
    Ok(memory.write(caller, at as usize, bytes)?)
}

/// Gives bytes to the guest in memory that it allocates, and tells it where they are.
pub(crate) fn give(caller: &mut Caller<'_, State>, bytes: &[u8], pointer: u32, size: u32) -> wasmtime::Result<()> {
    let length = u32::try_from(bytes.len())?;
    let mut at = 0;
    if length > 0 {
        let allocate = ["malloc", "proxy_on_memory_allocate"].into_iter().find_map(|name| caller.get_export(name));
        let allocate = allocate.and_then(Extern::into_func).ok_or_else(|| wasmtime::Error::msg("the module has no allocator"))?;
        let allocate: TypedFunc<u32, u32> = allocate.typed(&caller)?;
        at = allocate.call(&mut *caller, length)?;
        write(caller, at, bytes)?;
    }
    write(caller, pointer, &at.to_le_bytes())?;
    write(caller, size, &length.to_le_bytes())
}
