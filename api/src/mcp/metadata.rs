//! What a server asks of its clients, as RFC 9728 has it. Keys are issued by a company's admins; no authorization server is
//! named, since there is none.

use super::parts::{PARTS, Part};
use super::reach::Reach;
use super::scope;
use crate::http::route::param;
use crate::http::{Routes, with};
use crate::problem::Problem;
use http::{HeaderMap, Method};
use serde::Serialize;
use warp::Filter;
use warp::reply::Json;

const PATTERN: &str = "/.well-known/oauth-protected-resource/mcp/{server}";

/// Where the metadata of a server stands.
pub fn address(base: &str, server: &str) -> String {
    format!("{base}/.well-known/oauth-protected-resource/mcp/{server}")
}

pub fn routes(reach: &Reach) -> Routes {
    let asked = param::<String>("server").and(warp::header::headers_cloned()).and(with(reach)).map(show);
    Routes::new().add(Method::GET, PATTERN, asked)
}

#[derive(Serialize)]
struct Metadata {
    resource: String,
    resource_name: &'static str,
    resource_documentation: String,
    bearer_methods_supported: [&'static str; 1],
    scopes_supported: Vec<String>,
}

#[expect(clippy::needless_pass_by_value, reason = "as filters hand things over")]
fn show(server: String, headers: HeaderMap, reach: Reach) -> Result<Json, Problem> {
    let part = PARTS.iter().find(|part| part.name == server).ok_or_else(|| Problem::not_found("server"))?;
    Ok(warp::reply::json(&of(part, &reach.base(&headers))))
}

fn of(part: &Part, base: &str) -> Metadata {
    let whole = scope::of_server(part.name);
    let tools = part.every_tool().map(|tool| format!("{whole}:{}", tool.name));
    Metadata {
        resource: format!("{base}/mcp/{}", part.name),
        resource_name: part.title,
        resource_documentation: format!("{base}/problems/sign-in-needed"),
        bearer_methods_supported: ["header"],
        scopes_supported: std::iter::once(whole.clone()).chain(tools).collect(),
    }
}
