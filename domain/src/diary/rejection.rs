//! Why the page says no, as facts that can be compared, stored and spoken.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The business said no. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rejection {
    #[error("the branch {branch} is not active")]
    BranchInactive { branch: String },
    #[error("the service is not offered at this branch")]
    ServiceNotOffered,
    #[error("the time lies in the past")]
    InThePast,
    #[error("the service asks for {minutes} minutes of notice")]
    TooSoon { minutes: u32 },
    #[error("the service can be booked at most {days} days ahead")]
    TooFarAhead { days: u32 },
    #[error("nobody who serves this works at that time")]
    Closed,
    #[error("an appointment with its buffers must lie within one day")]
    LeavesThePage,
    #[error("the time is taken")]
    SlotTaken,
    #[error("the page holds no such booking")]
    BookingUnknown,
    #[error("the booking cannot be {act} while it is {state}")]
    WrongState { act: String, state: String },
    #[error("another attempt may still be under way")]
    AttemptUnderWay,
    #[error("the hold has expired")]
    HoldExpired,
    #[error("another booking at the calendar stands for it already")]
    AnotherStands,
}

impl Rejection {
    /// A stable word for statistics and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BranchInactive { .. } => "branch_inactive",
            Self::ServiceNotOffered => "service_not_offered",
            Self::InThePast => "in_the_past",
            Self::TooSoon { .. } => "too_soon",
            Self::TooFarAhead { .. } => "too_far_ahead",
            Self::Closed => "closed",
            Self::LeavesThePage => "leaves_the_page",
            Self::SlotTaken => "slot_taken",
            Self::BookingUnknown => "booking_unknown",
            Self::WrongState { .. } => "wrong_state",
            Self::AttemptUnderWay => "attempt_under_way",
            Self::HoldExpired => "hold_expired",
            Self::AnotherStands => "another_stands",
        }
    }

    /// A sentence for the caller, in German where the language is `de`, otherwise in English.
    pub fn spoken(&self, language: &str) -> String {
        if language.starts_with("de") { self.spoken_german() } else { self.spoken_english() }
    }

    fn spoken_german(&self) -> String {
        match self {
            Self::BranchInactive { branch } => format!("In der Filiale {branch} nehmen wir zurzeit keine Termine an."),
            Self::ServiceNotOffered => "Diese Leistung bieten wir in dieser Filiale nicht an.".into(),
            Self::InThePast => "Dieser Zeitpunkt liegt schon in der Vergangenheit.".into(),
            Self::TooSoon { minutes } => format!("Dafür brauchen wir mindestens {} Vorlauf.", german_span(*minutes)),
            Self::TooFarAhead { days } => format!("So weit im Voraus geht es nicht, höchstens {days} Tage."),
            Self::Closed => "Zu dieser Zeit ist leider geschlossen.".into(),
            Self::LeavesThePage => "Der Termin müsste am selben Tag enden.".into(),
            Self::SlotTaken => "Dieser Termin ist leider schon vergeben.".into(),
            Self::BookingUnknown => "Diesen Termin finde ich nicht.".into(),
            Self::WrongState { .. } => "Das geht bei diesem Termin nicht mehr.".into(),
            Self::AttemptUnderWay => "Daran wird gerade noch gearbeitet.".into(),
            Self::HoldExpired => "Die Reservierung ist abgelaufen.".into(),
            Self::AnotherStands => "Dieser Termin steht schon im Kalender.".into(),
        }
    }

    fn spoken_english(&self) -> String {
        match self {
            Self::BranchInactive { branch } => format!("Our branch {branch} does not take appointments at the moment."),
            Self::ServiceNotOffered => "We do not offer that service at this branch.".into(),
            Self::InThePast => "That time is already in the past.".into(),
            Self::TooSoon { minutes } => format!("We need at least {minutes} minutes of notice for that."),
            Self::TooFarAhead { days } => format!("That is too far ahead; we book at most {days} days in advance."),
            Self::Closed => "I am afraid we are closed at that time.".into(),
            Self::LeavesThePage => "The appointment would have to end on the same day.".into(),
            Self::SlotTaken => "I am afraid that time is already taken.".into(),
            Self::BookingUnknown => "I cannot find that appointment.".into(),
            Self::WrongState { .. } => "That is no longer possible for this appointment.".into(),
            Self::AttemptUnderWay => "That is still being worked on.".into(),
            Self::HoldExpired => "The reservation has expired.".into(),
            Self::AnotherStands => "That appointment is in the calendar already.".into(),
        }
    }
}

fn german_span(minutes: u32) -> String {
    match minutes {
        60 => "eine Stunde".into(),
        hours if hours % 60 == 0 => format!("{} Stunden", hours / 60),
        _ => format!("{minutes} Minuten"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_spoken_in_the_callers_language() {
        let closed_branch = Rejection::BranchInactive { branch: "Mitte".into() };
        assert!(closed_branch.spoken("de").contains("Filiale Mitte"));
        assert!(closed_branch.spoken("en").contains("branch Mitte"));
        assert_eq!(
            Rejection::TooSoon { minutes: 120 }.spoken("de"),
            "Dafür brauchen wir mindestens 2 Stunden Vorlauf."
        );
    }
}
