//! Times of day in tokens: "halb drei", "fünf vor halb zehn", "14 Uhr 30", "two thirty".

use super::cursor::Cursor;
use crate::spoken::Language;
use crate::spoken::clock::Clock;
use crate::spoken::sense::{Sense, Unit};
use Sense as S;

/// A time, and whether it can mean anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub clock: Clock,
    pub certain: bool,
}

/// A single time. A bare number is one for certain only behind "um" or a part of the day.
pub fn time(cursor: &mut Cursor, language: Language) -> Option<Told> {
    let placed = matches!(cursor.behind(), Some(S::Part(_)));
    cursor.attempt(|it| {
        let about = it.eat(S::Shortly) && it.eat_any(&[S::Before, S::After]);
        let at = it.eat(S::At);
        it.skip(&[S::At]);
        let told = core(it, language, at || placed)?;
        Some(Told { certain: told.certain && !about, ..told })
    })
}

/// A time without its preposition; a bare number is one for certain only where times stand.
pub fn core(cursor: &mut Cursor, language: Language, placed: bool) -> Option<Told> {
    let certain = |clock| Told { clock, certain: true };
    cursor
        .attempt(around_fraction)
        .or_else(|| cursor.attempt(|it| fraction_of_hour(it, language)))
        .or_else(|| cursor.attempt(|it| minutes_from_hour(it, language)))
        .or_else(|| cursor.attempt(|it| written(it, language, placed)).map(certain))
        .or_else(|| cursor.attempt(named).map(certain))
        .or_else(|| cursor.attempt(hour_and_minute))
        .or_else(|| cursor.attempt(|it| in_figures(it, placed)))
        .or_else(|| cursor.attempt(|it| pair(it, placed)))
        .or_else(|| cursor.attempt(|it| bare(it, placed)))
}

/// The hour that a fraction or a minute refers to. "3." is an hour at the end of a sentence.
fn hour(cursor: &mut Cursor) -> Option<u32> {
    let one = cursor.peek() == Some(S::One) && cursor.ahead(1) == Some(S::OClock);
    let hour = cursor.map(|sense| match sense {
        S::Number { value, .. } | S::Ordinal { value, written: true } => {
            Some(value).filter(|hour| (1..=24).contains(hour))
        }
        // "um achte" is eight o'clock in the south.
        S::Ordinal { value: 8, written: false } => Some(8),
        S::One if one => Some(1),
        _ => None,
    })?;
    cursor.eat(S::OClock);
    (!matches!(cursor.peek(), Some(S::Month(_)))).then_some(hour)
}

fn halves(cursor: &mut Cursor, hour: u32, minute: i32) -> Option<Told> {
    let clock = Clock::told(hour, minute)?;
    Some(Told { clock: half_of_day(cursor, clock)?, certain: true })
}

fn half_of_day(cursor: &mut Cursor, clock: Clock) -> Option<Clock> {
    match cursor.map(|sense| matches!(sense, S::Am | S::Pm).then_some(sense)) {
        Some(half) => clock.with_half_of_day(half == S::Pm),
        None => Some(clock),
    }
}

/// "fünf vor halb zehn", "zehn nach dreiviertel drei".
fn around_fraction(cursor: &mut Cursor) -> Option<Told> {
    let minutes = few_minutes(cursor)?;
    let sign = cursor.map(|sense| side(sense, Language::German))?;
    let quarters = cursor.map(|sense| match fraction(sense)? {
        S::Half => Some(-30),
        S::Quarter => Some(-45),
        _ => Some(-15),
    })?;
    let hour = hour(cursor)?;
    halves(cursor, hour, sign * minutes + quarters)
}

fn few_minutes(cursor: &mut Cursor) -> Option<i32> {
    let minutes = cursor.map(|sense| match sense {
        S::Number { value, .. } => i32::try_from(value).ok().filter(|minutes| (1..30).contains(minutes)),
        _ => None,
    })?;
    cursor.eat(S::Unit(Unit::Minutes(1)));
    Some(minutes)
}

fn side(sense: Sense, language: Language) -> Option<i32> {
    match sense {
        S::Before => Some(-1),
        S::To if language == Language::English => Some(-1),
        S::After => Some(1),
        _ => None,
    }
}

