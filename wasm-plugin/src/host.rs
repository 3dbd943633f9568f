//! What the plugin asks of its host. Every answer may be an error, and none is taken for granted.

use std::time::{Duration, UNIX_EPOCH};

use proxy_wasm::hostcalls;
pub(crate) use proxy_wasm::types::{BufferType, LogLevel, MapType, MetricType, Status};
use tamis::Timestamp;

/// A line in the host's log.
pub(crate) fn log(level: LogLevel, text: &str) {
    // There is nowhere to tell that this failed.
    let _ = hostcalls::log(level, text);
}

/// The host's clock; the beginning of time where it has none.
pub(crate) fn now() -> Timestamp {
    let since = hostcalls::get_current_time().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = since.and_then(|since| i128::try_from(since.as_nanos()).ok());
    nanos.and_then(|nanos| Timestamp::from_nanosecond(nanos).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// All of a buffer, or nothing.
pub(crate) fn buffer(kind: BufferType, size: usize) -> Result<Vec<u8>, Status> {
    if size == 0 {
        return Ok(Vec::new());
    }
    hostcalls::get_buffer(kind, 0, size)?.ok_or(Status::NotFound)
}

/// So many bytes of a buffer from an offset on; fewer where it ends.
pub(crate) fn slice(kind: BufferType, start: usize, size: usize) -> Result<Vec<u8>, Status> {
    Ok(hostcalls::get_buffer(kind, start, size)?.unwrap_or_default())
}

/// Puts bytes in the place of a buffer's first `size`.
pub(crate) fn replace(kind: BufferType, size: usize, bytes: &[u8]) -> Result<(), Status> {
    hostcalls::set_buffer(kind, 0, size, bytes)
}

/// Headers as text; what is no UTF-8 with signs in its place.
pub(crate) fn headers(kind: MapType) -> Result<Vec<(String, String)>, Status> {
    let map = hostcalls::get_map_bytes(kind)?;
    let text = |value| String::from_utf8(value).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(map.into_iter().map(|(name, value)| (name, text(value))).collect())
}

/// Sets a header, or takes it out.
pub(crate) fn set_header(kind: MapType, name: &str, value: Option<&str>) -> Result<(), Status> {
    match value {
        Some(value) => hostcalls::set_map_value(kind, name, Some(value)),
        None => hostcalls::remove_map_value(kind, name),
    }
}

/// Lets what is paused go on.
pub(crate) fn resume(request: bool) -> Result<(), Status> {
    if request { hostcalls::resume_http_request() } else { hostcalls::resume_http_response() }
}

/// Breaks the connection to whoever waits for a response.
pub(crate) fn reset_response() -> Result<(), Status> {
    hostcalls::reset_http_response()
}

/// A property of the request, as text.
pub(crate) fn property(path: &[&str]) -> Option<String> {
    let bytes = hostcalls::get_property(path.to_vec()).ok().flatten()?;
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// Leaves something for the access log, as filter state `wasm.NAME`.
pub(crate) fn tell(name: &str, value: &str) {
    // Where there is no access log, nobody misses it.
    let _ = hostcalls::set_property(vec![name], Some(value.as_bytes()));
}

/// Answers in the upstream's place.
pub(crate) fn answer(status: u32, headers: &[(&str, &str)], body: &[u8]) -> Result<(), Status> {
    hostcalls::send_http_response(status, headers.to_vec(), Some(body))
}

/// Sends a POST to a cluster; the answer comes as a callback with this token.
pub(crate) fn post(cluster: &str, headers: &[(&str, &str)], body: &[u8], timeout: Duration) -> Result<u32, Status> {
    hostcalls::dispatch_http_call(cluster, headers.to_vec(), Some(body), Vec::new(), timeout)
}
