//! The English words of time, on both sides of the ocean. Apostrophes are gone here, as the lexer leaves words.

mod phrases;

pub use phrases::PHRASES;

use crate::spoken::feast::Feast;
use crate::spoken::numerals::{english_number, english_ordinal};
use crate::spoken::sense::{Part, Sense, Shade, Third, Unit, Which};
use Sense as S;
use jiff::civil::Weekday;

/// What a word means; nothing where it means nothing that we know. An empty list is a word that may stand anywhere.
pub fn meaning(word: &str) -> Option<Vec<Sense>> {
    if FILLERS.contains(&word) {
        return Some(vec![]);
    }
    let one = day_word(word).or_else(|| span_word(word)).or_else(|| clock_word(word)).or_else(|| joint(word));
    let one = one.or_else(|| numeral(word));
    one.map(|sense| vec![sense]).or_else(|| plural(word))
}

/// What stands before a name: "Mrs May" is no month.
pub const TITLES: [&str; 7] = ["mr", "mrs", "ms", "miss", "doctor", "dr", "name"];

const FILLERS: &[&str] = &[
    "um",
    "uh",
    "er",
    "erm",
    "hm",
    "hmm",
    "well",
    "so",
    "yes",
    "yeah",
    "okay",
    "ok",
    "please",
    "maybe",
    "perhaps",
    "just",
    "really",
    "like",
    "exactly",
    "sharp",
    "say",
    "then",
    "also",
    "hello",
    "hi",
    "t",
    "z",
    "possibly",
    "probably",
    "preferably",
    "onwards",
    "onward",
];

fn day_word(word: &str) -> Option<Sense> {
    weekday(word).map(S::Weekday).or_else(|| month(word).map(S::Month)).or_else(|| {
        Some(match word {
            "today" => S::Shifted(0),
            "tomorrow" => S::Shifted(1),
            "yesterday" => S::Shifted(-1),
            "easter" => S::Feast(Feast::Easter),
            "christmas" => S::Feast(Feast::ChristmasDay),
            "whitsun" | "pentecost" => S::Feast(Feast::Whitsun),
            _ => return None,
        })
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

fn span_word(word: &str) -> Option<Sense> {
    Some(match word {
        "this" => S::Which(Which::This),
        "coming" | "upcoming" => S::Which(Which::Coming),
        "next" | "following" => S::Which(Which::Next),
        "last" | "previous" => S::Which(Which::Last),
        "same" => S::Which(Which::Same),
        "minute" | "minutes" => S::Unit(Unit::Minutes(1)),
        "hour" | "hours" => S::Unit(Unit::Minutes(60)),
        "day" | "days" => S::Unit(Unit::Day),
        "week" | "weeks" => S::Unit(Unit::Week),
        "weekend" => S::Unit(Unit::Weekend),
        "fortnight" => S::Unit(Unit::Fortnight),
        "month" | "months" => S::Unit(Unit::Month),
        "year" | "years" => S::Unit(Unit::Year),
        "beginning" | "start" => S::Third(Third::Beginning),
        "middle" | "mid" => S::Third(Third::Middle),
        "end" => S::Third(Third::End),
        "within" => S::Within,
        "asap" => S::Soon,
        _ => return None,
    })
}

fn clock_word(word: &str) -> Option<Sense> {
    Some(match word {
        "morning" | "mornings" => S::Part(Part::Morning),
        "noontime" | "midday" | "lunchtime" => S::Part(Part::Midday),
        "noon" | "noonish" => S::Noon,
        "afternoon" | "afternoons" => S::Part(Part::Afternoon),
        "evening" | "evenings" => S::Part(Part::Evening),
        "night" => S::Part(Part::Overnight),
        "early" => S::Shade(Shade::Early),
        "late" => S::Shade(Shade::Late),
        "half" => S::Half,
        "quarter" => S::Quarter,
        "oclock" => S::OClock,
        "am" | "ante" => S::Am,
        "pm" => S::Pm,
        "midnight" => S::Midnight,
        "shortly" => S::Shortly,
        "sometime" | "anytime" | "whenever" => S::Anytime,
        _ => return None,
    })
}

fn joint(word: &str) -> Option<Sense> {
    Some(match word {
        "in" => S::In,
        "on" => S::On,
        "at" | "around" | "about" | "approximately" | "roughly" => S::At,
        "of" => S::Of,
        "from" => S::From,
        "until" | "till" | "til" | "by" | "through" => S::Until,
        "to" => S::To,
        "between" => S::Between,
        "before" => S::Before,
        "after" | "past" => S::After,
        "later" | "hence" => S::Later,
        "earlier" | "sooner" => S::Earlier,
        "ago" => S::Ago,
        "earliest" => S::Earliest,
        "latest" => S::Latest,
        "and" => S::And,
        "or" => S::Or,
        "the" => S::Article,
        "a" | "an" => S::One,
        "not" | "dont" | "cant" | "cannot" | "wont" | "doesnt" | "isnt" | "didnt" | "wouldnt" | "couldnt"
        | "shouldnt" | "unable" | "never" | "none" | "neither" | "without" => S::Not,
        "away" | "abroad" | "busy" | "travelling" | "traveling" | "unavailable" => S::Elsewhere,
        "no" | "nope" | "actually" | "sorry" | "correction" | "wait" | "wrong" => S::Correction,
        "except" => S::Instead,
        "but" | "however" => S::Contrast,
        "every" | "each" | "always" | "weekly" | "daily" => S::Every,
        "other" | "another" | "different" => S::Other,
        "person" | "people" | "persons" | "kids" | "children" | "adults" | "guests" | "appointment"
        | "appointments" => S::Counted,
        _ => return None,
    })
}

fn numeral(word: &str) -> Option<Sense> {
    if word == "oh" {
        return Some(S::Oh);
    }
    let number = english_number(word).map(|value| S::Number { value, digits: 0 });
    number.or_else(|| english_ordinal(word).map(|value| S::Ordinal { value, written: false }))
}

/// "Tuesdays", "tonight".
fn plural(word: &str) -> Option<Vec<Sense>> {
    if word == "tonight" {
        return Some(vec![S::Shifted(0), S::Part(Part::Evening)]);
    }
    let day = word.strip_suffix('s').filter(|day| day.ends_with("day")).and_then(weekday)?;
    Some(vec![S::Every, S::Weekday(day)])
}
