//! What bookings of ours carry, so that they are known again: texts alone, since version 1 takes nothing else.

use ringbuch_domain::ids::BookingId;
use ringbuch_domain::ports::{BookRequest, ProviderStatus};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const BOOKING: &str = "ringbuch_booking";
const CALL: &str = "ringbuch_call";
const ATTEMPT: &str = "ringbuch_attempt";
const SOURCE: (&str, &str) = ("source", "ringbuch");

/// The languages that Cal.com knows; another would have the booking refused.
const LANGUAGES: &[&str] = &[
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el", "es-419",
    "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr", "hu", "iw", "ko",
    "no", "pt-BR", "sk", "ta", "uk", "zh-TW", "bn",
];

pub(super) fn of(request: &BookRequest) -> BTreeMap<&'static str, String> {
    let (name, source) = SOURCE;
    let mut metadata = BTreeMap::from([
        (BOOKING, request.booking.to_string()),
        (ATTEMPT, request.attempt.to_string()),
        (name, source.to_owned()),
    ]);
    if let Some(call) = &request.call {
        metadata.insert(CALL, call.to_string());
    }
    metadata
}

/// The booking of ours that it names, and the attempt.
pub(super) fn read(metadata: Option<&Map<String, Value>>) -> (Option<BookingId>, Option<u32>) {
    let said = |name: &str| text(metadata?, name);
    (said(BOOKING).and_then(|id| id.parse().ok()), said(ATTEMPT).and_then(|attempt| attempt.parse().ok()))
}

/// Which booking of ours an item of a list carries, whatever else it holds.
pub(super) fn carried(item: &Value) -> Option<BookingId> {
    read(item.get("metadata")?.as_object()).0
}

/// Cal.com keeps texts, but has been seen to give numbers back for them.
fn text(metadata: &Map<String, Value>, name: &str) -> Option<String> {
    match metadata.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A status as either version spells it.
pub(super) fn status(word: &str) -> Option<ProviderStatus> {
    Some(match word.to_ascii_lowercase().as_str() {
        "accepted" => ProviderStatus::Accepted,
        "pending" | "awaiting_host" => ProviderStatus::Pending,
        "cancelled" => ProviderStatus::Cancelled,
        "rejected" => ProviderStatus::Rejected,
        _ => return None,
    })
}

/// The language as Cal.com writes it, or the one it belongs to (`de-AT` is `de` there); otherwise Cal.com's own default.
pub(super) fn known_language(asked: &str) -> Option<&'static str> {
    let known = |wanted: &str| LANGUAGES.iter().copied().find(|language| language.eq_ignore_ascii_case(wanted));
    known(asked).or_else(|| known(asked.split(['-', '_']).next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_one_that_cal_com_knows_or_none() {
        for (asked, sent) in [
            ("de", Some("de")),
            ("DE", Some("de")),
            ("de-AT", Some("de")),
            ("de_CH", Some("de")),
            ("pt-br", Some("pt-BR")),
            ("es-419", Some("es-419")),
            ("tlh", None),
            ("", None),
        ] {
            assert_eq!(known_language(asked), sent, "{asked}");
        }
    }
}
