//! What pages load: one style sheet, one script, one set of icons. Their addresses hold the hash of what they are, so a
//! browser may keep them for ever.

use crate::http::Routes;
use crate::http::route::Params;
use crate::problem::Problem;
use http::{Method, header};
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::LazyLock;
use warp::Filter;
use warp::reply::{Reply, Response, with_header};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// Addresses by name: `/assets/0123456789abcdef/ringbuch.css`.
static ADDRESSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let address = |name: std::borrow::Cow<'static, str>| {
        let hash = hex::encode(Files::get(&name)?.metadata.sha256_hash());
        let address = format!("/assets/{}/{name}", hash.get(..16)?);
        Some((name.into_owned(), address))
    };
    Files::iter().filter_map(address).collect()
});

pub fn routes() -> Routes {
    let one = warp::ext::get::<Params>().map(|params: Params| file(&params));
    Routes::new().add(Method::GET, "/assets/{hash}/{name}", one)
}

/// Where a page finds an asset.
pub fn address(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("", String::as_str)
}

fn file(params: &Params) -> Result<Response, Problem> {
    let missing = || Problem::not_found("asset");
    let (hash, name) = params.get("hash").zip(params.get("name")).ok_or_else(missing)?;
    // An older page may still ask for what it was made with; that is gone, and must not be mixed with what is new.
    if ADDRESSES.get(name).is_none_or(|address| *address != format!("/assets/{hash}/{name}")) {
        return Err(missing());
    }
    let file = Files::get(name).ok_or_else(missing)?;
    let media_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let answer = with_header(file.data.into_owned(), header::CONTENT_TYPE, media_type);
    Ok(with_header(answer, header::CACHE_CONTROL, "public, max-age=31536000, immutable").into_response())
}
