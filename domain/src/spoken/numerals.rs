//! Numbers: figures with their separators, and numbers in German and English words.

use super::sense::Sense;
use jiff::civil::Date;

/// What turns figures into an ordinal: "24sten", "24th".
pub const ENDINGS: [&str; 11] = ["ten", "sten", "ter", "ster", "te", "ste", "tes", "th", "st", "nd", "rd"];

/// Figures at the beginning of a text.
pub struct Numeral;

impl Numeral {
    /// The sense of the figures that the text begins with, and their length in bytes.
    pub fn read(text: &str) -> (Sense, usize) {
        let parts = Parts::of(text);
        let sense = match (parts.separators.as_str(), parts.numbers.as_slice()) {
            ("--", [year, month, day]) if year.digits == 4 => complete(*year, *month, *day),
            ("--" | "..", [day, month, year]) => complete(*year, *month, *day),
            ("//", [first, second, year]) => slashed(*first, *second, Some(*year)),
            (".", [first, second]) => dotted(*first, *second, parts.closed),
            ("/", [first, second]) => slashed(*first, *second, None),
            (":" | "::", [hour, minute, ..]) => clock(*hour, *minute),
            (_, [number, ..]) => return (alone(*number, text), alone_length(*number, text)),
            _ => Sense::Impossible,
        };
        (sense, parts.length)
    }
}

#[derive(Clone, Copy)]
struct Figures {
    value: u32,
    digits: usize,
}

/// Runs of figures and the separators between them; the longest run of those that make up one date or time.
struct Parts {
    numbers: Vec<Figures>,
    separators: String,
    closed: bool,
    length: usize,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Self { numbers: vec![run(text)], separators: String::new(), closed: false, length: 0 };
        parts.length = parts.numbers.iter().map(|number| number.digits).sum();
        while let Some(separator) = parts.goes_on(text) {
            let next = run(text.get(parts.length + 1..).unwrap_or_default());
            parts.length += 1 + next.digits;
            parts.numbers.push(next);
            parts.separators.push(separator);
        }
        if parts.separators == ".." && parts.ends_in_an_hour(text) {
            parts.separators.truncate(1);
            let hour = parts.numbers.pop().map_or(0, |hour| hour.digits);
            (parts.closed, parts.length) = (true, parts.length - hour);
        }
        if parts.separators == "."
            && !parts.closed
            && text.get(parts.length..).is_some_and(|rest| rest.starts_with('.'))
        {
            parts.closed = true;
            parts.length += 1;
        }
        parts
    }

    /// The separator that figures of the same date or time stand behind.
    fn goes_on(&self, text: &str) -> Option<char> {
        let rest = text.get(self.length..)?;
        let separator = rest.chars().next().filter(|c| matches!(c, '.' | ':' | '/' | '-'))?;
        let behind = run(rest.get(1..)?);
        let same = self.separators.chars().all(|earlier| earlier == separator);
        // "10-12" is a range; only a whole date has dashes.
        let dashed = separator != '-' || self.dashed_date(rest);
        (behind.digits > 0 && behind.digits <= 4 && same && dashed && self.separators.len() < 2).then_some(separator)
    }

    /// "20.11.14 Uhr" is a date without a year, and an hour.
    fn ends_in_an_hour(&self, text: &str) -> bool {
        let short = self.numbers.last().is_some_and(|last| last.digits <= 2);
        short && text.get(self.length..).is_some_and(|rest| rest.trim_start().starts_with("uhr"))
    }

    fn dashed_date(&self, rest: &str) -> bool {
        let second = run(rest.get(1..).unwrap_or_default());
        let third = rest.get(1 + second.digits..).and_then(|rest| rest.strip_prefix('-')).map(run);
        !self.separators.is_empty() || third.is_some_and(|third| third.digits > 0)
    }
}

fn run(text: &str) -> Figures {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Figures { value: text.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX), digits }
}

fn small<T: TryFrom<u32>>(value: u32) -> Option<T> {
    T::try_from(value).ok()
}

/// "26" is 2026.
fn year_of(figures: Figures) -> Option<i16> {
    match figures.digits {
        2 => small::<i16>(figures.value).map(|year| 2000 + year),
        4 => small(figures.value),
        _ => None,
    }
}

fn complete(year: Figures, month: Figures, day: Figures) -> Sense {
    let date = || Date::new(year_of(year)?, small(month.value)?, small(day.value)?).ok();
    date().map_or(Sense::Impossible, written_date)
}

