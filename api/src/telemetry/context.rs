//! Places in traces, as W3C `traceparent` writes them. A trace is a chain of events: its id is the correlation, and whatever
//! an event leads to hangs on the span whose id is the end of that event's own, so that nothing has to be stored for it.

use http::HeaderMap;
use ringbuch_domain::recorded::Link;
use std::fmt;
use uuid::Uuid;

/// A span in its trace. Neither is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub trace: u128,
    pub span: u64,
}

impl Place {
    /// Where a request says that it belongs; nothing where it says nothing that can be read.
    pub fn of_request(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get("traceparent")?.to_str().ok()?)
    }

    /// `00-<trace>-<span>-<flags>`; of later versions what they begin with.
    pub fn parse(traceparent: &str) -> Option<Self> {
        let mut parts = traceparent.split('-');
        let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !(is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16)) || version.eq_ignore_ascii_case("ff") {
            return None;
        }
        let place = Self { trace: u128::from_str_radix(trace, 16).ok()?, span: u64::from_str_radix(span, 16).ok()? };
        (place.trace != 0 && place.span != 0).then_some(place)
    }

    /// Where an event was written.
    pub fn of_event(Link { event, correlation }: Link) -> Self {
        Self { trace: correlation.as_u128(), span: end_of(event) }
    }

    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    pub fn span_id(self) -> String {
        format!("{:016x}", self.span)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace, self.span)
    }
}

fn end_of(event: Uuid) -> u64 {
    event.as_u64_pair().1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn only_a_wellformed_traceparent_is_honoured() {
        let place = Place::parse(TEXT).unwrap();
        assert_eq!((place.trace_id().as_str(), place.span_id().as_str()), (&TEXT[3..35], &TEXT[36..52]));
        assert_eq!(place.to_string(), TEXT);
        for unusable in [
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "nonsense",
            "",
        ] {
            assert_eq!(Place::parse(unusable), None, "{unusable}");
        }
    }

    #[test]
    fn an_event_has_its_place_in_the_trace_of_its_chain() {
        let (event, correlation) = (Uuid::from_u128(0xabc), Uuid::from_u128(0x123));
        assert_eq!(Place::of_event(Link { event, correlation }), Place { trace: 0x123, span: 0xabc });
    }
}
