//! Single days in tokens: "24.11.", "vierundzwanzigster November", "am 24.", "Dienstag", "erster Dienstag im Dezember".

use super::cursor::Cursor;
use crate::spoken::Language;
use crate::spoken::days::Days;
use crate::spoken::sense::{Sense, Unit, Which};
use Sense as S;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub fn day(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    cursor
        .attempt(|it| in_figures(it, language))
        .or_else(|| cursor.attempt(with_month))
        .or_else(|| cursor.attempt(|it| month_first(it, language)))
        .or_else(|| cursor.attempt(two_ordinals))
        .or_else(|| cursor.attempt(|it| counted_weekday(it, today)))
        .or_else(|| cursor.attempt(|it| weekday(it, today)))
        .or_else(|| cursor.attempt(of_month))
}

fn small(value: u32) -> i8 {
    i8::try_from(value).unwrap_or(i8::MAX)
}

/// A date by its numbers; one that no calendar has is impossible.
fn numbered(day: u32, month: u32, year: Option<i16>) -> Days {
    let (day, month) = (small(day), small(month));
    // Of the years around, a leap year has every day that there can be.
    let date = Date::new(year.unwrap_or(2028), month, day);
    match (date, year) {
        (Ok(date), Some(_)) => Days::OneOf(vec![date]),
        (Ok(_), None) => Days::Numbered { day, month: Some(month) },
        (Err(_), _) => Days::Impossible,
    }
}

fn in_figures(cursor: &mut Cursor, language: Language) -> Option<Days> {
    let after_at = cursor.behind() == Some(S::At);
    let days = cursor.map(|sense| match sense {
        S::Date { year, month, day } => Date::new(year, month, day).ok().map(|date| Days::OneOf(vec![date])),
        S::Dotted { first, second, closed } if !after_at || first > 23 => dotted(first, second, closed),
        S::Slashed { first, second, year } => slashed(first, second, year, language),
        S::Impossible => Some(Days::Impossible),
        _ => None,
    })?;
    (cursor.peek() != Some(S::OClock)).then_some(days)
}

/// "24.11." and "20.12"; "14.30" is a time of day.
fn dotted(first: u32, second: u32, closed: bool) -> Option<Days> {
    let time = first <= 24 && second <= 59 && !(1..=12).contains(&second);
    let date = numbered(first, second, None);
    if date == Days::Impossible && time && !closed { None } else { Some(date).filter(|_| !time) }
}

/// Day before month, in English the other way about too: what fits both ways is asked back.
fn slashed(first: u32, second: u32, year: Option<i16>, language: Language) -> Option<Days> {
    let dates: Vec<Days> = match language {
        Language::German => vec![numbered(first, second, year)],
        Language::English => vec![numbered(second, first, year), numbered(first, second, year)],
    };
    let mut possible = dates.into_iter().filter(|days| *days != Days::Impossible);
    match (possible.next(), possible.next()) {
        (Some(Days::OneOf(one)), Some(Days::OneOf(other))) if one != other => Some(Days::OneOf([one, other].concat())),
        (Some(one), Some(other)) if one != other => None,
        (Some(only), _) => Some(only),
        (None, _) => Some(Days::Impossible),
    }
}

/// A day of the month by its number.
fn number(cursor: &mut Cursor) -> Option<u32> {
    cursor.map(|sense| match sense {
        S::Number { value, digits } if digits <= 2 => Some(value),
        S::Ordinal { value, .. } => Some(value),
        _ => None,
    })
}

/// "24. November [2026]", "24th of November".
fn with_month(cursor: &mut Cursor) -> Option<Days> {
    let day = number(cursor)?;
    cursor.skip(&[S::Of, S::Article]);
    let month = cursor.map(month)?;
    let year = cursor.attempt(year);
    Some(numbered(day, u32::try_from(month).ok()?, year))
}

fn month(sense: Sense) -> Option<i8> {
    if let S::Month(month) = sense { Some(month) } else { None }
}

/// "November 24th[, 2026]".
fn month_first(cursor: &mut Cursor, language: Language) -> Option<Days> {
    if language != Language::English {
        return None;
    }
    let month = cursor.map(month)?;
    cursor.skip(&[S::Article]);
    let day = number(cursor)?;
    let year = cursor.attempt(year);
    (cursor.peek() != Some(S::OClock)).then(|| numbered(day, u32::try_from(month).unwrap_or(0), year))
}

/// "2026", "zweitausendsechsundzwanzig", "zwanzig sechsundzwanzig"; "20 Uhr 30" is none.
fn year(cursor: &mut Cursor) -> Option<i16> {
    cursor.skip(&[S::Comma]);
    let whole = |sense: Sense| match sense {
        S::Number { value, digits } if digits == 4 || digits == 0 => Some(value).filter(|it| (1900..2100).contains(it)),
        _ => None,
    };
    let spoken = |sense: Sense| match sense {
        S::Number { value, digits: 0 } => Some(value),
        _ => None,
    };
    let year = cursor.map(whole).or_else(|| {
        cursor.attempt(|it| {
            it.map(spoken).filter(|century| *century == 20)?;
            it.map(spoken).filter(|year| (24..40).contains(year) && year % 5 != 0).map(|year| 2000 + year)
        })
    })?;
    (cursor.peek() != Some(S::OClock)).then_some(())?;
    i16::try_from(year).ok()
}

