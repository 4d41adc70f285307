//! A request to Retell, as far as it does not depend on the account.

use http::Method;
use serde_json::Value;

/// Retell counts the requests of an account apart for these: 30 lists and 100 others in ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteClass {
    Lists,
    Others,
}

#[derive(Debug, Clone)]
pub(super) struct Ask<'a> {
    /// For logs and figures.
    pub operation: &'static str,
    pub class: RouteClass,
    pub method: Method,
    pub path: &'static [&'static str],
    /// What the path ends with: the id of the one thing that is meant.
    pub id: Option<&'a str>,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}

impl<'a> Ask<'a> {
    pub fn new(operation: &'static str, method: Method, path: &'static [&'static str]) -> Self {
        Self { operation, class: RouteClass::Others, method, path, id: None, query: Vec::new(), body: None }
    }

    pub fn get(operation: &'static str, path: &'static [&'static str]) -> Self {
        Self::new(operation, Method::GET, path)
    }

    pub fn list(operation: &'static str, method: Method, path: &'static [&'static str]) -> Self {
        Self { class: RouteClass::Lists, ..Self::new(operation, method, path) }
    }

    pub fn of(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// A query parameter; left out where there is no value.
    pub fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub fn saying(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn segments(&self) -> Vec<&'a str> {
        self.path.iter().copied().chain(self.id).collect()
    }
}
