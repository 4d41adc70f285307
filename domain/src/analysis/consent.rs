//! Whether the caller took a time that the agent offered. The last word counts.

mod cues;

use super::transcript::{Speaker, Turn};
use super::words::{Words, names_a_time, pieces};
use cues::{CHANGES_MIND, OFFERS, REFUSES, TAKES};

/// What became of the offers of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consent {
    pub offered: bool,
    pub refused: bool,
    /// Absent where an offer got no answer that can be read.
    pub agreed: Option<bool>,
    /// The turn in which the caller took it.
    pub taken_at: Option<usize>,
}

/// Follows the turns: an offer stands until the caller has taken or refused it.
pub fn consent(turns: &[Turn]) -> Consent {
    let (mut consent, mut open, mut broken_off) = (Consent::default(), false, String::new());
    for (at, turn) in turns.iter().enumerate() {
        match turn.speaker {
            Speaker::Agent => {
                let said = std::mem::take(&mut broken_off) + &turn.text;
                if offers(&said) {
                    (consent.offered, open) = (true, true);
                } else if turn.is_broken_off() {
                    broken_off = said + " ";
                }
            }
            Speaker::Caller if open => {
                let answer = answer(turn);
                open = answer.is_none();
                consent.agreed = answer.or(consent.agreed);
                consent.taken_at = if answer == Some(true) { Some(at) } else { consent.taken_at };
                consent.refused |= answer == Some(false);
            }
            Speaker::Caller if turn.words.has(&CHANGES_MIND) => consent.agreed = Some(false),
            Speaker::Caller => {}
        }
    }
    // Whoever leaves an offer without a word has not taken it.
    let left = open && turns.last().is_some_and(|turn| turn.is_of(Speaker::Agent));
    consent.agreed = consent.agreed.or(left.then_some(false));
    consent
}

fn offers(said: &str) -> bool {
    let words = Words::of(said);
    names_a_time(&words) && (said.contains('?') || words.has(&OFFERS))
}

fn answer(turn: &Turn) -> Option<bool> {
    if turn.words.has(&REFUSES) || turn.words.has(&CHANGES_MIND) {
        return Some(false);
    }
    // "Das ist ja unmöglich" is no yes.
    let says_yes =
        pieces(&turn.text).iter().any(|piece| piece.starts_with(&["ja", "aeh ja", "ach ja", "oh ja", "na ja"]));
    let takes = says_yes || turn.words.has(&TAKES) || names_a_time(&turn.words);
    (takes && !turn.asks()).then_some(true)
}
