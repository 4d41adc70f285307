//! A request as it was received: decoded path segments and query, raw body.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header::AUTHORIZATION};
use serde_json::Value;

pub(in super::super) struct Request {
    pub(in super::super) method: Method,
    /// Path and query as sent.
    pub(in super::super) target: String,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    pub(super) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let segments = uri.path().split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect();
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name, true), decoded(value, true))
        });
        let target = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
        Self { method, target, segments, query: query.collect(), headers, body }
    }

    pub(in super::super) fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// The n-th part of the path, empty when there is none.
    pub(in super::super) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }

    /// The first value of a query parameter.
    pub(in super::super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(in super::super) fn query_names(&self) -> impl Iterator<Item = &str> {
        self.query.iter().map(|(name, _)| name.as_str())
    }

    pub(in super::super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(in super::super) fn bearer(&self) -> Option<&str> {
        self.header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ").map(str::trim)
    }

    /// The body as JSON; an empty one is an empty object, as for both providers.
    pub(in super::super) fn json(&self) -> Result<Value, serde_json::Error> {
        if self.body.is_empty() {
            Ok(Value::Object(serde_json::Map::new()))
        } else {
            serde_json::from_slice(&self.body)
        }
    }
}

/// Percent-decoding; in a query a plus sign is a space.
fn decoded(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = if *first == b'%' { after.get(..2).and_then(|digits| hex::decode(digits).ok()) } else { None };
        if let Some(byte) = escape {
            bytes.extend(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(if plus_is_space && *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn percent_and_plus() {
        assert_eq!(decoded("%2B4930+231", true), "+4930 231");
        assert_eq!(decoded("+4930%zz%", false), "+4930%zz%");
        assert_eq!(decoded("M%C3%BCller", false), "Müller");
    }
}
