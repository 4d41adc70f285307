//! What a transcript tells by itself.

use super::claim::claim;
use super::consent::consent;
use super::intent::{Intent, intent};
use super::loss::{Loss, loss};
use super::sentiment::{Sentiment, sentiment};
use super::transcript::{Speaker, Turn, turns};
use super::words::Words;
use serde::{Deserialize, Serialize};

/// An absent value is unknown; an absent loss is none. Read models keep it as JSON, without the mood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// The agent named a free time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub offered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_booked: Option<bool>,
    /// The caller spoke after the agent had said that it is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listened: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
    #[serde(skip)]
    pub sentiment: Option<Sentiment>,
}

/// Reads a German transcript of the form `Agent: …\nUser: …`. One without speakers, or in English, tells nothing.
pub fn listen(transcript: &str) -> Heard {
    let turns = turns(transcript);
    if turns.is_empty() || is_english(&turns) {
        return Heard::default();
    }
    let caller: Vec<&Turn> = turns.iter().filter(|turn| turn.is_of(Speaker::Caller)).collect();
    let words: Vec<&Words> = caller.iter().map(|turn| &turn.words).collect();
    let consent = consent(&turns);
    let wanted = intent(&caller);
    // Who takes a time wanted one, whatever they asked first.
    let unclear = matches!(wanted, None | Some(Intent::Information));
    let intent = if unclear && consent.agreed == Some(true) { Some(Intent::Book) } else { wanted };
    let claimed = claim(&turns, consent.taken_at.filter(|_| consent.agreed == Some(true)))
        .filter(|_| !matches!(intent, Some(Intent::Cancel | Intent::LookUp)));
    let books = intent == Some(Intent::Book);
    Heard {
        intent,
        offered: consent.offered,
        agreed: agreed(intent, consent, claimed),
        said_booked: Some(claimed.is_some()),
        listened: claimed.and_then(|at| listened(&turns, at)),
        loss: books.then(|| loss(&turns, consent, claimed.is_some())).flatten(),
        sentiment: if intent == Some(Intent::Nobody) { None } else { sentiment(&words) },
    }
}

fn is_english(turns: &[Turn]) -> bool {
    let count = |cues: &[&str]| turns.iter().map(|turn| turn.words.count(cues)).sum::<usize>();
    count(&ENGLISH) > count(&GERMAN)
}

const ENGLISH: [&str; 14] =
    ["the", "you", "your", "i", "id", "is", "and", "to", "for", "of", "please", "have", "can", "appointment"];

const GERMAN: [&str; 18] = [
    "der", "die", "das", "den", "sie", "ich", "und", "ist", "ein", "einen", "nicht", "ja", "guten", "termin", "uhr",
    "um", "fuer", "haben",
];

/// Where the agent booked without an offer that can be read, nobody knows whether the caller agreed.
fn agreed(intent: Option<Intent>, consent: super::consent::Consent, claimed: Option<usize>) -> Option<bool> {
    match intent {
        Some(Intent::Book | Intent::Move) if consent.offered || claimed.is_some() => consent.agreed,
        _ => Some(false),
    }
}

/// Who answers has heard; of who is silent nobody knows.
fn listened(turns: &[Turn], at: usize) -> Option<bool> {
    turns.iter().skip(at + 1).any(|turn| turn.is_of(Speaker::Caller)).then_some(true)
}
