//! What somebody reads who is told, in the company's language. Providers and numbers stand in it, persons never.

use super::rule::AlertKind;

/// The trouble in a few words.
pub fn title(kind: AlertKind, language: &str) -> &'static str {
    let german = language.starts_with("de");
    match (kind, german) {
        (AlertKind::BreakerOpen, true) => "Ein Dienst antwortet nicht",
        (AlertKind::BreakerOpen, false) => "A provider does not answer",
        (AlertKind::BookingFailures, true) => "Termine konnten nicht gebucht werden",
        (AlertKind::BookingFailures, false) => "Appointments could not be booked",
        (AlertKind::DeliveriesLost, true) => "Meldungen konnten nicht verarbeitet werden",
        (AlertKind::DeliveriesLost, false) => "Webhooks could not be processed",
        (AlertKind::BacklogAge, true) => "Buchungen oder Meldungen stauen sich",
        (AlertKind::BacklogAge, false) => "Bookings or webhooks are piling up",
        (AlertKind::Silence, true) => "Es kommen keine Anrufe an",
        (AlertKind::Silence, false) => "No calls are coming in",
        (AlertKind::InvalidSignatures, true) => "Ungültige Signaturen",
        (AlertKind::InvalidSignatures, false) => "Invalid signatures",
        (AlertKind::OverlapSeen, true) => "Zwei Termine zur selben Zeit",
        (AlertKind::OverlapSeen, false) => "Two appointments at the same time",
        (AlertKind::SyncFailed, true) => "Der Abgleich schlägt fehl",
        (AlertKind::SyncFailed, false) => "Keeping in step fails",
        (AlertKind::Drift, true) => "Kalender und Buch stimmen nicht überein",
        (AlertKind::Drift, false) => "Calendar and book do not agree",
    }
}

/// What was measured, against what, and what to look at.
pub fn fired(kind: AlertKind, subject: &str, measured: u64, threshold: u32, language: &str) -> String {
    if language.starts_with("de") {
        german(kind, subject, measured, threshold)
    } else {
        english(kind, subject, measured, threshold)
    }
}

fn german(kind: AlertKind, subject: &str, measured: u64, threshold: u32) -> String {
    let what = match kind {
        AlertKind::BreakerOpen => {
            format!("{subject} wird seit {measured} Minuten nicht mehr gefragt, weil zu viele Anfragen fehlschlugen")
        }
        AlertKind::BookingFailures => format!("{measured} Termine konnten nicht gebucht werden"),
        AlertKind::DeliveriesLost => {
            format!("{measured} Meldungen wurden beiseitegelegt oder aufgegeben; zu sehen mit `ringbuch webhooks list`")
        }
        AlertKind::BacklogAge => format!("Die älteste offene Buchung oder Meldung wartet seit {measured} Minuten"),
        AlertKind::Silence => {
            format!("Seit {measured} Minuten kam keine Meldung an, obwohl um diese Zeit sonst angerufen wird")
        }
        AlertKind::InvalidSignatures => {
            format!("{measured} Anfragen trugen keine gültige Signatur; stimmt der hinterlegte Schlüssel noch?")
        }
        AlertKind::OverlapSeen => {
            format!("{measured}-mal stehen für eine Person zwei Termine zur selben Zeit im Kalender")
        }
        AlertKind::SyncFailed => {
            format!("{measured} Abgleiche konnten nicht alles übernehmen; zu sehen mit `ringbuch doctor`")
        }
        AlertKind::Drift => format!("{measured} Abweichungen zwischen Buch und Anbietern wurden gefunden"),
    };
    format!("{what}. Gemeldet wird ab {threshold}.")
}

fn english(kind: AlertKind, subject: &str, measured: u64, threshold: u32) -> String {
    let what = match kind {
        AlertKind::BreakerOpen => {
            format!("{subject} has not been asked for {measured} minutes, since too many requests failed")
        }
        AlertKind::BookingFailures => format!("{measured} appointments could not be booked"),
        AlertKind::DeliveriesLost => {
            format!("{measured} webhooks were set aside or given up; see them with `ringbuch webhooks list`")
        }
        AlertKind::BacklogAge => {
            format!("The oldest booking or webhook that is due has been waiting for {measured} minutes")
        }
        AlertKind::Silence => {
            format!("No webhook has come for {measured} minutes, although people usually call at this time")
        }
        AlertKind::InvalidSignatures => {
            format!("{measured} requests carried no valid signature; is the stored key still right?")
        }
        AlertKind::OverlapSeen => {
            format!("{measured} times the calendar has two appointments for one person at the same time")
        }
        AlertKind::SyncFailed => format!("{measured} runs of sync could not take everything in; see `ringbuch doctor`"),
        AlertKind::Drift => format!("{measured} differences between the book and the providers were found"),
    };
    format!("{what}. It is told from {threshold} on.")
}
