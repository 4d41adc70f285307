//! Figures with their separators: "24.", "24.11.2026", "14:30", "2072025".

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

    /// "20.11.14 Uhr" and "20.11.14:30" are a date without a year, and a time.
    fn ends_in_an_hour(&self, text: &str) -> bool {
        let short = self.numbers.last().is_some_and(|last| last.digits <= 2);
        short
            && text.get(self.length..).is_some_and(|rest| rest.starts_with(':') || rest.trim_start().starts_with("uhr"))
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

#[cfg(test)]
mod tests {
    use super::*;

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
