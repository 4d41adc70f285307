//! From text to tokens: letters in small and without marks, figures with their separators, and each word's sense.

use super::figures::{ENDINGS, Numeral};
use super::joining::joined;
use super::sense::Sense;
use super::{Language, english, german};

/// Longer texts are no answers to a question for a time.
const LONGEST: usize = 600;

/// The senses of a text, in order; nothing where the text is too long to be read.
pub fn tokens(text: &str, language: Language) -> Option<Vec<Sense>> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let raw = raw(&plain(text));
    let mut senses = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(token) = raw.get(at) {
        at += match token {
            Raw::Word(word) => known(&raw, at, word, language, &mut senses),
            Raw::Sense(sense) => {
                senses.push(*sense);
                1
            }
        };
    }
    Some(joined(&senses, language))
}

enum Raw {
    Word(String),
    Sense(Sense),
}

impl Raw {
    fn is_one_of(&self, words: &[&str]) -> bool {
        matches!(self, Self::Word(word) if words.contains(&word.as_str()))
    }
}

/// Small letters, umlauts as two letters however they were spelled, one kind of dash, no apostrophes.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 8);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            // The two dots of an umlaut that was written as a letter and its mark.
            '\u{308}' => plain.push('e'),
            '\u{2010}'..='\u{2015}' => plain.push('-'),
            '\'' | '\u{2019}' | '`' => {}
            '½' => plain.push_str(" 1/2 "),
            '¼' => plain.push_str(" 1/4 "),
            '¾' => plain.push_str(" 3/4 "),
            '\u{a0}' | '\u{202f}' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain.replace("a.m.", "ante").replace("p.m.", "pm").replace("z.b.", "")
}

/// Words and figures. A full stop ends a clause as a comma does, unless it belongs to figures.
fn raw(text: &str) -> Vec<Raw> {
    let mut raw = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if first.is_ascii_digit() {
            figures(rest, &mut raw)
        } else if first.is_alphabetic() {
            let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
            let length = word.len();
            raw.push(Raw::Word(word));
            length
        } else {
            raw.extend(mark(first).map(Raw::Sense));
            first.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    raw
}

fn mark(c: char) -> Option<Sense> {
    match c {
        ',' | ';' | '.' | '?' | '!' | ':' => Some(Sense::Comma),
        '-' => Some(Sense::Dash),
        '/' => Some(Sense::Or),
        '+' => Some(Sense::Foreign),
        _ => None,
    }
}

/// Takes figures with what belongs to them ("24.", "24.11.2026", "14:30", "24th") and says how many bytes those are.
fn figures(text: &str, raw: &mut Vec<Raw>) -> usize {
    let (sense, mut taken) = Numeral::read(text);
    let tail: String = text.get(taken..).unwrap_or_default().chars().take_while(|c| c.is_alphabetic()).collect();
    let sense = match (sense, tail.as_str()) {
        (Sense::Number { value, .. }, ending) if ENDINGS.contains(&ending) => {
            taken += ending.len();
            Sense::Ordinal { value, written: false }
        }
        (Sense::Clock { .. }, "z") => Sense::Foreign,
        // The letter between date and time in the form for machines.
        (Sense::Date { .. }, "t") => {
            taken += 1;
            sense
        }
        _ => sense,
    };
    raw.push(Raw::Sense(sense));
    taken
}

struct Vocabulary {
    phrases: &'static [(&'static str, &'static [Sense])],
    titles: &'static [&'static str],
    meaning: fn(&str) -> Option<Vec<Sense>>,
}

impl Vocabulary {
    fn of(language: Language) -> Self {
        match language {
            Language::German => Self { phrases: german::PHRASES, titles: &german::TITLES, meaning: german::meaning },
            Language::English => {
                Self { phrases: english::PHRASES, titles: &english::TITLES, meaning: english::meaning }
            }
        }
    }
}

/// Adds the senses of the word, or of the phrase that begins with it, and says how many words that were.
fn known(raw: &[Raw], at: usize, word: &str, language: Language, senses: &mut Vec<Sense>) -> usize {
    let Vocabulary { phrases, titles, meaning } = Vocabulary::of(language);
    if names_somebody(raw, at, titles) {
        senses.push(Sense::Unknown);
        return 1;
    }
    let longest = phrases.iter().filter(|(phrase, _)| follows(raw, at, phrase)).max_by_key(|(phrase, _)| phrase.len());
    if let Some((phrase, meant)) = longest {
        senses.extend_from_slice(meant);
        return phrase.split(' ').count();
    }
    let short = german::short_weekday(word).filter(|_| language == Language::German && date_follows(raw, at));
    match short {
        Some(weekday) => senses.push(Sense::Weekday(weekday)),
        None => senses.extend(meaning(word).unwrap_or_else(|| vec![Sense::Unknown])),
    }
    1
}

/// Whether a date in figures comes next, behind a full stop or a comma.
fn date_follows(raw: &[Raw], at: usize) -> bool {
    let mut next = raw.iter().skip(at + 1).skip_while(|token| matches!(token, Raw::Sense(Sense::Comma)));
    let date = |sense: &Sense| matches!(sense, Sense::Date { .. } | Sense::Dotted { .. } | Sense::Ordinal { .. });
    next.next().is_some_and(|token| matches!(token, Raw::Sense(sense) if date(sense)))
}

/// "Herr Freitag", "mein Name ist Sonntag".
fn names_somebody(raw: &[Raw], at: usize, titles: &[&str]) -> bool {
    let before = |by: usize| at.checked_sub(by).and_then(|at| raw.get(at));
    let title = |by| before(by).is_some_and(|word| word.is_one_of(titles));
    title(1) || (title(2) && before(1).is_some_and(|word| word.is_one_of(&["ist", "is", "war", "was"])))
}

fn follows(raw: &[Raw], at: usize, phrase: &str) -> bool {
    phrase.split(' ').zip(at..).all(|(word, at)| matches!(raw.get(at), Some(Raw::Word(said)) if said == word))
}
