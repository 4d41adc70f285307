//! What is known of a call: what the log says of it and of the bookings that it asked for, and what was heard in its
//! transcript.

use super::{Heard, Intent, Sentiment};
use crate::call::VoiceLatency;
use crate::money::Money;

/// An absent value is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    /// By the transcript; nothing of one that tells nothing or was erased.
    pub heard: Heard,
    /// By the log.
    pub marks: Marks,
    /// Of the last refusal or failure: a stable word.
    pub refusal: Option<String>,
    /// As the provider judges it, else as it was heard.
    pub sentiment: Option<Sentiment>,
    pub duration_ms: Option<i64>,
    pub latency: Option<VoiceLatency>,
    pub cost: Option<Money>,
    /// From the wish for the booking to its confirmation, by the log's clock.
    pub confirmed_after_ms: Option<i64>,
}

/// Yes or no by the log, as bits of one number, so that calls that went the same way can be counted together. A bit is
/// never given another meaning: read models keep them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks(pub i64);

impl Marks {
    pub const RECEIVED: i64 = 1;
    /// The provider reached a machine.
    pub const VOICEMAIL: i64 = 1 << 1;
    /// A time was kept for the call.
    pub const HELD: i64 = 1 << 2;
    /// The call asked for a booking.
    pub const ASKED: i64 = 1 << 3;
    /// The appointment book took the request.
    pub const SUBMITTED: i64 = 1 << 4;
    pub const CONFIRMED: i64 = 1 << 5;
    /// Confirmed while the caller could still be told.
    pub const IN_THE_CALL: i64 = 1 << 6;
    /// Nothing more is said in it.
    pub const OVER: i64 = 1 << 7;

    pub fn has(self, mark: i64) -> bool {
        self.0 & mark == mark
    }
}

impl Facts {
    pub fn has(&self, mark: i64) -> bool {
        self.marks.has(mark)
    }

    /// What the log leaves no doubt of.
    pub fn intent(&self) -> Option<Intent> {
        if self.has(Marks::ASKED) { Some(Intent::Book) } else { self.has(Marks::VOICEMAIL).then_some(Intent::Nobody) }
    }
}
