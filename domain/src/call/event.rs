//! What can happen to one phone call.

use super::upcast::call_ended_v1;
use crate::diary::Rejection;
use crate::ids::{AccountId, BookingId, BranchId, CallId, CustomerId, EventTypeId, StaffId};
use crate::money::Money;
use crate::private::Private;
use crate::recorded::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `call-<company>-<id>`, and of `functions-<company>-<id>` what the agent was answered meanwhile.
    pub enum CallEvent {
        CallReceived v 1,
        CustomerIdentified v 1 sealed for |it| Subject::Person(it.customer),
        CallEnded v 2 from { 1 => call_ended_v1 } sealed for |it| Subject::Person(it.customer),
        CallAnalyzed v 1 sealed for |it| Subject::Person(it.customer),
        BookingAsked v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingRefused v 1 sealed for |it| Subject::Person(it.customer),
        BookingContradicted v 1,
        CallbackRequested v 1,
        CallbackNoteTaken v 1 sealed for |it| Subject::Person(it.customer),
        CallbackDone v 1,
        AppointmentWithheld v 1,
        CallClosed v 1,
        CallErased v 1,
        CallImported v 1,
        FunctionAnswered v 1,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
    /// A call from a web page has no numbers.
    Web,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Web => "web",
        }
    }
}

/// The first word of a call, from whichever delivery came first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallReceived {
    pub call: CallId,
    pub account: AccountId,
    pub branch: BranchId,
    pub direction: Direction,
    /// The business's own number, E.164; absent on the web.
    pub our_number: Option<String>,
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    pub started_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerIdentified {
    pub call: CallId,
    pub customer: CustomerId,
    /// No usable number came with the call; the person is known by this call alone.
    pub anonymous: bool,
    #[serde(skip)]
    pub private: Private<CallerNumber>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallerNumber {
    /// E.164.
    pub number: Option<String>,
}

/// How reliable a delivery's facts are: a later kind of delivery holds all that an earlier one held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    Ended,
    Analyzed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallEnded {
    pub call: CallId,
    pub customer: CustomerId,
    pub rank: Rank,
    /// As Retell words it; an open set.
    pub status: String,
    pub disconnection: Option<String>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub cost: Option<Money>,
    /// How long the agent took to answer the caller, as the provider measures it.
    pub latency: Option<VoiceLatency>,
    #[serde(skip)]
    pub private: Private<Spoken>,
}

/// From the end of what the caller says to the first sound of the answer, over all turns of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VoiceLatency {
    pub p50_ms: i64,
    pub p95_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Spoken {
    pub transcript: Option<String>,
    pub recording_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallAnalyzed {
    pub call: CallId,
    pub customer: CustomerId,
    pub rank: Rank,
    /// `positive`, `negative`, `neutral`, `unknown`; an open set, in lower case.
    pub sentiment: Option<String>,
    pub successful: Option<bool>,
    pub voicemail: Option<bool>,
    pub appointment_requested: Option<bool>,
    #[serde(skip)]
    pub private: Private<Analysis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Analysis {
    pub summary: Option<String>,
}

/// The call's wish, read and complete: the diary is asked for it, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingAsked {
    pub call: CallId,
    pub booking: BookingId,
    pub customer: CustomerId,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub start: Timestamp,
    /// The local day: the page of the diary.
    pub page: Date,
    /// Only this one is wanted.
    pub staff: Option<StaffId>,
    #[serde(skip)]
    pub private: Private<Wish>,
}

/// For whom, and what was said, in the caller's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Wish {
    pub name: Option<String>,
    pub email: Option<String>,
    /// E.164, where the caller gave another than the one they called from.
    pub phone: Option<String>,
    pub notes: Option<String>,
    pub said: Said,
}

/// A booking that the call wanted and that was not made, with the fact why. A refusal that the diary or the calendar
/// gave after the call had asked carries the booking's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingRefused {
    pub call: CallId,
    pub booking: BookingId,
    pub customer: CustomerId,
    pub reason: Refusal,
    #[serde(skip)]
    pub private: Private<Said>,
}

/// What the caller was understood to have said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Said {
    pub date: Option<String>,
    pub time: Option<String>,
    pub service: Option<String>,
    pub name: Option<String>,
}

/// Why a wish did not become a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Refusal {
    DateMissing,
    DateUnreadable,
    TimeMissing,
    TimeUnreadable,
    /// The clocks skip this time or run through it twice on that day.
    TimeDoesNotExist,
    TimeExistsTwice,
    InThePast,
    ServiceUnknown,
    /// No service was named and the branch has no default one.
    ServiceMissing,
    StaffUnknown,
    /// The diary said no.
    Diary {
        rejection: Rejection,
    },
    /// The calendar said no for good; a stable word.
    Calendar {
        reason: String,
    },
}

/// Another delivery says something else than what was booked. It changes nothing; somebody should look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingContradicted {
    pub call: CallId,
    pub booking: BookingId,
    /// Names of what differs: `start`, `event_type`, `staff`, `withdrawn`, `unreadable`.
    pub differs: Vec<String>,
    /// The other start, where it could be read.
    pub start: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallbackRequested {
    pub call: CallId,
    /// A stable word: `booking_refused`, `asked`, ….
    pub reason: String,
}

/// What whoever calls back should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallbackNoteTaken {
    pub call: CallId,
    pub customer: CustomerId,
    #[serde(skip)]
    pub private: Private<CallbackNote>,
}

/// In the caller's own words; absent is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallbackNote {
    pub name: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallbackDone {
    pub call: CallId,
    pub by: String,
}

/// A caller asked for an appointment of which they could not show that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentWithheld {
    pub call: CallId,
    /// Counts from 1 within the call.
    pub guess: u32,
}

/// A call that outlived its limit without a word of its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallClosed {
    pub call: CallId,
    pub reason: String,
}

/// What is known of it was taken over from the system that was used before, which has dealt with its wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallImported {
    pub call: CallId,
}

/// Whoever called was forgotten. Nothing more of this call is taken, wherever it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallErased {
    pub call: CallId,
}

/// The agent has asked for something while the caller was on the line, and was answered. Neither what it asked for nor
/// what was said stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FunctionAnswered {
    pub call: CallId,
    pub function: String,
    pub success: bool,
    /// The stable word for why it was not done, or not done as it was wanted.
    pub reason: Option<String>,
    /// The stable word for what the agent does best now.
    pub next_step: Option<String>,
    pub asked_at: Timestamp,
    pub took_ms: i64,
}
