//! A filter that copies bodies and does nothing else: what a filter that reads bodies costs at least.

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, BufferType, ContextType};

/// What the host calls first.
mod entry {
    use proxy_wasm::traits::RootContext;

    proxy_wasm::main! {{
        proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(crate::Copy) });
    }}
}

struct Copy;

impl Copy {
    fn copy(kind: BufferType, size: usize) -> Action {
        if let Ok(Some(bytes)) = hostcalls::get_buffer(kind, 0, size) {
            let _ = hostcalls::set_buffer(kind, 0, size, &bytes);
        }
        Action::Continue
    }
}

impl Context for Copy {}

impl RootContext for Copy {
    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Copy))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

impl HttpContext for Copy {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let _ = hostcalls::remove_map_value(proxy_wasm::types::MapType::HttpRequestHeaders, "content-length");
        Action::Continue
    }

    fn on_http_request_body(&mut self, size: usize, _: bool) -> Action {
        Copy::copy(BufferType::HttpRequestBody, size)
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        let _ = hostcalls::remove_map_value(proxy_wasm::types::MapType::HttpResponseHeaders, "content-length");
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, _: bool) -> Action {
        Copy::copy(BufferType::HttpResponseBody, size)
    }
}
