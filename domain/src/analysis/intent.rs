//! What the caller wants: the first of their turns that says so decides, since later ones are about details.

mod cues;

use super::sentiment::{Sentiment, sentiment};
use super::transcript::Turn;
use super::words::{DAYS, Words, names_a_time};
use cues::{
    ABUSE, ADVERTISING, BOOK, CANCEL, COMPLAINT, INFORMATION, LOOK_UP, MACHINE, MOVE, OWN_APPOINTMENT, PERSON, WISHES,
    WRONG_NUMBER,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Book,
    Move,
    Cancel,
    /// When their appointment is, or whether it stands.
    LookUp,
    /// Prices, opening hours, the way.
    Information,
    /// Somebody to speak to or to be called back by.
    Person,
    Complaint,
    WrongNumber,
    Advertising,
    Abuse,
    /// A machine, or nothing but silence.
    Nobody,
}

/// What the caller's turns say; nothing where they say nothing of the kind.
pub fn intent(caller: &[&Turn]) -> Option<Intent> {
    if caller.is_empty() || caller.iter().any(|turn| turn.words.has(&MACHINE)) {
        return Some(Intent::Nobody);
    }
    let clear = caller.iter().find_map(|turn| clear(&turn.words));
    let any = |cues: &[&str]| caller.iter().any(|turn| turn.words.has(cues));
    let words: Vec<&Words> = caller.iter().map(|turn| &turn.words).collect();
    let weaker = [
        (any(&PERSON), Intent::Person),
        (sentiment(&words) == Some(Sentiment::Negative), Intent::Complaint),
        (any(&INFORMATION) || caller.iter().any(|turn| asks_at_length(turn)), Intent::Information),
    ];
    clear.or_else(|| weaker.into_iter().find_map(|(holds, intent)| holds.then_some(intent)))
}

/// "Ja, hallo?" asks for nothing.
fn asks_at_length(turn: &Turn) -> bool {
    turn.text.contains('?') && turn.words.len() >= QUESTION_WORDS && !turn.words.has(&["hallo"])
}

const QUESTION_WORDS: usize = 5;

/// The order matters: whoever wants to move an appointment says also that they cannot come.
fn clear(turn: &Words) -> Option<Intent> {
    let known: [(&[&str], Intent); 7] = [
        (&ABUSE, Intent::Abuse),
        (&WRONG_NUMBER, Intent::WrongNumber),
        (&ADVERTISING, Intent::Advertising),
        (&COMPLAINT, Intent::Complaint),
        (&MOVE, Intent::Move),
        (&CANCEL, Intent::Cancel),
        (&LOOK_UP, Intent::LookUp),
    ];
    let known = known.into_iter().find_map(|(cues, intent)| turn.has(cues).then_some(intent));
    known.or_else(|| taken_apart(turn)).or_else(|| wants_appointment(turn).then_some(Intent::Book))
}

/// Verbs that stand apart: "sagen Sie den am Freitag bitte ab", "stellen Sie mich durch", "auf Freitag legen".
fn taken_apart(turn: &Words) -> Option<Intent> {
    let pairs = [
        (turn.has(&["sag*"]) && turn.has(&["ab"]), Intent::Cancel),
        (turn.has(&["stell*", "verbind*"]) && turn.has(&["durch", "mich"]), Intent::Person),
        (turn.has(&OWN_APPOINTMENT) && turn.has(&["legen", "schieben", "passt mir nicht mehr"]), Intent::Move),
    ];
    pairs.into_iter().find_map(|(holds, intent)| holds.then_some(intent))
}

fn wants_appointment(turn: &Words) -> bool {
    let names_when = names_a_time(turn) || turn.has(&DAYS);
    let wants_then = names_when && turn.has(&WISHES) && !turn.has(&PERSON);
    turn.has(&BOOK) || wants_then || turn.has(&["termin*"]) && !turn.has(&OWN_APPOINTMENT)
}