fn written_date(date: Date) -> Sense {
    Sense::Date { year: date.year(), month: date.month(), day: date.day() }
}

fn dotted(first: Figures, second: Figures, closed: bool) -> Sense {
    if first.digits > 2 || second.digits > 2 {
        return Sense::Impossible;
    }
    Sense::Dotted { first: first.value, second: second.value, closed }
}

fn slashed(first: Figures, second: Figures, year: Option<Figures>) -> Sense {
    let known = year.is_none_or(|year| year_of(year).is_some());
    if first.digits > 2 || second.digits > 2 || !known {
        return Sense::Impossible;
    }
    Sense::Slashed { first: first.value, second: second.value, year: year.and_then(year_of) }
}

fn clock(hour: Figures, minute: Figures) -> Sense {
    if hour.digits > 2 || minute.digits != 2 || hour.value > 24 || minute.value > 59 {
        return Sense::Impossible;
    }
    Sense::Clock { hour: hour.value, minute: minute.value, padded: hour.digits == 2 }
}

fn alone(number: Figures, text: &str) -> Sense {
    let Figures { value, digits } = number;
    match digits {
        1..=2 if alone_length(number, text) > digits => Sense::Ordinal { value, written: true },
        1..=4 => Sense::Number { value, digits: u8::try_from(digits).unwrap_or(u8::MAX) },
        7..=8 => compact(value),
        _ => Sense::Figures,
    }
}

fn alone_length(number: Figures, text: &str) -> usize {
    let dot = number.digits <= 2 && text.get(number.digits..).is_some_and(|rest| rest.starts_with('.'));
    number.digits + usize::from(dot)
}

/// "02072025" as text, or 2072025 once it was a number and lost its zero: day, month, year.
fn compact(value: u32) -> Sense {
    let (day, month, year) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    let date = || Date::new(small(year)?, small(month)?, small(day)?).ok();
    date().filter(|date| (2000..2100).contains(&date.year())).map_or(Sense::Figures, written_date)
}

