//! The table of addresses. Each endpoint is a warp filter of its own and the table decides which one is asked, so a wrong
//! path is always 404, a wrong method always 405 with what is allowed, and a metric's label is the pattern.

use super::recover::recover;
use crate::problem::Problem;
use http::Method;
use percent_encoding::percent_decode_str;
use std::str::FromStr;
use std::sync::Arc;
use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response};
use warp::{Filter, Rejection};

/// What stood in the places of a pattern that are written `{name}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Arc<Vec<(&'static str, String)>>);

impl Params {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Hands the part of the path that is written `{name}` to a handler. One that cannot be an id of that kind names
/// nothing, so it is not found.
pub fn param<T>(name: &'static str) -> impl Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync
where
    T: FromStr + Send + 'static,
{
    warp::ext::get::<Params>().and_then(move |params: Params| async move {
        let value = params.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| Rejection::from(Problem::not_found(name)))
    })
}

/// `/api/v1/calls/{id}`, taken apart.
#[derive(Debug, Clone)]
struct Pattern {
    text: &'static str,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy)]
enum Segment {
    Literal(&'static str),
    Param(&'static str),
}

impl Pattern {
    fn new(text: &'static str) -> Self {
        let segment = |part: &'static str| match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => Segment::Param(name),
            None => Segment::Literal(part),
        };
        Self { text, segments: text.split('/').skip(1).map(segment).collect() }
    }

    /// The values of the places, if the path has this pattern. An empty part is no value.
    fn matches(&self, path: &str) -> Option<Params> {
        let mut parts = path.split('/').skip(1);
        let mut params = vec![];
        for segment in &self.segments {
            match (segment, parts.next()?) {
                (Segment::Literal(literal), part) if *literal == part => {}
                (Segment::Param(name), part) if !part.is_empty() => {
                    let value = percent_decode_str(part).decode_utf8().ok()?.into_owned();
                    // No name holds a NUL, and no database could look one up.
                    params.push((*name, Some(value).filter(|value| !value.contains('\0'))?));
                }
                _ => return None,
            }
        }
        parts.next().is_none().then(|| Params(Arc::new(params)))
    }

    /// Where several patterns have a path, the one with fewer places is meant.
    fn places(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Param(_))).count()
    }
}

#[derive(Clone)]
pub(super) struct Endpoint {
    method: Method,
    pattern: Pattern,
    pub(super) filter: BoxedFilter<(Response,)>,
}

impl Endpoint {
    pub(super) fn pattern(&self) -> &'static str {
        self.pattern.text
    }
    /// A GET endpoint answers HEAD as well; the server leaves the body out.
    fn answers(&self, method: &Method) -> bool {
        self.method == *method || (self.method == Method::GET && *method == Method::HEAD)
    }
}

/// What a request meets.
pub(super) enum Met<'a> {
    Endpoint(&'a Endpoint, Params),
    /// The path exists, under this pattern, but only for the methods listed.
    OtherMethod(&'static str, String),
    Nothing,
}

/// Endpoints by method and pattern.
#[derive(Clone, Default)]
pub struct Routes {
    endpoints: Vec<Endpoint>,
    /// What people are shown where nothing has the address; programs get a problem document.
    nowhere: Option<BoxedFilter<(Response,)>>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an endpoint. The filter sees requests of that method and pattern only; whatever it rejects becomes a problem
    /// document.
    pub fn add<F, R>(mut self, method: Method, pattern: &'static str, endpoint: F) -> Self
    where
        F: Filter<Extract = (R,), Error: Into<Rejection>> + Clone + Send + Sync + 'static,
        R: Reply + 'static,
    {
        // Boxed twice: only what is boxed can be recovered whether it rejects or not.
        let filter = endpoint.map(Reply::into_response).boxed().recover(recover).unify().boxed();
        self.endpoints.push(Endpoint { method, pattern: Pattern::new(pattern), filter });
        self
    }

    /// Adds the endpoints of another module.
    pub fn and(mut self, other: Self) -> Self {
        self.endpoints.extend(other.endpoints);
        self.nowhere = self.nowhere.or(other.nowhere);
        self
    }

    /// Shows this to people where nothing has the address.
    #[must_use]
    pub fn or_show(self, nowhere: BoxedFilter<(Response,)>) -> Self {
        Self { nowhere: Some(nowhere), ..self }
    }

    pub(super) fn nowhere(&self) -> Option<&BoxedFilter<(Response,)>> {
        self.nowhere.as_ref()
    }

    /// Every method and pattern, for the list that documentation is checked against.
    pub fn list(&self) -> impl Iterator<Item = (&Method, &'static str)> {
        self.endpoints.iter().map(|endpoint| (&endpoint.method, endpoint.pattern.text))
    }

    pub(super) fn find(&self, method: &Method, path: &str) -> Met<'_> {
        let mut matching: Vec<_> =
            self.endpoints.iter().filter_map(|one| Some((one, one.pattern.matches(path)?))).collect();
        matching.sort_by_key(|(endpoint, _)| endpoint.pattern.places());
        if let Some((endpoint, params)) = matching.iter().find(|(endpoint, _)| endpoint.answers(method)) {
            return Met::Endpoint(endpoint, params.clone());
        }
        match matching.first() {
            Some((endpoint, _)) => Met::OtherMethod(endpoint.pattern.text, allowed(&matching)),
            None => Met::Nothing,
        }
    }
}

/// The value of the header Allow.
fn allowed(matching: &[(&Endpoint, Params)]) -> String {
    let mut methods: Vec<&str> = matching.iter().map(|(endpoint, _)| endpoint.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let answer = |text: &'static str| warp::any().map(move || text);
        Routes::new()
            .add(Method::GET, "/", answer("home"))
            .add(Method::GET, "/calls/{id}", answer("one"))
            .add(Method::POST, "/calls/{id}", answer("post"))
            .add(Method::POST, "/calls/replay", answer("replay"))
    }

    fn met(method: &Method, path: &str) -> String {
        match routes().find(method, path) {
            Met::Endpoint(endpoint, params) => format!("{} {:?}", endpoint.pattern(), params.get("id")),
            Met::OtherMethod(pattern, allow) => format!("405 {pattern} {allow}"),
            Met::Nothing => "404".into(),
        }
    }

    #[test]
    fn a_request_meets_the_endpoint_that_fits_best() {
        for (method, path, expected) in [
            (Method::GET, "/", "/ None"),
            (Method::GET, "/calls/call_1", "/calls/{id} Some(\"call_1\")"),
            (Method::HEAD, "/calls/call_1", "/calls/{id} Some(\"call_1\")"),
            (Method::GET, "/calls/%2B4930%2f1", "/calls/{id} Some(\"+4930/1\")"),
            (Method::POST, "/calls/replay", "/calls/replay None"),
            (Method::GET, "/calls/replay", "/calls/{id} Some(\"replay\")"),
            (Method::DELETE, "/calls/replay", "405 /calls/replay GET, HEAD, POST"),
            (Method::POST, "/", "405 / GET, HEAD"),
            (Method::GET, "/calls", "404"),
            (Method::GET, "/calls/", "404"),
            (Method::GET, "/calls/1/", "404"),
            (Method::GET, "/calls/%ff", "404"),
            (Method::GET, "/calls/a%00b", "404"),
            (Method::GET, "", "404"),
        ] {
            assert_eq!(met(&method, path), expected, "{method} {path}");
        }
    }
}
