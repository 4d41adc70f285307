//! What the agent says. Nobody is told that something is booked unless it is.

mod english;
mod german;

use crate::spoken::Language;

/// A sentence with what it is about, in words already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sentence<'a> {
    Free {
        moment: &'a str,
    },
    /// The time cannot be had for a reason that was said; these can.
    Instead {
        why: &'a str,
        offers: &'a [String],
    },
    Offered {
        offers: &'a [String],
    },
    NothingFree,
    Held {
        moment: &'a str,
    },
    Booked {
        moment: &'a str,
        staff: Option<&'a str>,
    },
    /// It is on the list, and nobody knows yet.
    Noted {
        moment: &'a str,
    },
    /// The host has still to agree.
    Pending {
        moment: &'a str,
    },
    Moved {
        moment: &'a str,
        staff: Option<&'a str>,
    },
    MoveNoted {
        moment: &'a str,
    },
    NotMoved {
        moment: &'a str,
    },
    Cancelled {
        moment: &'a str,
    },
    CancelNoted {
        moment: &'a str,
    },
    NotCancelled {
        moment: &'a str,
    },
    CancelledBefore {
        moment: &'a str,
    },
    TooLateToMove,
    TooLateToCancel,
    Appointments {
        moments: &'a [String],
    },
    NoAppointment,
    GuessesExhausted,
    AskName,
    AskPhone,
    AskEmail,
    AskNumberAgain,
    AskAddressAgain,
    AskWhen,
    AskProof,
    AskWhichAppointment {
        moments: &'a [String],
    },
    AskService {
        services: &'a [String],
    },
    ServiceUnknown {
        services: &'a [String],
    },
    StaffUnknown,
    BranchUnknown {
        branches: &'a [String],
    },
    AskBranch {
        branches: &'a [String],
    },
    OfferUnknown,
    AppointmentUnknown,
    Contradiction,
    TooManyBookings,
    ProviderDown,
    CallUnknown,
    CallOver,
    NumberUnknown,
    FunctionUnknown,
    FunctionMismatch,
    Unreadable,
    CallbackComes,
    Forwarded,
    Broken,
    Services {
        services: &'a [String],
    },
    Open {
        day: &'a str,
        hours: &'a str,
    },
    Closed {
        day: &'a str,
    },
    /// "am Tag der Deutschen Einheit".
    ClosedFor {
        occasion: &'a str,
    },
    HoursUnknown,
    Now {
        moment: &'a str,
    },
}

impl Sentence<'_> {
    pub fn spoken(&self, language: Language) -> String {
        match language {
            Language::German => self.german(),
            Language::English => self.english(),
        }
    }
}