const GERMAN_UNITS: [(&str, u32); 26] = [
    ("null", 0),
    ("ein", 1),
    ("eins", 1),
    ("oans", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("zwoa", 2),
    ("drei", 3),
    ("dreie", 3),
    ("vier", 4),
    ("viere", 4),
    ("fuenf", 5),
    ("fuenfe", 5),
    ("funf", 5),
    ("fuemf", 5),
    ("sechs", 6),
    ("sechse", 6),
    ("sieben", 7),
    ("siebene", 7),
    ("acht", 8),
    ("neun", 9),
    ("neune", 9),
    ("zehn", 10),
    ("zehne", 10),
    ("elf", 11),
    ("zwoelf", 12),
];

const GERMAN_TEENS: [(&str, u32); 10] = [
    ("elfe", 11),
    ("zwoelfe", 12),
    ("zwolf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fuenfzehn", 15),
    ("sechzehn", 16),
    ("siebzehn", 17),
    ("achtzehn", 18),
    ("neunzehn", 19),
];

const GERMAN_TENS: [(&str, u32); 9] = [
    ("zwanzig", 20),
    ("dreissig", 30),
    ("dreizig", 30),
    ("vierzig", 40),
    ("fuenfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

fn find(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// "vierzehn", "vierundzwanzig", "zweitausendsechsundzwanzig": up to 9999.
pub fn german_number(word: &str) -> Option<u32> {
    if let Some((thousands, rest)) = word.split_once("tausend") {
        let thousands = if thousands.is_empty() { 1 } else { below_hundred(thousands).filter(|it| *it < 10)? };
        return Some(thousands * 1000 + german_rest(rest)?);
    }
    if let Some((hundreds, rest)) = word.split_once("hundert") {
        let hundreds = if hundreds.is_empty() { 1 } else { below_hundred(hundreds).filter(|it| *it < 100)? };
        return Some(hundreds * 100 + german_rest(rest)?);
    }
    below_hundred(word)
}

fn german_rest(rest: &str) -> Option<u32> {
    let rest = rest.strip_prefix("und").unwrap_or(rest);
    if rest.is_empty() { Some(0) } else { german_number(rest) }
}

fn below_hundred(word: &str) -> Option<u32> {
    let plain = find(&GERMAN_UNITS, word).or_else(|| find(&GERMAN_TEENS, word)).or_else(|| find(&GERMAN_TENS, word));
    plain.or_else(|| {
        let (unit, tens) = word.split_once("und")?;
        Some(find(&GERMAN_UNITS, unit).filter(|unit| *unit < 10)? + find(&GERMAN_TENS, tens)?)
    })
}

const GERMAN_ORDINALS: [(&str, u32); 6] =
    [("erst", 1), ("zweit", 2), ("zwot", 2), ("dritt", 3), ("siebt", 7), ("acht", 8)];

/// "erster", "dritten", "vierundzwanzigste": the ordinal without its ending is a number, save for six.
pub fn german_ordinal(word: &str) -> Option<u32> {
    let stem = ["er", "en", "es", "em", "e"].iter().find_map(|ending| word.strip_suffix(ending))?;
    if let Some(value) = find(&GERMAN_ORDINALS, stem) {
        return Some(value);
    }
    let tens = || stem.strip_suffix("st").and_then(german_number).filter(|value| *value >= 20);
    let units = || stem.strip_suffix('t').and_then(german_number).filter(|value| *value < 20);
    tens().or_else(units)
}

const ENGLISH_NUMBERS: [(&str, u32); 28] = [
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// A single word: "twenty-four" comes as two, which `joined` puts together.
pub fn english_number(word: &str) -> Option<u32> {
    find(&ENGLISH_NUMBERS, word)
}

const ENGLISH_ORDINALS: [(&str, u32); 7] =
    [("first", 1), ("second", 2), ("third", 3), ("fifth", 5), ("eighth", 8), ("ninth", 9), ("twelfth", 12)];

pub fn english_ordinal(word: &str) -> Option<u32> {
    let regular = || word.strip_suffix("th").and_then(english_number);
    let tens = || word.strip_suffix("ieth").and_then(|stem| english_number(&format!("{stem}y")));
    find(&ENGLISH_ORDINALS, word).or_else(regular).or_else(tens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_words() {
        let numbers = [
            ("zwo", 2),
            ("vierzehn", 14),
            ("fuenfundvierzig", 45),
            ("einundzwanzig", 21),
            ("zweitausendsechsundzwanzig", 2026),
            ("zweitausendundsiebenundzwanzig", 2027),
            ("neunzehnhundertachtzig", 1980),
        ];
        for (word, value) in numbers {
            assert_eq!(german_number(word), Some(value), "{word}");
        }
        let ordinals = [("erster", 1), ("zwoten", 2), ("dritte", 3), ("siebten", 7), ("siebenten", 7), ("achter", 8)];
        for (word, value) in ordinals.into_iter().chain([("elften", 11), ("vierundzwanzigsten", 24)]) {
            assert_eq!(german_ordinal(word), Some(value), "{word}");
        }
        for word in ["und", "hundertprozent", "zehnter mann", "beste", "gute", ""] {
            assert_eq!(german_number(word).or_else(|| german_ordinal(word)), None, "{word}");
        }
    }

    #[test]
    fn english_words() {
        assert_eq!([english_number("forty"), english_number("hundred")], [Some(40), None]);
        let ordinals = ["first", "fourth", "twentieth", "thirtieth"].map(english_ordinal);
        assert_eq!(ordinals, [Some(1), Some(4), Some(20), Some(30)]);
    }

    #[test]
    fn figures_with_their_separators() {
        let read = |text| Numeral::read(text);
        assert_eq!(read("24.11.2026 um"), (Sense::Date { year: 2026, month: 11, day: 24 }, 10));
        assert_eq!(read("2026-11-24T11:00"), (Sense::Date { year: 2026, month: 11, day: 24 }, 10));
        assert_eq!(read("24.11."), (Sense::Dotted { first: 24, second: 11, closed: true }, 6));
        assert_eq!(read("24. 11."), (Sense::Ordinal { value: 24, written: true }, 3));
        assert_eq!(read("10-12 Uhr"), (Sense::Number { value: 10, digits: 2 }, 2));
        assert_eq!(read("14:30-16:00"), (Sense::Clock { hour: 14, minute: 30, padded: true }, 5));
        assert_eq!(read("2072025"), (Sense::Date { year: 2025, month: 7, day: 2 }, 7));
        assert_eq!(read("99999999"), (Sense::Figures, 8));
        assert_eq!(read("31.02.2025"), (Sense::Impossible, 10));
        assert_eq!(read("99999999999999999999"), (Sense::Figures, 20));
    }
}
