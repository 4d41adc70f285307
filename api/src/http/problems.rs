//! `/problems/<slug>`, the address in a problem's `type`: what it means and what to do about it.

use super::Routes;
use super::route::param;
use crate::problem::{Kind, Problem};
use http::Method;
use serde_json::{Value, json};
use warp::Filter;

pub fn routes() -> Routes {
    let all = warp::any()
        .map(|| warp::reply::json(&json!({"items": Kind::ALL.iter().copied().map(describe).collect::<Vec<_>>()})));
    let one = param::<String>("slug").then(|slug: String| async move {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.slug() == slug);
        kind.map(|kind| warp::reply::json(&describe(kind))).ok_or_else(|| Problem::not_found("kind of problem"))
    });
    Routes::new().add(Method::GET, "/problems", all).add(Method::GET, "/problems/{slug}", one)
}

fn describe(kind: Kind) -> Value {
    json!({
        "type": format!("/problems/{}", kind.slug()),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "meaning": kind.meaning(),
    })
}
