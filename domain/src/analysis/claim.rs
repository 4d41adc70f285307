//! Whether the agent said that an appointment is booked. A missed promise is worse than one too many, so whatever a caller
//! would take for one counts: "eingetragen", "steht", and "bis Dienstag".

use super::transcript::{Speaker, Turn};
use super::words::{DAYS, Words, names_a_time, pieces};

/// The turn in which the agent first said so. Once the caller has taken a time, naming it again is as good as saying so.
pub fn claim(turns: &[Turn], agreed: bool) -> Option<usize> {
    let last_offer = turns.iter().rposition(|turn| turn.is_of(Speaker::Agent) && turn.asks()).filter(|_| agreed);
    let says = |(at, turn): &(usize, &Turn)| {
        let taken = last_offer.is_some_and(|offer| *at > offer + 1);
        turn.is_of(Speaker::Agent) && pieces(&turn.text).iter().any(|piece| claims(piece) || taken && repeats(piece))
    };
    turns.iter().enumerate().find(says).map(|(at, _)| at)
}

/// "Dann also Dienstag um zehn."
fn repeats(piece: &Words) -> bool {
    let named = piece.has(&DAYS) || names_a_time(piece) || piece.has(&["termin ist", "sie drin", "im kalender"]);
    named && !piece.has(&DENIES) && !piece.has(&ANNOUNCES) && !piece.starts_with(&ASKS)
}

fn claims(piece: &Words) -> bool {
    let stands = piece.has(&["steht"]) && !piece.has(&["zur verfuegung", "was steht"]);
    let returns = piece.has(&DAYS) && (piece.has(&SEES_AGAIN) || piece.starts_with(&["bis", "dann bis", "also bis"]));
    let booked = piece.has(&BOOKED) || piece.has(&["drin"]) && piece.has(&["sie"]);
    (booked || stands || returns) && !piece.has(&DENIES) && !piece.starts_with(&ASKS) && !is_of_another(piece)
}

/// "Ist leider schon gebucht" is said of somebody else's.
fn is_of_another(piece: &Words) -> bool {
    piece.has(&["schon gebucht", "bereits gebucht", "schon reserviert", "bereits reserviert", "anderweitig*"])
        && !piece.has(&["sie sind", "sind sie", "fuer sie", "ihr termin", "ihren termin", "sie schon", "sie bereits"])
}

const BOOKED: [&str; 51] = [
    "eingetragen",
    "gebucht",
    "eingebucht",
    "reserviert",
    "bestaetigt",
    "eingeplant",
    "verplant",
    "eingeschrieben",
    "angemeldet",
    "vereinbart",
    "ausgemacht",
    "festgemacht",
    "abgemacht",
    "geblockt",
    "gesichert",
    "festgehalten",
    "fixiert",
    "vermerkt im kalender",
    "steht im kalender",
    "stehen im kalender",
    "steht drin",
    "stehen drin",
    "sind drin",
    "steht fest",
    "stehen fest",
    "ist fix",
    "ist fest",
    "hat geklappt",
    "ist ihrer",
    "gehoert ihnen",
    "jetzt einen termin",
    "haben einen termin",
    "haben den termin",
    "sie den termin",
    "termin gemacht",
    "hab sie drin",
    "habe sie drin",
    "sehen wir uns",
    "wir sehen uns",
    "erwarten sie",
    "freuen uns auf sie",
    "in den kalender gesetzt",
    "im system hinterlegt",
    "termin ist erledigt",
    "termin ist drin",
    "termin eingestellt",
    "ist im kalender",
    "im kalender eingetragen",
    "festgesetzt",
    "fest fuer sie",
    "ist gemacht",
];

/// "Dann erwarten wir Sie am Dienstag", "bis morgen".
const SEES_AGAIN: [&str; 6] = ["erwart*", "sehen", "freuen uns", "freuen wir uns", "kommen sie dann", "sind sie dran"];

/// What is about to be done is not done.
const ANNOUNCES: [&str; 20] = [
    "ich trage",
    "ich schaue",
    "ich schau",
    "ich pruefe",
    "ich merke",
    "ich notiere",
    "ich gebe",
    "ich frage",
    "ich versuche",
    "moment",
    "vorgemerkt",
    "notiert",
    "verschoben",
    "umgelegt",
    "verlegt",
    "telefonnummer",
    "storniert",
    "abgesagt",
    "gestrichen",
    "geloescht",
];

const DENIES: [&str; 16] = [
    "nicht",
    "noch nicht",
    "kein",
    "keinen",
    "keine",
    "leider",
    "sobald",
    "wenn",
    "falls",
    "ob",
    "wird",
    "werden",
    "wuerde",
    "koennte",
    "soll ich",
    "darf ich",
];

const ASKS: [&str; 5] = ["haben sie", "hatten sie", "moechten sie", "wollen sie", "sollen wir"];
