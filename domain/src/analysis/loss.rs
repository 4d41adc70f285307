//! Why a caller who wanted an appointment went without one.

use super::consent::Consent;
use super::transcript::{Speaker, Turn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The log says why.
    Refused,
    NoTimeFits,
    Price,
    ServiceNotOffered,
    Undecided,
    HungUp,
    WantsPerson,
    NotUnderstood,
    /// The caller would not give what is asked for.
    DataWithheld,
    Technical,
    /// Lost, and nobody said why.
    Unknown,
}

/// From the words alone; nothing where a time was taken and nothing went wrong.
pub fn loss(turns: &[Turn], consent: Consent, said_booked: bool) -> Option<Loss> {
    let said = |speaker, cues: &[&str]| turns.iter().any(|turn| turn.is_of(speaker) && turn.words.has(cues));
    let (agent, caller) = (|cues: &[&str]| said(Speaker::Agent, cues), |cues: &[&str]| said(Speaker::Caller, cues));
    if agent(&TECHNICAL) {
        return Some(Loss::Technical);
    }
    if consent.agreed == Some(true) || said_booked {
        return None;
    }
    let reasons = [
        (caller(&PRICE), Loss::Price),
        (caller(&PERSON), Loss::WantsPerson),
        (agent(&NOT_OFFERED), Loss::ServiceNotOffered),
        (caller(&WITHHOLDS), Loss::DataWithheld),
        (caller(&UNDECIDED), Loss::Undecided),
        (agent(&NOT_UNDERSTOOD) && !consent.offered, Loss::NotUnderstood),
        (consent.refused || agent(&NOTHING_FREE), Loss::NoTimeFits),
        (breaks_off(turns), Loss::HungUp),
    ];
    reasons.into_iter().find_map(|(holds, loss)| holds.then_some(loss)).or(Some(Loss::Unknown))
}

/// The agent's question got no answer.
fn breaks_off(turns: &[Turn]) -> bool {
    turns.last().is_some_and(|turn| turn.is_of(Speaker::Agent) && turn.text.contains('?'))
}

const TECHNICAL: [&str; 10] = [
    "technisch*",
    "stoerung",
    "gerade nicht buchen",
    "momentan nicht buchen",
    "system reagiert nicht",
    "kalender nicht",
    "systemproblem*",
    "probleme mit dem system",
    "problem mit dem system",
    "fehler*",
];

const PRICE: [&str; 10] = [
    "teuer",
    "wucher",
    "so viel geld",
    "zu viel geld",
    "nicht leisten",
    "billiger",
    "guenstiger",
    "abzocke",
    "fuer das geld",
    "kostet zu viel",
];

const PERSON: [&str; 13] = [
    "menschen",
    "mensch",
    "mitarbeiter*",
    "verbinden",
    "durchstellen",
    "maschine",
    "computer",
    "roboter",
    "automaten",
    "richtigen person",
    "echten person",
    "bot",
    "rufen sie mich zurueck",
];

const NOT_OFFERED: [&str; 10] = [
    "leider nicht an",
    "nicht an",
    "machen wir leider nicht",
    "machen wir nicht",
    "fuehren wir nicht",
    "haben wir nicht",
    "nicht im angebot",
    "gibt es bei uns nicht",
    "gehoert nicht zu",
    "haben wir leider nicht",
];

const WITHHOLDS: [&str; 11] = [
    "nicht angeben",
    "nicht sagen",
    "nicht geben",
    "nicht nennen",
    "nicht herausgeben",
    "geb ich nicht",
    "gebe ich nicht",
    "sage ich nicht",
    "sag ich nicht",
    "sie nichts an",
    "datenschutz",
];

const UNDECIDED: [&str; 32] = [
    "ueberleg*",
    "melde mich",
    "meld mich",
    "ruf wieder an",
    "rufe wieder an",
    "ruf noch mal",
    "rufe noch mal",
    "ruf nochmal",
    "rufe nochmal",
    "erst mit",
    "noch mal an",
    "nochmal an",
    "weiss noch nicht",
    "doch lieber nicht",
    "sich erledigt",
    "das erledigt",
    "sag bescheid",
    "schau noch mal",
    "absprechen",
    "dann doch nicht",
    "lieber doch nicht",
    "will doch nicht",
    "moechte doch nicht",
    "geb bescheid",
    "gebe bescheid",
    "sage bescheid",
    "erst schauen",
    "erst fragen",
    "noch fragen",
    "klaeren",
    "rufe spaeter",
    "ruf spaeter",
];

const NOT_UNDERSTOOD: [&str; 4] = ["nicht verstanden", "nicht verstehen", "akustisch", "unverstaendlich"];

const NOTHING_FREE: [&str; 12] = [
    "ausgebucht",
    "nichts frei",
    "nichts mehr frei",
    "nichts mehr",
    "keinen freien",
    "keine freien",
    "kein freier",
    "alle termine",
    "im urlaub",
    "voll",
    "keinen termin frei",
    "belegt",
];
