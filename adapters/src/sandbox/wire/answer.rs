//! An answer before it becomes bytes.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use serde_json::Value;

pub(in super::super) struct Answer {
    pub(in super::super) status: StatusCode,
    pub(in super::super) body: Value,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(in super::super) fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, headers: Vec::new() }
    }

    pub(in super::super) fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    pub(super) fn whole(self) -> Response<Full<Bytes>> {
        // An answer without a value has no body.
        let bytes = if self.body.is_null() { Bytes::new() } else { Bytes::from(self.body.to_string()) };
        self.carrying(bytes)
    }

    /// The same answer with a body that breaks off in the middle, so that it cannot be read as JSON.
    pub(super) fn torn(self) -> Response<Full<Bytes>> {
        let text = self.body.to_string().into_bytes();
        let half = text.get(..text.len() / 2).map(Bytes::copy_from_slice).unwrap_or_default();
        self.carrying(half)
    }

    fn carrying(self, body: Bytes) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