/// "halb drei", "half past two", "viertel vor drei", "dreiviertel drei", "viertel drei", in Switzerland "viertel ab drei".
fn fraction_of_hour(cursor: &mut Cursor, language: Language) -> Option<Told> {
    cursor.eat(S::One);
    let fraction = cursor.map(fraction)?;
    let sign = cursor.map(|sense| side(sense, language).or((sense == S::From).then_some(1)));
    let hour = hour(cursor)?;
    let minute = match (fraction, sign, language) {
        (S::Half, Some(1), _) | (S::Half, None, Language::English) => 30,
        (S::Half, None, Language::German) => -30,
        (S::Quarter, Some(sign), _) => sign * 15,
        (S::Quarter, None, Language::German) => -45,
        (S::ThreeQuarters, None, _) => -15,
        _ => return None,
    };
    halves(cursor, hour, minute)
}

fn fraction(sense: Sense) -> Option<Sense> {
    match sense {
        S::Half | S::Quarter | S::ThreeQuarters => Some(sense),
        S::Slashed { first: 1, second: 2, year: None } => Some(S::Half),
        S::Slashed { first: 1, second: 4, year: None } => Some(S::Quarter),
        S::Slashed { first: 3, second: 4, year: None } => Some(S::ThreeQuarters),
        _ => None,
    }
}

/// "zehn nach drei". "Ten to twelve" may be a range as well.
fn minutes_from_hour(cursor: &mut Cursor, language: Language) -> Option<Told> {
    let minutes = few_minutes(cursor)?;
    let spoken_as_minutes = cursor.behind() == Some(S::Unit(Unit::Minutes(1)));
    let joint = cursor.peek();
    let sign = cursor.map(|sense| side(sense, language))?;
    let hour = hour(cursor)?;
    let maybe_range = joint == Some(S::To) && !spoken_as_minutes;
    if maybe_range && minutes % 5 != 0 {
        return None;
    }
    let told = halves(cursor, hour, sign * minutes)?;
    Some(Told {
        certain: !maybe_range || i64::from(minutes) > i64::from(hour) || hour > 12 || minutes == 10 && hour < 8,
        ..told
    })
}

/// "14:30", "03:00"; "14.30" where it is no date or where "um" or "Uhr" says so.
fn written(cursor: &mut Cursor, language: Language, placed: bool) -> Option<Clock> {
    let (hour, minute, padded) = cursor.map(|sense| match sense {
        S::Clock { hour, minute, padded } => Some((hour, minute, padded)),
        S::Dotted { first, second, .. } if first <= 24 && second <= 59 => Some((first, second, false)),
        _ => None,
    })?;
    let dotted = matches!(cursor.behind(), Some(S::Dotted { .. }));
    let named = cursor.eat(S::OClock);
    if dotted && !placed && !named && (1..=12).contains(&minute) && (1..=31).contains(&hour) {
        return None;
    }
    let clock = match hour {
        1..=6 if !padded && language == Language::German => Clock::told(hour, i32::try_from(minute).ok()?).map(unsure),
        1..=9 if padded => Clock::written(hour, minute),
        _ => Clock::told(hour, i32::try_from(minute).ok()?),
    };
    half_of_day(cursor, clock?)
}

fn unsure(clock: Clock) -> Clock {
    if let Clock::Face(minute) = clock { Clock::Unsure(minute) } else { clock }
}

fn named(cursor: &mut Cursor) -> Option<Clock> {
    if cursor.eat(S::Noon) {
        return Some(Clock::Exact(12 * 60));
    }
    cursor.eat(S::Midnight).then_some(Clock::Midnight)
}

/// An hour as a number; "03 Uhr" is written for the night, "ein Uhr" has no other number.
fn whole_hour(cursor: &mut Cursor) -> Option<(u32, bool)> {
    cursor.map(|sense| match sense {
        S::Number { value, digits } if value <= 24 && digits <= 2 => Some((value, digits == 2 && value < 10)),
        S::One => Some((1, false)),
        S::Ordinal { value: 8, written: false } => Some((8, false)),
        _ => None,
    })
}

fn at_hour(hour: u32, padded: bool, minute: u32) -> Option<Clock> {
    if padded { Clock::written(hour, minute) } else { Clock::told(hour, i32::try_from(minute).ok()?) }
}

