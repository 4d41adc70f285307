//! Requests of the REST interface that are made within this process, for a caller who has been let in already.

use super::answer::Told;
use crate::http::Routes;
use crate::http::auth::{Admitted, Caller};
use crate::problem::{Kind, Problem};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Full};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One request as it grows.
pub struct Ask {
    method: Method,
    address: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    /// The address is a pattern of ours with its places filled.
    pub fn new(method: Method, address: String) -> Self {
        Self { method, address, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub fn get(address: impl Into<String>) -> Self {
        Self::new(Method::GET, address.into())
    }

    /// Adds a parameter of the query.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let joint = if self.address.contains('?') { '&' } else { '?' };
        self.address = format!("{}{joint}{name}={}", self.address, encoded(value));
        self
    }

    /// The same where there is a value.
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn json(mut self, body: &Map<String, Value>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = serde_json::to_vec(body).unwrap_or_default().into();
        self
    }

    pub fn raw(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Problem> {
        let unusable = |_| Problem::unusable("argument", format!("What goes into the header {name} holds odd signs."));
        let value = HeaderValue::from_str(value).map_err(unusable)?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// The answer as JSON, or the problem that it is.
    pub async fn answered(self, routes: &Routes, caller: &Caller) -> Result<Value, Problem> {
        read(&self.whole(routes, caller).await?)
    }

    /// The answer as it came, which is JSON.
    pub async fn told(self, routes: &Routes, caller: &Caller) -> Result<Told, Problem> {
        let text = self.whole(routes, caller).await?;
        serde_json::from_str::<IgnoredAny>(&text).map_err(|_| Problem::internal())?;
        Ok(Told::new(text))
    }

    /// The body of what went well.
    async fn whole(self, routes: &Routes, caller: &Caller) -> Result<String, Problem> {
        let mut request = Request::builder().method(self.method).uri(self.address).body(Full::new(self.body));
        if let Ok(request) = &mut request {
            *request.headers_mut() = self.headers;
            request.extensions_mut().insert(Admitted(caller.clone()));
        }
        let request = request.map_err(|_| Problem::not_found("address"))?;
        let (_, response) = routes.answer(request).await;
        body_of(response).await
    }
}

/// A value as it stands in an address.
pub fn encoded(value: &str) -> String {
    utf8_percent_encode(value, KEPT).to_string()
}

/// A pattern such as `/api/v1/calls/{id}` with one place filled.
pub fn at(pattern: &str, id: &str) -> String {
    pattern.replace("{id}", &encoded(id))
}

async fn body_of<B>(response: Response<B>) -> Result<String, Problem>
where
    B: http_body::Body,
{
    let status = response.status();
    let Ok(body) = response.into_body().collect().await else { return Err(Problem::internal()) };
    let text = String::from_utf8(body.to_bytes().into()).map_err(|_| Problem::internal())?;
    if !status.is_success() {
        return Err(problem(&read(&text)?));
    }
    Ok(if text.is_empty() { "{}".into() } else { text })
}

fn read(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|_| Problem::internal())
}

/// A document as the problem that it was.
fn problem(document: &Value) -> Problem {
    let slug = document["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default();
    let kind = Kind::ALL.iter().find(|kind| kind.slug() == slug).copied().unwrap_or(Kind::Internal);
    let Value::Object(members) = document else { return Problem::new(kind) };
    let own = |name: &str| ["type", "title", "status", "detail"].contains(&name);
    let further = members.iter().filter(|(name, _)| !own(name));
    let begun = match document["detail"].as_str() {
        Some(detail) => Problem::new(kind).detail(detail),
        None => Problem::new(kind),
    };
    further.fold(begun, |problem, (name, value)| problem.with(name, value.clone()))
}
