//! The words that labels may hold.

use http::Method;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $( $(#[$about:meta])* $word:ident $text:literal ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $( $(#[$about])* $word ),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$( Self::$word ),+];
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$word => $text ),+ }
            }
        }
    };
}

words! {
    /// What became of a webhook.
    WebhookOutcome {
        Received "received", Duplicate "duplicate", Processed "processed", Failed "failed", Dead "dead",
        Quarantined "quarantined", Replayed "replayed",
    }
}
words! {
    /// Why a request to a webhook was turned away.
    RejectReason {
        SignatureMissing "signature_missing",
        /// The sender was given no secret to sign with.
        NoSecretThere "no_secret_there",
        SignatureUnreadable "signature_unreadable",
        SignatureWrong "signature_wrong",
        /// Signed too long ago.
        SignatureStale "signature_stale",
        /// Signed in our future.
        SignatureEarly "signature_early",
        /// Neither a number nor an agent says whose key would have to prove it.
        NoHint "no_hint",
        /// The path names a company that does not exist.
        CompanyUnknown "company_unknown",
        /// The account has no key to prove it with.
        NoKey "no_key",
        BodyTooLarge "body_too_large",
        BodyIncomplete "body_incomplete",
    }
}
words! {
    /// What a provider made of a request. A business refusal means that the provider works.
    ProviderOutcome {
        Ok "ok", Refused "refused", RateLimited "rate_limited", Timeout "timeout", Cut "cut",
        ServerError "server_error", Unreadable "unreadable", KeyRefused "key_refused", NotConnected "not_connected",
        BreakerOpen "breaker_open",
        /// No usable answer, for whatever reason.
        Unavailable "unavailable",
    }
}
words! {
    /// What does not agree.
    Mismatch {
        /// A call's later word on a booking says something else than the one that was followed.
        Contradiction "contradiction",
        CallMissing "call_missing", CallOpen "call_open", BookingDiffers "booking_differs", BookingGone "booking_gone",
        BookingUnknown "booking_unknown", ForeignDiffers "foreign_differs",
    }
}
words! {
    /// Where somebody reached for what belongs to somebody else.
    Crossing {
        /// A key named a company that is not its own.
        Api "api",
        /// The same of a key that tools are called with.
        Tool "tool",
        /// Somebody who is signed in asked for a page of a company that is not theirs.
        Page "page",
        /// A delivery named a number or a call of another account.
        Webhook "webhook",
    }
}
words! {
    /// What became of a tool call.
    McpOutcome { Ok "ok", Rejected "rejected", Failed "failed" }
}
words! {
    /// What a look-up in a cache found; a stale value is one that is used because nothing newer can be had.
    CacheOutcome { Hit "hit", Miss "miss", Stale "stale" }
}
words! {
    /// Whether a provider is asked at all.
    BreakerState { Closed "closed", HalfOpen "half_open", Open "open" }
}

impl BreakerState {
    pub(super) fn figure(self) -> f64 {
        match self {
            Self::Closed => 0.0,
            Self::HalfOpen => 1.0,
            Self::Open => 2.0,
        }
    }
}

/// What Retell calls its events.
pub(super) const RETELL_EVENTS: &[&str] = &[
    "call_started",
    "call_ended",
    "call_analyzed",
    "transcript_updated",
    "transfer_started",
    "transfer_bridged",
    "transfer_cancelled",
    "transfer_ended",
    "call_inbound",
    "chat_started",
    "chat_ended",
    "chat_analyzed",
];

/// What Cal.com calls its events.
pub(super) const CALCOM_EVENTS: &[&str] = &[
    "BOOKING_CREATED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REQUESTED",
    "BOOKING_REJECTED",
    "BOOKING_REASSIGNED",
    "BOOKING_NO_SHOW_UPDATED",
    "BOOKING_LOCATION_UPDATED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "MEETING_STARTED",
    "MEETING_ENDED",
    "PING",
];

/// The facts for which a wish is refused, the diary's rejections, and the calendar's reasons.
pub(super) const BOOKING_FAILURES: &[&str] = &[
    "date_missing",
    "date_unreadable",
    "time_missing",
    "time_unreadable",
    "time_does_not_exist",
    "time_exists_twice",
    "in_the_past",
    "service_unknown",
    "service_missing",
    "staff_unknown",
    "name_missing",
    "branch_inactive",
    "service_not_offered",
    "too_soon",
    "too_far_ahead",
    "too_soon_or_too_far",
    "closed",
    "leaves_the_page",
    "slot_taken",
    "hold_expired",
    "booking_unknown",
    "wrong_state",
    "attempt_under_way",
    "event_type_unknown",
    "field_missing",
    "gone",
    "key_refused",
    "refused",
    "rejected",
    "gave_up",
];

/// The word as the list has it, or `other`.
pub(super) fn known(word: &str, list: &'static [&'static str]) -> &'static str {
    list.iter().find(|known| **known == word).copied().unwrap_or("other")
}

pub(super) fn method(method: &Method) -> &'static str {
    known(method.as_str(), &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
}