/// "vierundzwanzigster elfter", "24. 11.".
fn two_ordinals(cursor: &mut Cursor) -> Option<Days> {
    let year_follows = matches!(cursor.ahead(2), Some(S::Number { value: 2000..2100, digits: 4 }));
    let on = cursor.behind() == Some(S::On) || year_follows;
    let part = |sense: Sense| match sense {
        S::Ordinal { value, .. } => Some(value),
        // "am 24 11", where the dots were not heard.
        S::Number { value, digits: 1 | 2 } if on => Some(value),
        _ => None,
    };
    let day = cursor.map(part)?;
    let ordinal = matches!(cursor.peek(), Some(S::Ordinal { .. }));
    let month = cursor.map(part).filter(|month| *month <= 12 || ordinal)?;
    let year = cursor.attempt(year);
    // "Am 24 10 30" and "am 24 11 Uhr" end in a time.
    let time = match cursor.peek() {
        Some(S::OClock | S::Am | S::Pm) => year.is_none(),
        Some(S::Number { .. }) => year.is_none() && !ordinal,
        _ => false,
    };
    (!time).then(|| numbered(day, month, year))
}

/// "erster Dienstag im Dezember", "letzter Freitag des Monats".
fn counted_weekday(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let nth = cursor.map(|sense| match sense {
        S::Ordinal { value, written: false } => i8::try_from(value).ok().filter(|nth| (1..=4).contains(nth)),
        S::Which(Which::Last) => Some(-1),
        _ => None,
    })?;
    let weekday = cursor.map(weekday_of)?;
    cursor.eat_any(&[S::In, S::Of, S::Article]).then_some(())?;
    cursor.skip(&[S::Of, S::Article]);
    let first =
        cursor.attempt(|it| first_of_named(it, today)).or_else(|| cursor.attempt(|it| first_of_month(it, today)))?;
    first.nth_weekday_of_month(nth, weekday).ok().map(|date| Days::OneOf(vec![date]))
}

fn first_of_named(cursor: &mut Cursor, today: Date) -> Option<Date> {
    let month = cursor.map(month)?;
    match cursor.attempt(year) {
        Some(year) => Date::new(year, month, 1).ok(),
        None => (today.year()..=today.year().saturating_add(1))
            .filter_map(|year| Date::new(year, month, 1).ok())
            .find(|first| first.last_of_month() >= today),
    }
}

fn first_of_month(cursor: &mut Cursor, today: Date) -> Option<Date> {
    let which = cursor.map(|sense| if let S::Which(which) = sense { Some(which) } else { None });
    cursor.eat(S::Unit(Unit::Month)).then_some(())?;
    let ahead = i32::from(matches!(which, Some(Which::Next | Which::Coming)));
    today.first_of_month().checked_add(ahead.months()).ok()
}

fn weekday_of(sense: Sense) -> Option<Weekday> {
    if let S::Weekday(weekday) = sense { Some(weekday) } else { None }
}

/// "Dienstag", "kommenden Dienstag", "nächsten Freitag", "Freitag, den nächsten".
fn weekday(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let which = cursor.map(|sense| if let S::Which(which) = sense { Some(which) } else { None });
    cursor.skip(&[S::Article]);
    let weekday = cursor.map(weekday_of)?;
    let which = which.or_else(|| cursor.attempt(trailing_next));
    let ahead = i64::from(today.weekday().until(weekday));
    let next = if ahead == 0 { 7 } else { ahead };
    let days = match which {
        None | Some(Which::This) => return Some(Days::Weekday(weekday)),
        Some(Which::Coming) => vec![next],
        Some(Which::Next) => vec![next, next + 7],
        Some(Which::AfterNext) => vec![next + 7, next + 14],
        Some(Which::Last) => vec![ahead - 7],
        Some(Which::BeforeLast) => vec![ahead - 14],
        Some(Which::Same) => return None,
    };
    Some(Days::OneOf(days.into_iter().filter_map(|days| today.checked_add(days.days()).ok()).collect()))
}

fn trailing_next(cursor: &mut Cursor) -> Option<Which> {
    cursor.skip(&[S::Comma, S::Article]);
    let next = cursor.eat(S::Which(Which::Next));
    let alone =
        !matches!(cursor.peek(), Some(S::Unit(_) | S::Weekday(_) | S::Month(_) | S::Soon | S::Counted | S::Unknown));
    (next && alone).then_some(Which::Next)
}

/// "am 24.", "der vierundzwanzigste". "Der erste Termin" and "im dritten Stock" are no days.
fn of_month(cursor: &mut Cursor) -> Option<Days> {
    let on = cursor.behind() == Some(S::On);
    let articled = matches!(cursor.behind(), Some(S::Article | S::Of | S::Until | S::From | S::Between | S::And));
    let day = cursor.map(|sense| match sense {
        S::Ordinal { value, written } => Some(value).filter(|_| on || articled || written || value > 12),
        S::Number { value, digits } if on && digits <= 2 => Some(value),
        _ => None,
    })?;
    let counts = match cursor.peek() {
        Some(S::Counted | S::Unit(_) | S::OClock | S::CalendarWeek | S::Soon) => true,
        Some(S::Unknown) => !on && day < 13,
        _ => false,
    };
    let possible = (1..=31).contains(&day);
    (!counts).then(|| if possible { Days::Numbered { day: small(day), month: None } } else { Days::Impossible })
}
