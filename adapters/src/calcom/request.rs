//! A request as it goes out: the address with its version, the key where that version wants it, the family's version.

use super::answer::not_sent;
use super::exchange::Ask;
use super::settings::{Api, CalcomSettings};
use crate::outbound::Outbound;
use reqwest::RequestBuilder;
use ringbuch_domain::ports::CalendarFailure;
use secrecy::ExposeSecret;

pub(super) fn of(
    outbound: &Outbound,
    settings: &CalcomSettings,
    ask: Ask<'_>,
) -> Result<RequestBuilder, CalendarFailure> {
    let version = settings.api.segment();
    let named = settings.base_url.trim_end_matches('/').rsplit('/').next() == Some(version);
    let segments: Vec<&str> = (!named).then_some(version).into_iter().chain(ask.segments).collect();
    let request = outbound.request(ask.method, &settings.base_url, &segments);
    let request = request.map_err(|_| not_sent("address_refused"))?.query(&ask.query).timeout(ask.total);
    let key = settings.api_key.expose_secret();
    let mut request = match settings.api {
        // Version 1 reads the key from nowhere else. The address is therefore never written down.
        Api::V1 => request.query(&[("apiKey", key)]),
        Api::V2 => request.bearer_auth(key),
    };
    if let Some(version) = ask.version {
        request = request.header("cal-api-version", version);
    }
    Ok(match ask.body {
        Some(body) => request.json(&body),
        None => request,
    })
}