/// "14 Uhr", "vierzehn Uhr dreißig", "3 pm", "three o'clock".
fn hour_and_minute(cursor: &mut Cursor) -> Option<Told> {
    let (hour, padded) = whole_hour(cursor)?;
    if matches!(cursor.peek(), Some(S::Am | S::Pm)) {
        let clock = half_of_day(cursor, at_hour(hour, padded, 0)?)?;
        cursor.eat(S::OClock);
        return Some(Told { clock, certain: true });
    }
    cursor.eat(S::OClock).then_some(())?;
    let minute = cursor.attempt(minute).or_else(|| cursor.attempt(and_minutes));
    let (minute, certain) = minute.unwrap_or((0, true));
    Some(Told { clock: half_of_day(cursor, at_hour(hour, padded, minute)?)?, certain })
}

/// "zehn Uhr und dreißig Minuten".
fn and_minutes(cursor: &mut Cursor) -> Option<(u32, bool)> {
    cursor.eat(S::And).then_some(())?;
    let minutes = cursor.map(|sense| if let S::Number { value, .. } = sense { Some(value) } else { None })?;
    (minutes < 60 && cursor.eat(S::Unit(Unit::Minutes(1)))).then_some((minutes, true))
}

/// The minutes behind an hour, and whether they can be anything else. "10 Uhr zwei Personen" has none.
fn minute(cursor: &mut Cursor) -> Option<(u32, bool)> {
    let zero = cursor.eat(S::Number { value: 0, digits: 0 });
    let (value, digits) = cursor.map(|sense| match sense {
        S::Number { value, digits } if value <= 59 && digits <= 2 => Some((value, digits)),
        S::Ordinal { value, written: true } if value <= 59 => Some((value, 2)),
        _ => None,
    })?;
    cursor.eat(S::Unit(Unit::Minutes(1)));
    let small = value < 10 && digits != 2 && !zero;
    match cursor.peek() {
        Some(S::Counted | S::Month(_) | S::Unit(_) | S::OClock | S::Before | S::After | S::To) => None,
        Some(S::Unknown) if small => None,
        Some(S::Unknown) => Some((value, value % 5 == 0)),
        _ => Some((value, !small || value == 5)),
    }
}

/// "1430", behind "um" also "930"; "2026" is rather a year.
fn in_figures(cursor: &mut Cursor, placed: bool) -> Option<Told> {
    let (value, digits) = cursor.map(|sense| match sense {
        S::Number { value, digits } if digits == 3 || digits == 4 => Some((value, digits)),
        _ => None,
    })?;
    let named = cursor.eat(S::OClock) || placed;
    let year = (1900..2100).contains(&value);
    let (hour, minute) = (value / 100, value % 100);
    if hour > 24 || minute > 59 || (digits == 3 && !named) {
        return None;
    }
    Some(Told { clock: at_hour(hour, digits == 4, minute)?, certain: named || !year })
}

/// "vierzehn dreißig", "2 30".
fn pair(cursor: &mut Cursor, placed: bool) -> Option<Told> {
    let (hour, padded) = whole_hour(cursor)?;
    let zero = cursor.eat(S::Number { value: 0, digits: 0 });
    let minute = cursor.map(|sense| match sense {
        S::Number { value, digits } if value <= 59 && digits <= 2 => Some(value),
        _ => None,
    })?;
    if (minute < 10) != zero || matches!(cursor.peek(), Some(S::Counted | S::Unit(_) | S::Month(_))) {
        return None;
    }
    let named = cursor.eat(S::OClock);
    let no_hour = minute % 5 == 0 && minute > 24 || zero;
    let certain = if named { no_hour } else { placed || no_hour };
    let clock = at_hour(hour, padded, minute)?;
    Some(Told { clock: half_of_day(cursor, clock)?, certain })
}

/// A number alone, which counts something unless it stands where a time does.
pub fn bare(cursor: &mut Cursor, placed: bool) -> Option<Told> {
    let ends_sentence = |sense: Sense| match sense {
        S::Ordinal { value, written: true } if placed && value <= 24 => Some((value, false)),
        _ => None,
    };
    let one = cursor.peek() == Some(S::One);
    let (hour, padded) = cursor.map(ends_sentence).or_else(|| whole_hour(cursor)).filter(|_| !one)?;
    let counts = match cursor.peek() {
        Some(S::Counted | S::Unit(_) | S::Month(_) | S::CalendarWeek) => true,
        Some(S::Unknown) => !placed,
        _ => false,
    };
    let clock = at_hour(hour, padded, 0).filter(|_| !counts)?;
    Some(Told { clock, certain: placed })
}
