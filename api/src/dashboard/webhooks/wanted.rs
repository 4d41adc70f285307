//! Which deliveries somebody looks for, as an address or a form says it.

use crate::dashboard::visit::Visit;
use crate::http::query::Query;
use crate::problem::Problem;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::deliveries::DeliveryFilter;
use ringbuch_projections::page::Span;

pub const LIST: &[&str] = &["status", "event", "provider", "call", "since", "until", "text", "all", "cursor"];
pub const REPLAY: &[&str] = &["id", "status", "event", "provider", "call", "since", "until", "before", "all"];

/// What a replay takes over from a list, and hands on to where it is confirmed.
const FILTERS: [&str; 7] = ["status", "event", "provider", "call", "since", "until", "all"];

pub const PROVIDERS: [Provider; 2] = [Provider::Retell, Provider::Calcom];

/// The filter; `before` cuts the span off, so that what comes meanwhile does not change what is meant.
pub fn filter(visit: &Visit, query: &Query) -> Result<DeliveryFilter, Problem> {
    let word = query.word("provider", &PROVIDERS.map(Provider::as_str))?;
    let until = visit.local_time_of(query, "until")?;
    let before = query.time("before")?;
    Ok(DeliveryFilter {
        status: query.get("status")?,
        event: query.text("event").map(str::to_owned),
        provider: PROVIDERS.into_iter().find(|it| Some(it.as_str()) == word),
        call: query.text("call").map(str::to_owned),
        span: Span { since: visit.local_time_of(query, "since")?, until: earlier(until, before) },
    })
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// The values that were given, by name, to be sent once more.
pub fn given(query: &Query) -> Vec<(&'static str, String)> {
    let value = |name: &&'static str| query.text(name).map(|value| (*name, value.to_owned()));
    FILTERS.iter().filter_map(value).collect()
}

/// The same as the query of an address.
pub fn address(given: &[(&'static str, String)]) -> String {
    let pair = |(name, value): &(&str, String)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    given.iter().map(pair).collect::<Vec<_>>().join("&")
}
