//! The English words of time, on both sides of the ocean. Apostrophes are gone here, as the lexer leaves words.

use super::feast::Feast;
use super::numerals::{english_number, english_ordinal};
use super::sense::{Part, Sense, Shade, Third, Unit, Which};
use Sense as S;
use jiff::civil::Weekday;

/// Words that mean something else together than alone; the longest that fits is taken.
pub const PHRASES: &[(&str, &[Sense])] = &[
    ("good morning", &[]),
    ("good afternoon", &[]),
    ("good evening", &[]),
    ("good day", &[]),
    ("nice day", &[]),
    ("good week", &[]),
    ("nice weekend", &[]),
    ("the day after tomorrow", &[S::Shifted(2)]),
    ("day after tomorrow", &[S::Shifted(2)]),
    ("the day before yesterday", &[S::Shifted(-2)]),
    ("day before yesterday", &[S::Shifted(-2)]),
    ("new years eve", &[S::Feast(Feast::NewYearsEve)]),
    ("new years day", &[S::Feast(Feast::NewYear)]),
    ("christmas eve", &[S::Feast(Feast::ChristmasEve)]),
    ("christmas day", &[S::Feast(Feast::ChristmasDay)]),
    ("boxing day", &[S::Feast(Feast::SecondChristmasDay)]),
    ("good friday", &[S::Feast(Feast::GoodFriday)]),
    ("easter sunday", &[S::Feast(Feast::EasterSunday)]),
    ("easter monday", &[S::Feast(Feast::EasterMonday)]),
    ("whit monday", &[S::Feast(Feast::WhitMonday)]),
    ("as soon as possible", &[S::Soon]),
    ("as early as possible", &[S::Soon]),
    ("next available", &[S::Soon]),
    ("earliest possible", &[S::Soon]),
    ("earliest available", &[S::Soon]),
    ("all day", &[S::Anytime]),
    ("any time", &[S::Anytime]),
    ("what time", &[S::Unknown]),
    ("no idea", &[]),
    ("no problem", &[]),
    ("no later than", &[S::Until]),
    ("not later than", &[S::Until]),
    ("no earlier than", &[S::From]),
    ("not earlier than", &[S::From]),
    ("i mean", &[S::Correction]),
    ("any day but", &[S::Instead]),
    ("every day but", &[S::Instead]),
    ("all but", &[S::Instead]),
    ("week after next", &[S::Which(Which::AfterNext), S::Unit(Unit::Week)]),
    ("last night", &[S::Shifted(-1), S::Part(Part::Overnight)]),
    ("anything but", &[S::Instead]),
    ("instead of", &[S::Instead]),
    ("rather than", &[S::Instead]),
    ("too early", &[S::Not]),
    ("too late", &[S::Not]),
    ("after work", &[S::Unknown]),
    ("before work", &[S::Unknown]),
    ("after school", &[S::Unknown]),
    ("a m", &[S::Am]),
    ("p m", &[S::Pm]),
    ("o clock", &[S::OClock]),
    ("at night", &[S::Part(Part::Night)]),
    ("first thing", &[S::Part(Part::Early)]),
    ("calendar week", &[S::CalendarWeek]),
    ("from now", &[S::Later, S::Shifted(0)]),
    ("in fact", &[]),
    ("first time", &[]),
    ("last time", &[S::Unknown]),
    ("next time", &[S::Unknown]),
    ("later today", &[S::Shifted(0)]),
    ("this morning", &[S::Shifted(0), S::Part(Part::Morning)]),
    ("this afternoon", &[S::Shifted(0), S::Part(Part::Afternoon)]),
    ("this evening", &[S::Shifted(0), S::Part(Part::Evening)]),
    ("a few", &[S::Unknown]),
    ("of course", &[]),
    ("may i", &[]),
    ("may we", &[]),
];

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
    "around",
    "about",
    "approximately",
    "roughly",
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
        "at" => S::At,
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
        "not" | "dont" | "cant" | "cannot" | "wont" | "never" | "none" | "neither" | "without" => S::Not,
        "no" | "nope" | "actually" | "sorry" | "correction" | "wait" | "wrong" => S::Correction,
        "except" => S::Instead,
        "but" | "however" => S::Contrast,
        "every" | "each" | "always" | "weekly" | "daily" => S::Every,
        "person" | "people" | "persons" | "kids" | "children" | "adults" | "guests" | "appointment"
        | "appointments" => S::Counted,
        _ => return None,
    })
}

fn numeral(word: &str) -> Option<Sense> {
    let number = english_number(word).or((word == "oh").then_some(0)).map(|value| S::Number { value, digits: 0 });
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
