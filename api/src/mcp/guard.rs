//! The keys of a server: bearer keys alone, never a cookie. Whoever has none is told where it says how to get one.

use super::mount::Guard;
use super::reach::Reach;
use super::scope;
use crate::http::auth::{Caller, Gate};
use crate::metrics::Crossing;
use crate::problem::{Kind, Problem};
use async_trait::async_trait;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use warp::reply::{Reply, Response};

/// By this an owner says which company is meant, where no argument does.
const COMPANY: &str = "x-ringbuch-company";

pub struct KeyGuard {
    pub gate: Gate,
    pub server: &'static str,
    pub reach: Reach,
}

#[async_trait]
impl Guard for KeyGuard {
    async fn admit(&self, request: &mut Parts) -> Result<(), Response> {
        let headers = &request.headers;
        let principal = self.gate.holder(text(headers, AUTHORIZATION.as_str())).await;
        let principal = principal.map_err(|problem| self.refused(headers, problem, "invalid_token"))?;
        if !scope::opens_server(&principal, self.server) {
            let detail = format!("The key is limited to other scopes than '{}'.", scope::of_server(self.server));
            return Err(self.refused(headers, Problem::not_allowed(detail), "insufficient_scope"));
        }
        let company = self.gate.company_of(&principal, text(headers, COMPANY), Crossing::Tool);
        let company = company.map_err(Reply::into_response)?;
        request.extensions.insert(Caller { principal, company });
        Ok(())
    }
}

impl KeyGuard {
    /// A key that is missing is no error of the client's yet, so then only the way is told.
    fn refused(&self, headers: &HeaderMap, problem: Problem, error: &str) -> Response {
        let challenges = matches!(problem.kind, Kind::SignInNeeded | Kind::NotAllowed);
        let mut response = problem.into_response();
        if challenges {
            let metadata = super::metadata::address(&self.reach.base(headers), self.server);
            let known = headers.contains_key(AUTHORIZATION);
            let error = if known { format!("error=\"{error}\", ") } else { String::new() };
            let scope = scope::of_server(self.server);
            let challenge =
                format!("Bearer realm=\"ringbuch\", {error}scope=\"{scope}\", resource_metadata=\"{metadata}\"");
            let challenge = HeaderValue::from_str(&challenge).unwrap_or(HeaderValue::from_static("Bearer"));
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
}
