//! Whether the agent said that an appointment is booked. Where in doubt it was not said: whoever looks into an alarm that is
//! none stops looking.

mod cues;

use super::transcript::{Speaker, Turn};
use super::words::{DAYS, Words, names_a_time, pieces};
use cues::{
    ANNOUNCES, ASKS, BOOKED, CONDITIONS, DENIES, OF_THE_CALLER, OTHER_MATTERS, POLITE, SEES_AGAIN, SETTLED, STANDING,
    SUBJUNCTIVES, TAKEN_BY_OTHERS,
};

/// The turn in which the agent first said so. Once the caller has taken a time and nothing more is asked, naming it again is
/// as good as saying so.
pub fn claim(turns: &[Turn], taken_at: Option<usize>) -> Option<usize> {
    let last_question = turns.iter().rposition(|turn| turn.is_of(Speaker::Agent) && turn.asks());
    let says = |(at, turn): &(usize, &Turn)| {
        let taken = taken_at.is_some_and(|taken| *at > taken) && last_question.is_none_or(|asked| *at > asked + 1);
        turn.is_of(Speaker::Agent) && sentences(&turn.text).any(|sentence| promises(sentence, taken))
    };
    turns.iter().enumerate().find(says).map(|(at, _)| at)
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', ';'])
}

fn promises(sentence: &str, taken: bool) -> bool {
    let pieces = pieces(sentence);
    let stated = if sentence.ends_with('?') { stated_before_a_tag(&pieces) } else { pieces.as_slice() };
    let holds = stated.iter().take_while(|piece| !piece.starts_with(&CONDITIONS));
    holds.into_iter().any(|piece| claims(piece) || taken && (settles(piece) || repeats(piece)))
}

/// "Ich habe Sie eingetragen, in Ordnung?" says it all the same; any other question says nothing.
fn stated_before_a_tag(pieces: &[Words]) -> &[Words] {
    match pieces.iter().rposition(|piece| !piece.is_empty()) {
        Some(last) if pieces.get(last).is_some_and(|tag| tag.len() <= TAG_WORDS) => {
            pieces.get(..last).unwrap_or_default()
        }
        _ => &[],
    }
}

const TAG_WORDS: usize = 3;

/// "Dann also Dienstag um zehn."
fn repeats(piece: &Words) -> bool {
    let named = piece.has(&DAYS) || names_a_time(piece) || piece.has(&["termin ist", "sie drin", "im kalender"]);
    named && !leaves_open(piece) && !piece.has(&ANNOUNCES) && !piece.starts_with(&ASKS)
}

/// "Das wäre dann erledigt."
fn settles(piece: &Words) -> bool {
    let done = piece.has(&SETTLED) && !leaves_open(piece);
    done && !piece.has(&OTHER_MATTERS) && !piece.has(&["hat sich"]) && !piece.starts_with(&ASKS)
}

fn claims(piece: &Words) -> bool {
    let stands = piece.has(&["steht"]) && piece.has(&STANDING) && !piece.has(&["zur verfuegung", "an"]);
    let returns = piece.has(&DAYS) && (piece.has(&SEES_AGAIN) || piece.starts_with(&["bis", "dann bis", "also bis"]));
    let booked = piece.has(&BOOKED) || piece.has(&["drin"]) && piece.has(&["sie"]);
    (booked || stands || returns) && !leaves_open(piece) && !piece.starts_with(&ASKS) && !is_of_another(piece)
}

fn leaves_open(piece: &Words) -> bool {
    piece.has(&DENIES) || piece.has(&SUBJUNCTIVES) && !piece.has(&POLITE)
}

fn is_of_another(piece: &Words) -> bool {
    piece.has(&TAKEN_BY_OTHERS) && !piece.has(&OF_THE_CALLER)
}
