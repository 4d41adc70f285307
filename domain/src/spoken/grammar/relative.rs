//! Days counted from today, from another day, or from the day that was spoken of before.

use super::Piece;
use super::cursor::Cursor;
use super::dates;
use crate::spoken::Language;
use crate::spoken::days::{Days, Found, find};
use crate::spoken::feast::Feast;
use crate::spoken::sense::{Sense, Unit, Which};
use Sense as S;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

pub fn days(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    cursor
        .attempt(|it| from_named_day(it, today))
        .or_else(|| cursor.attempt(|it| in_so_long(it, today)))
        .or_else(|| cursor.attempt(|it| so_long_ago(it, today)))
        .or_else(|| cursor.attempt(|it| so_long_from(it, today, language)))
        .or_else(|| cursor.attempt(|it| day_beside(it, today, language)))
        .or_else(|| cursor.attempt(|it| weekday_week(it, today, language)))
}

/// How many: "zwei", "2", "eine".
pub fn count(sense: Sense) -> Option<i32> {
    match sense {
        S::Number { value, digits } if digits <= 3 => i32::try_from(value).ok(),
        S::One => Some(1),
        _ => None,
    }
}

/// The date so many units ahead, or behind where the count is negative.
pub fn ahead(from: Date, count: i32, unit: Unit) -> Option<Date> {
    let count = i64::from(count);
    let span = match unit {
        Unit::Day => count.days(),
        Unit::Week => count.weeks(),
        Unit::Fortnight => (2 * count).weeks(),
        Unit::Month => count.months(),
        Unit::Year => count.years(),
        Unit::Weekend | Unit::Minutes(_) => return None,
    };
    from.checked_add(span).ok()
}

fn unit(sense: Sense) -> Option<Unit> {
    if let S::Unit(unit) = sense { Some(unit) } else { None }
}

/// "zwei Wochen", "einem halben Jahr", "acht Tagen" (which is a week, where the count alone says otherwise).
fn stretch(cursor: &mut Cursor) -> Option<(i32, Unit)> {
    cursor.skip(&[S::At]);
    let number = cursor.map(count);
    if cursor.eat(S::Half) {
        return cursor.eat(S::Unit(Unit::Year)).then_some((6, Unit::Month));
    }
    let unit = cursor.map(unit)?;
    Some((number?, unit))
}

fn shifted(sense: Sense) -> Option<i64> {
    match sense {
        S::Shifted(days) => Some(days),
        S::Morrow => Some(1),
        _ => None,
    }
}

/// "heute", "morgen", "heute in acht Tagen". "Dienstag morgen" is Tuesday's morning and no day of its own.
fn from_named_day(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let of_weekday = matches!(cursor.behind(), Some(S::Weekday(_))) && cursor.peek() == Some(S::Morrow);
    let days = cursor.map(shifted).filter(|_| !of_weekday)?;
    let day = today.checked_add(days.days()).ok()?;
    let further = cursor.attempt(|it| {
        it.eat(S::In).then_some(())?;
        let (count, unit) = stretch(it)?;
        ahead(day, if (count, unit) == EIGHT_DAYS { 7 } else { count }, unit)
    });
    Some(Days::OneOf(vec![further.unwrap_or(day)]))
}

/// A week, to those who count today.
const EIGHT_DAYS: (i32, Unit) = (8, Unit::Day);

/// "in drei Wochen", "in acht Tagen".
fn in_so_long(cursor: &mut Cursor, today: Date) -> Option<Days> {
    cursor.eat(S::In).then_some(())?;
    let (count, unit) = stretch(cursor)?;
    let date = ahead(today, count, unit)?;
    Some(if (count, unit) == EIGHT_DAYS {
        Days::Ahead { date: ahead(today, 7, Unit::Day)?, literally: Some(date) }
    } else if matches!(unit, Unit::Week | Unit::Fortnight) || count == 14 {
        Days::Ahead { date, literally: None }
    } else {
        Days::OneOf(vec![date])
    })
}

/// "vor drei Tagen", "a week ago".
fn so_long_ago(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let before = cursor.eat(S::Before);
    let (count, unit) = stretch(cursor)?;
    (before || cursor.eat(S::Ago)).then_some(())?;
    let date = ahead(today, -count, unit)?;
    let weeks = matches!(unit, Unit::Week | Unit::Fortnight);
    Some(if weeks { Days::Ahead { date, literally: None } } else { Days::OneOf(vec![date]) })
}

/// "three days from now", "a week from Friday".
fn so_long_from(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    let (count, unit) = stretch(cursor)?;
    if cursor.eat(S::Later) {
        let from_now = cursor.eat(S::Shifted(0));
        return from_now.then(|| ahead(today, count, unit).map(|date| Days::OneOf(vec![date])))?;
    }
    (language == Language::English && cursor.eat(S::From)).then_some(())?;
    let base = cursor
        .map(shifted)
        .and_then(|days| today.checked_add(days.days()).ok().map(|day| vec![day]))
        .or_else(|| dates::day(cursor, today, language).and_then(|days| dates_of(&days, today)))?;
    Some(Days::OneOf(base.into_iter().filter_map(|day| ahead(day, count, unit)).collect()))
}

