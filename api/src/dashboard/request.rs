//! A request as pages see it, before anybody has asked who sent it.

use super::form::Form;
use crate::http::body;
use crate::http::route::Params;
use crate::http::{Peer, auth::Token};
use crate::problem::Problem;
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::{Filter, Rejection};

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub headers: HeaderMap,
    pub path: String,
    /// As it stands behind the `?`.
    pub query: String,
    pub params: Params,
    pub peer: Option<Peer>,
}

impl Asked {
    pub fn session(&self) -> Option<Token> {
        Token::of(&self.headers)
    }

    /// Where the browser is, for forms that lead back there.
    pub fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// How the browser calls this installation. Of a form it says so itself; elsewhere a secure connection is assumed, since
    /// what is behind a proxy cannot tell.
    pub fn origin(&self) -> String {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text(header::ORIGIN).map(str::to_owned);
        origin.unwrap_or_else(|| format!("https://{}", text(header::HOST).unwrap_or_default()))
    }

    pub fn parameters(&self) -> Result<Form, Problem> {
        Form::read(self.query.as_bytes()).map_err(|_| Problem::query("The query string cannot be read."))
    }
}

pub fn asked() -> BoxedFilter<(Asked,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(warp::header::headers_cloned())
        .and(warp::path::full())
        .and(query)
        .and(warp::ext::optional::<Params>())
        .and(warp::ext::optional::<Peer>())
        .map(|method, headers, path: FullPath, query, params: Option<Params>, peer| {
            let (path, params) = (path.as_str().to_owned(), params.unwrap_or_default());
            Asked { method, headers, path, query, params, peer }
        })
        .boxed()
}

/// The same with a form.
pub fn asked_with_form() -> BoxedFilter<(Asked, Result<Form, Problem>)> {
    let form = body::bytes().map(|bytes: Bytes| Ok(bytes)).or_else(|rejection: Rejection| async move {
        let problem = rejection.find::<Problem>().cloned().unwrap_or_else(Problem::internal);
        Ok::<_, Rejection>((Err(problem),))
    });
    asked().and(form.map(|bytes: Result<Bytes, Problem>| bytes.and_then(|bytes| Form::read(&bytes)))).boxed()
}

/// An address on this host that a form or a link may lead on to; anything else would lead a reader away.
pub fn local(path: &str) -> Option<&str> {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t', '\0']);
    (ours && path.len() <= 2_000).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_host_are_followed() {
        for (path, followed) in [
            ("/c/salon/calls?status=open", true),
            ("/", true),
            ("//evil.example.com", false),
            ("/\\evil.example.com", false),
            ("/\t/evil.example.com", false),
            ("https://evil.example.com", false),
            ("", false),
        ] {
            assert_eq!(local(path).is_some(), followed, "{path}");
        }
    }
}
