//! The German words of time, with those of Austria and Switzerland and with what speech recognition makes of them.
//! Umlauts are two letters here, as the lexer leaves them.

mod phrases;
mod words;

pub use phrases::PHRASES;
pub use words::short_weekday;

use crate::spoken::sense::{Part, Sense, Shade, Unit};
use Sense as S;
use words::{clock_word, day_word, joint, month, numeral, span_word, weekday};

/// What a word means; nothing where it means nothing that we know. An empty list is a word that may stand anywhere.
pub fn meaning(word: &str) -> Option<Vec<Sense>> {
    if FILLERS.contains(&word) {
        return Some(vec![]);
    }
    let one = day_word(word).or_else(|| span_word(word)).or_else(|| clock_word(word)).or_else(|| joint(word));
    let one = one.or_else(|| numeral(word));
    one.map(|sense| vec![sense]).or_else(|| joined(word))
}

/// What stands before a name: "Herr Freitag" is no day.
pub const TITLES: [&str; 9] = ["heisse", "herr", "herrn", "frau", "fraeulein", "familie", "doktor", "dr", "name"];

/// Words that hesitate, are polite, or say "about", and may stand in the middle of any expression.
const FILLERS: &[&str] = &[
    "aeh",
    "aehm",
    "oeh",
    "eh",
    "ehm",
    "hm",
    "hmm",
    "mhm",
    "naja",
    "tja",
    "also",
    "so",
    "ja",
    "jo",
    "okay",
    "ok",
    "gut",
    "na",
    "dann",
    "denn",
    "mal",
    "halt",
    "eben",
    "eher",
    "noch",
    "schon",
    "auch",
    "gern",
    "gerne",
    "bitte",
    "danke",
    "vielleicht",
    "eventuell",
    "evtl",
    "rum",
    "herum",
    "genau",
    "exakt",
    "gleich",
    "direkt",
    "jetzt",
    "nun",
    "da",
    "doch",
    "lieber",
    "besser",
    "wohl",
    "sagen",
    "wir",
    "erst",
    "nur",
    "einfach",
    "ungefaehre",
    "schaetze",
    "naemlich",
    "quasi",
    "sozusagen",
    "irgendwie",
    "hallo",
    "servus",
    "gruess",
    "gott",
    "gruezi",
    "moin",
    "t",
    "z",
];

/// "Dienstagnachmittag", "dienstags", "Spätnachmittag", "Freitagfrüh".
fn joined(word: &str) -> Option<Vec<Sense>> {
    if let Some(part) = word.strip_prefix("spaet").and_then(clock_word) {
        return Some(vec![S::Shade(Shade::Late), part]);
    }
    if let Some(span) = part_of_unit(word) {
        return Some(span);
    }
    let split = word.find("tag").map(|at| at + "tag".len()).or_else(|| word.starts_with("mittwoch").then_some(8))?;
    let day = S::Weekday(weekday(word.get(..split)?)?);
    match word.get(split..)? {
        "s" => Some(vec![S::Every, day]),
        "morgen" => Some(vec![day, S::Part(Part::Early)]),
        rest => clock_word(rest).filter(|sense| matches!(sense, S::Part(_))).map(|part| vec![day, part]),
    }
}

/// "Monatsende", "Wochenanfang", "Dezemberwoche".
fn part_of_unit(word: &str) -> Option<Vec<Sense>> {
    if let Some(month) = word.strip_suffix("woche").and_then(month) {
        return Some(vec![S::Unit(Unit::Week), S::Of, S::Month(month)]);
    }
    let units = [("wochen", Unit::Week), ("monats", Unit::Month), ("jahres", Unit::Year)];
    let (third, unit) = units.iter().find_map(|(stem, unit)| Some((word.strip_prefix(stem)?, *unit)))?;
    span_word(third).filter(|sense| matches!(sense, S::Third(_))).map(|third| vec![third, S::Unit(unit)])
}
