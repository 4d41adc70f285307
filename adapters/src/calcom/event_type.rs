//! Parts of a service that both versions tell alike, and what they make of them here.

use jiff::civil::Date;
use ringbuch_domain::company::{BookingLimit, LimitOf, Per};
use serde_json::Value;

const SPANS: [(&str, Per); 4] = [("day", Per::Day), ("week", Per::Week), ("month", Per::Month), ("year", Per::Year)];

/// `{"day":3,"week":10}`, in either version with small or capital letters and an optional `PER_` in front.
pub(super) fn limits(told: &Value, of: LimitOf) -> Vec<BookingLimit> {
    let Some(fields) = told.as_object() else { return Vec::new() };
    let value_of = |span: &str| {
        let is_it = |name: &str| name.to_ascii_lowercase().trim_start_matches("per_") == span;
        fields.iter().find(|(name, _)| is_it(name)).and_then(|(_, value)| number(value))
    };
    SPANS.iter().filter_map(|(span, per)| Some(BookingLimit { per: *per, of, value: value_of(span)? })).collect()
}

/// How many bookings of one customer may lie ahead. Its span means nothing.
pub(super) fn active_per_customer(value: u32) -> BookingLimit {
    BookingLimit { per: Per::Day, of: LimitOf::ActivePerCustomer, value }
}

pub(super) fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| number.try_into().ok())
}

/// A day, also where it is told as the instant of its beginning.
pub(super) fn date(value: &Value) -> Option<Date> {
    value.as_str()?.get(..10)?.parse().ok()
}

/// What of a question's options is a text, or has one as its value.
pub(super) fn options(field: &Value) -> Vec<String> {
    let options = field.get("options").and_then(Value::as_array).into_iter().flatten();
    let text = |option: &Value| option.as_str().or_else(|| option.get("value")?.as_str()).map(str::to_owned);
    options.filter_map(text).collect()
}
