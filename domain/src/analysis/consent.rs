//! Whether the caller took a time that the agent offered. The last word counts.

use super::transcript::{Speaker, Turn};
use super::words::{Words, names_a_time, pieces};

/// What became of the offers of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consent {
    pub offered: bool,
    pub refused: bool,
    /// Absent where an offer got no answer that can be read.
    pub agreed: Option<bool>,
}

/// Follows the turns: an offer stands until the caller has taken or refused it.
pub fn consent(turns: &[Turn]) -> Consent {
    let (mut consent, mut open, mut broken_off) = (Consent::default(), false, String::new());
    for turn in turns {
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

const OFFERS: [&str; 23] = [
    "oder",
    "frei",
    "passt",
    "waere",
    "ginge",
    "geht",
    "moeglich",
    "soll ich",
    "haette*",
    "koennten sie",
    "moechten sie",
    "kann ich ihnen",
    "kann ich anbieten",
    "anbieten",
    "koennen sie",
    "was frei",
    "haben wir",
    "vorschlagen",
    "platz",
    "plaetze",
    "zeit",
    "gehen",
    "der erste",
];

const TAKES: [&str; 53] = [
    "jo",
    "joo",
    "joa",
    "jawohl",
    "jawoll",
    "passt",
    "basst",
    "gern",
    "gerne",
    "nehm",
    "nehme",
    "nehmen wir",
    "nehmen wir den",
    "okay",
    "ok",
    "einverstanden",
    "genau",
    "perfekt",
    "super",
    "wunderbar",
    "prima",
    "geht klar",
    "geiht klor",
    "das geht",
    "des geht",
    "dat geht",
    "haut hin",
    "in ordnung",
    "machen wir",
    "klingt gut",
    "waere gut",
    "ist gut",
    "bitte",
    "alles klar",
    "sehr gut",
    "freilich",
    "sicher",
    "klar",
    "abgemacht",
    "hervorragend",
    "optimal",
    "richtig",
    "das waer was",
    "jau",
    "nemma",
    "krieg ich hin",
    "nehm i",
    "ausgezeichnet",
    "das klingt",
    "wird gemacht",
    "so machen",
    "jep",
    "yep",
];

const REFUSES: [&str; 64] = [
    "nein",
    "nee",
    "noe",
    "naa",
    "geht nicht",
    "geht net",
    "geht ned",
    "kann ich nicht",
    "kann nicht",
    "kann i ned",
    "passt nicht",
    "passt mir nicht",
    "passt net",
    "auch nicht",
    "zu spaet",
    "zu frueh",
    "lieber",
    "eher",
    "nicht so gut",
    "schlecht",
    "teuer",
    "arbeite ich",
    "muss ich arbeiten",
    "ueberleg*",
    "erst mit",
    "melde mich",
    "meld mich",
    "lassen wir",
    "woanders",
    "bringt mir nichts",
    "hab ich schon",
    "habe ich schon",
    "haben sie auch",
    "im urlaub",
    "bin ich nicht da",
    "bin ich weg",
    "klappt nicht",
    "schaffe ich nicht",
    "schaff ich nicht",
    "erst wieder",
    "das nicht",
    "ach nee",
    "bescheid",
    "erst schauen",
    "andermal",
    "bin ich schon",
    "bin ich auf",
    "flieg ich",
    "fliege ich",
    "fahr ich",
    "abzocke",
    "wucher",
    "net gehen",
    "trotzdem danke",
    "leider nicht",
    "geht da nicht",
    "ausgerechnet",
    "klaeren",
    "rufe spaeter",
    "ruf spaeter",
    "nicht leisten",
    "frechheit",
    "unverschaemt*",
    "unglaublich",
];

const CHANGES_MIND: [&str; 13] = [
    "doch lieber nicht",
    "hat sich erledigt",
    "hat sich das erledigt",
    "vergessen sie es",
    "vergessen sies",
    "dann lassen wir",
    "dann doch nicht",
    "lieber doch nicht",
    "will doch nicht",
    "moechte doch nicht",
    "ach nein",
    "nehm ich doch nicht",
    "nehme ich doch nicht",
];
