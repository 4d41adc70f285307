//! A refusal's name for statistics and its sentence for people.

use super::event::Refusal;

impl Refusal {
    /// Something was left out, nothing was said that could not be followed.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::DateMissing | Self::TimeMissing | Self::ServiceMissing)
    }

    /// A stable word for statistics and machines.
    pub fn code(&self) -> &str {
        match self {
            Self::DateMissing => "date_missing",
            Self::DateUnreadable => "date_unreadable",
            Self::TimeMissing => "time_missing",
            Self::TimeUnreadable => "time_unreadable",
            Self::TimeDoesNotExist => "time_does_not_exist",
            Self::TimeExistsTwice => "time_exists_twice",
            Self::InThePast => "in_the_past",
            Self::ServiceUnknown => "service_unknown",
            Self::ServiceMissing => "service_missing",
            Self::StaffUnknown => "staff_unknown",
            Self::Diary { rejection } => rejection.code(),
            Self::Calendar { reason } => reason,
        }
    }

    /// A sentence for the caller or the staff, in German where the language is `de`, otherwise in English.
    pub fn spoken(&self, language: &str) -> String {
        let (german, english) = match self {
            Self::DateMissing => ("Es wurde kein Datum genannt.", "No date was given."),
            Self::DateUnreadable => ("Das Datum war nicht zu verstehen.", "The date could not be understood."),
            Self::TimeMissing => ("Es wurde keine Uhrzeit genannt.", "No time was given."),
            Self::TimeUnreadable => ("Die Uhrzeit war nicht zu verstehen.", "The time could not be understood."),
            Self::TimeDoesNotExist => (
                "Diese Uhrzeit gibt es an dem Tag nicht, die Uhren werden vorgestellt.",
                "That time does not exist on that day; the clocks go forward.",
            ),
            Self::TimeExistsTwice => (
                "Diese Uhrzeit gibt es an dem Tag zweimal, die Uhren werden zurückgestellt.",
                "That time comes twice on that day; the clocks go back.",
            ),
            Self::InThePast => {
                ("Dieser Zeitpunkt liegt schon in der Vergangenheit.", "That time is already in the past.")
            }
            Self::ServiceUnknown => ("Diese Leistung kennen wir nicht.", "We do not know that service."),
            Self::ServiceMissing => ("Es wurde keine Leistung genannt.", "No service was named."),
            Self::StaffUnknown => ("Diese Person arbeitet hier nicht.", "Nobody of that name works here."),
            Self::Calendar { .. } => {
                ("Der Kalender hat den Termin nicht angenommen.", "The calendar did not accept it.")
            }
            Self::Diary { rejection } => return rejection.spoken(language),
        };
        if language.starts_with("de") { german.into() } else { english.into() }
    }
}
