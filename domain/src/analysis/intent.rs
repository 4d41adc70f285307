//! What the caller wants: the first of their turns that says so decides, since later ones are about details.

use super::sentiment::{Sentiment, sentiment};
use super::transcript::Turn;
use super::words::{DAYS, Words, names_a_time};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

const MACHINE: [&str; 14] = [
    "hier ist die mailbox",
    "mailbox von",
    "nach dem signalton",
    "nach dem ton",
    "nach dem piep*",
    "gespraechspartner",
    "teilnehmer ist",
    "hinterlassen sie",
    "anrufbeantworter von",
    "anschluss ist",
    "voicemail von",
    "keine nachricht hinterlassen",
    "mit der mailbox",
    "sprechen sie nach",
];

const ABUSE: [&str; 15] = [
    "arsch*",
    "fresse",
    "scheiss roboter",
    "bloede kuh",
    "wichser*",
    "idiot*",
    "hurensohn*",
    "fick*",
    "verpiss*",
    "drecksack*",
    "schlampe*",
    "halts maul",
    "dein maul",
    "halt die klappe",
    "du sau",
];

const WRONG_NUMBER: [&str; 13] = [
    "verwaehlt",
    "falsch verbunden",
    "falsche nummer",
    "falschen nummer",
    "ist da nicht",
    "bin ich da nicht",
    "falsch gelandet",
    "nicht die richtige nummer",
    "bin ich nicht bei",
    "falsch gewaehlt",
    "bin ich da bei",
    "hallo oma",
    "da richtig bei",
];

const ADVERTISING: [&str; 25] = [
    "angebot machen",
    "von der firma",
    "inhaber*",
    "geschaeftsfuehr*",
    "werbung",
    "zusammenarbeit",
    "stromrechnung",
    "stromanbieter",
    "photovoltaik*",
    "solaranlage*",
    "google bewertung*",
    "google eintrag*",
    "suchmaschine*",
    "gewinnspiel*",
    "umfrage",
    "kooperation*",
    "branchenbuch*",
    "ihnen anbieten",
    "marketing*",
    "ihnen gern unsere",
    "vorstellen",
    "partner fuer",
    "bares geld",
    "unverbindlich*",
    "unser unternehmen",
];

const COMPLAINT: [&str; 18] = [
    "beschwer*",
    "reklam*",
    "unzufrieden",
    "nicht zufrieden",
    "geld zurueck",
    "verpfuscht*",
    "versaut*",
    "verschnitten",
    "rechnung stimmt nicht",
    "falsch abgerechnet",
    "schlecht behandelt",
    "rechnung die",
    "rechnung ist falsch",
    "enttaeuscht von",
    "zerkratzt",
    "wer bezahlt mir",
    "kaputt gemacht",
    "unverschaemtheit",
];

const MOVE: [&str; 24] = [
    "verschieb*",
    "verschoben",
    "vorverleg*",
    "umbuch*",
    "umleg*",
    "stunde spaeter",
    "spaeter kommen",
    "frueher kommen",
    "stunde frueher",
    "anderen tag",
    "termin aendern",
    "termin tauschen",
    "termin vorziehen",
    "schieben",
    "einen spaeteren",
    "auf einen anderen",
    "auf naechste woche",
    "vorzuziehen",
    "nach hinten",
    "nach vorne",
    "neuen termin statt",
    "verlegen",
    "verlegt werden",
    "zu verlegen",
];

const CANCEL: [&str; 26] = [
    "absag*",
    "abzusagen",
    "abgesagt",
    "stornier*",
    "cancel*",
    "streichen",
    "loeschen",
    "abmelden",
    "nicht kommen",
    "nich kommen",
    "net kommen",
    "ned kommen",
    "nicht zu meinem termin",
    "nicht wahrnehmen",
    "nicht einhalten",
    "termin nicht mehr",
    "termin ab",
    "termin raus*",
    "nicht mehr kommen",
    "abbestellen",
    "faellt aus",
    "wird leider nichts",
    "wird nichts",
    "verhindert",
    "brauch ich nicht mehr",
    "brauche ich nicht mehr",
];

const LOOK_UP: [&str; 30] = [
    "wann mein*",
    "wann ist mein*",
    "wann war mein*",
    "wann hab*",
    "wann ich*",
    "habe ich morgen",
    "hab ich morgen",
    "habe ich heute",
    "hab ich heute",
    "habe ich am",
    "hab ich am",
    "habe ich einen termin",
    "hab ich einen termin",
    "mein termin noch",
    "bestaetigung von meinem",
    "steht mein*",
    "ob mein*",
    "stimmt mein*",
    "uhr mein*",
    "uhr war mein*",
    "uhr ist mein*",
    "meinen termin vergessen",
    "termin bestaetigen",
    "wann war ich",
    "fuer wann",
    "wann bin ich",
    "wann muss ich",
    "wann soll ich",
    "wann genau",
    "wann war das",
];

const PERSON: [&str; 19] = [
    "menschen",
    "mensch",
    "mitarbeiter*",
    "richtigen person",
    "echten person",
    "verbinden",
    "durchstellen",
    "zurueckruf*",
    "zurueckgerufen",
    "rueckruf*",
    "chef",
    "chefin",
    "sprechen",
    "ruft mich",
    "rufen sie mich",
    "jemand ans telefon",
    "jemanden dran",
    "anrufen",
    "persoenlich",
];

const BOOK: [&str; 24] = [
    "einen platz",
    "noch zeit",
    "zeit fuer",
    "vorbeikommen",
    "buchen",
    "reservier*",
    "drankommen",
    "dran kommen",
    "dran nehmen",
    "drannehmen",
    "reinschieben",
    "einschieben",
    "schneiden lassen",
    "faerben lassen",
    "kommen koennen",
    "unterkommen",
    "frei",
    "was ausmachen",
    "ausgmacht",
    "noch zur",
    "noch zum",
    "dazwischenschieben",
    "zu euch kommen",
    "zu ihnen kommen",
];

const WISHES: [&str; 10] =
    ["brauch*", "braeucht*", "braeuchte", "haett*", "moecht*", "wuerde gern*", "will", "wollte", "wollt", "suche"];

const OWN_APPOINTMENT: [&str; 5] =
    ["mein termin*", "meinen termin*", "meinem termin*", "meines termin*", "unseren termin*"];

const INFORMATION: [&str; 38] = [
    "was kost*",
    "wie teuer",
    "preis*",
    "wie viel",
    "wieviel",
    "oeffnungszeit*",
    "geoeffnet",
    "habt ihr auf",
    "haben sie auf",
    "macht ihr auf",
    "parken",
    "parkplatz*",
    "adresse",
    "wo sind sie",
    "wo ist",
    "wo finde",
    "wo kann",
    "wie lange",
    "karte zahlen",
    "mit karte",
    "nehmen sie",
    "bieten sie",
    "machen sie",
    "haben sie",
    "gibts",
    "kann man",
    "eine frage",
    "wie komme ich",
    "muss ich",
    "brauche ich",
    "darf ich",
    "bis wann",
    "ab wann",
    "wissen ob",
    "gibt es bei",
    "kasse",
    "auf haben",
    "offen",
];