fn dates_of(days: &Days, today: Date) -> Option<Vec<Date>> {
    if let Found::Dates(dates) = find(std::slice::from_ref(days), today) { Some(dates) } else { None }
}

/// "am Tag nach Weihnachten", "zwei Tage vor dem 24. Dezember". Counting from a weekday is left in doubt.
fn day_beside(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    let number = cursor.map(count).unwrap_or(1);
    let unit = cursor.map(unit).filter(|unit| matches!(unit, Unit::Day | Unit::Week))?;
    let count = number
        * cursor.map(|sense| match sense {
            S::Before => Some(-1),
            S::After => Some(1),
            _ => None,
        })?;
    cursor.skip(&[S::Article]);
    let dates = match cursor.map(|sense| if let S::Feast(feast) = sense { Some(feast) } else { None }) {
        Some(feast) => feast_beside(feast, count, today)?,
        None => match dates::day(cursor, today, language)? {
            Days::Weekday(_) => return None,
            day => dates_of(&day, today)?,
        },
    };
    Some(Days::OneOf(dates.into_iter().filter_map(|date| ahead(date, count, unit)).collect()))
}

/// The days of a feast that may be counted from: onwards its last, backwards its first or the one after.
fn feast_beside(feast: Feast, count: i32, today: Date) -> Option<Vec<Date>> {
    let years = today.year()..=today.year().saturating_add(1);
    let span = years.filter_map(|year: i16| feast.span(year)).find(|span| span.last >= Some(today))?;
    let (first, last) = (span.first?, span.last?);
    let second = first.tomorrow().ok().filter(|second| *second <= last);
    Some(if count > 0 { vec![last] } else { [Some(first), second].into_iter().flatten().collect() })
}

/// "Friday week" is British for a week after Friday.
fn weekday_week(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    let weekday = cursor.map(|sense| if let S::Weekday(weekday) = sense { Some(weekday) } else { None })?;
    (language == Language::English && cursor.eat(S::Unit(Unit::Week))).then_some(())?;
    let dates = dates_of(&Days::Weekday(weekday), today)?;
    Some(Days::OneOf(dates.into_iter().filter_map(|date| ahead(date, 1, Unit::Week)).collect()))
}

/// "gleicher Tag", "einen Tag später", "am Tag danach": from the day that was spoken of, if one was.
pub fn anchored(cursor: &mut Cursor, last: Option<Date>) -> Option<Piece> {
    cursor.attempt(|it| {
        if it.eat(S::Which(Which::Same)) {
            let same = last.map_or(Piece::Break, |date| Piece::Days(Days::OneOf(vec![date])));
            return it.eat(S::Unit(Unit::Day)).then_some(same);
        }
        let (count, unit) = it.attempt(next_day).or_else(|| shift(it))?;
        let date = last.and_then(|last| ahead(last, count, unit));
        Some(Piece::Days(date.map_or(Days::Impossible, |date| Days::OneOf(vec![date]))))
    })
}

fn next_day(cursor: &mut Cursor) -> Option<(i32, Unit)> {
    (cursor.eat(S::Which(Which::Next)) && cursor.eat(S::Unit(Unit::Day))).then_some((1, Unit::Day))
}

fn shift(cursor: &mut Cursor) -> Option<(i32, Unit)> {
    let count = cursor.map(count).unwrap_or(1);
    let unit = cursor.map(unit).filter(|unit| !matches!(unit, Unit::Minutes(_)))?;
    let sign = cursor.map(|sense| match sense {
        S::Later => Some(1),
        S::Earlier => Some(-1),
        _ => None,
    })?;
    // "Three days from now" is counted from today.
    (cursor.peek() != Some(S::Shifted(0))).then_some((sign * count, unit))
}

/// "in zwei Stunden", "in einer halben Stunde": a moment and no day.
pub fn moment(cursor: &mut Cursor, now: DateTime) -> Option<DateTime> {
    cursor.attempt(|it| {
        it.eat(S::In).then_some(())?;
        let first = it.attempt(minutes)?;
        let further = it.attempt(|it| {
            it.eat(S::And);
            minutes(it)
        });
        let minutes = first + further.unwrap_or(0);
        let later = it.peek() == Some(S::Later) || it.peek() == Some(S::Earlier);
        let exact = now.checked_add(minutes.minutes()).ok().filter(|_| !later)?;
        exact.with().second(0).subsec_nanosecond(0).build().ok()
    })
}

fn minutes(cursor: &mut Cursor) -> Option<i64> {
    cursor.skip(&[S::At]);
    let halves = cursor.map(|sense| if let S::Halves(halves) = sense { Some(i64::from(halves)) } else { None });
    let count = cursor.map(count).map(|count| i64::from(count) * 2);
    let half = cursor.eat(S::Half);
    cursor.eat(S::One);
    let unit = cursor.map(|sense| if let S::Unit(Unit::Minutes(minutes)) = sense { Some(minutes) } else { None })?;
    let halves = if half { 1 } else { halves.or(count)? };
    Some(halves * unit / 2)
}
