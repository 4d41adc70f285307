//! Several days in tokens: weeks, weekends, months and feasts.

use super::cursor::Cursor;
use super::dates;
use super::relative;
use crate::spoken::Language;
use crate::spoken::days::{Days, Span, ends, monday_of};
use crate::spoken::feast::Feast;
use crate::spoken::sense::{Sense, Shade, Third, Unit, Which};
use Sense as S;
use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

/// A week, a weekend, a month or a year, all of it or a third.
pub fn span(cursor: &mut Cursor, today: Date) -> Option<Span> {
    let third = cursor.map(|sense| if let S::Third(third) = sense { Some(third) } else { None });
    cursor.skip(&[S::Of, S::Article]);
    let whole = cursor
        .attempt(|it| week_of_month(it, today))
        .or_else(|| cursor.attempt(|it| calendar_week(it, today)))
        .or_else(|| cursor.attempt(|it| week_of(it, today)))
        .or_else(|| cursor.attempt(|it| which_unit(it, today, third.is_some())))
        .or_else(|| cursor.attempt(|it| stretch(it, today)))
        .or_else(|| third.and_then(|_| cursor.attempt(|it| named_month(it, today)).map(|span| (span, Unit::Month))));
    let (span, unit) = whole?;
    third.map_or(Some(span), |third| part_of(span, unit, third))
}

fn week_from(monday: Date) -> Option<Span> {
    Some(Span { first: Some(monday), last: Some(monday.checked_add(6.days()).ok()?) })
}

/// "KW 48", "in der 48. Kalenderwoche": of this year, or of the next if it is over.
fn calendar_week(cursor: &mut Cursor, today: Date) -> Option<(Span, Unit)> {
    let number = |sense: Sense| match sense {
        S::Number { value, digits } if digits <= 2 => i8::try_from(value).ok(),
        S::Ordinal { value, .. } => i8::try_from(value).ok(),
        _ => None,
    };
    let week = cursor.attempt(|it| {
        let week = it.map(number)?;
        // Below that, "die zweite Woche" is one of a month.
        let of_year = it.eat(S::CalendarWeek) || (week > 5 && it.eat(S::Unit(Unit::Week)));
        of_year.then_some(week)
    });
    let week = week.or_else(|| {
        cursor.attempt(|it| {
            it.eat(S::CalendarWeek).then_some(())?;
            it.map(number)
        })
    })?;
    let this_year = today.iso_week_date().year();
    let mondays = [this_year, this_year.saturating_add(1)]
        .into_iter()
        .filter_map(|year| ISOWeekDate::new(year, week, Weekday::Monday).ok())
        .filter_map(|monday| week_from(monday.date()));
    let span = mondays.into_iter().find(|span| span.last >= Some(today))?;
    Some((span, Unit::Week))
}

/// "zweite Woche im Dezember", "letzte Woche im Januar": seven days each, whatever weekday they begin on.
fn week_of_month(cursor: &mut Cursor, today: Date) -> Option<(Span, Unit)> {
    let nth = cursor.map(|sense| match sense {
        S::Ordinal { value: nth @ 1..=4, .. } => i32::try_from(nth).ok(),
        S::Which(Which::Last) => Some(5),
        _ => None,
    })?;
    (cursor.eat(S::Unit(Unit::Week)) && cursor.eat_any(&[S::In, S::Of])).then_some(())?;
    cursor.skip(&[S::Article]);
    let month = named_month(cursor, today)?;
    let first =
        if nth == 5 { month.last?.checked_sub(6.days()) } else { month.first?.checked_add(((nth - 1) * 7).days()) };
    let first = first.ok()?;
    Some((Span { first: Some(first), last: first.checked_add(6.days()).ok() }, Unit::Week))
}

/// "in der Woche vom 23. November".
fn week_of(cursor: &mut Cursor, today: Date) -> Option<(Span, Unit)> {
    (cursor.eat(S::Unit(Unit::Week)) && cursor.eat(S::Of)).then_some(())?;
    cursor.skip(&[S::Article]);
    let day = dates::day(cursor, today, Language::German)?;
    let first = ends(&day, today)?.first?;
    Some((week_from(monday_of(first)?)?, Unit::Week))
}

/// "diese Woche", "nächsten Monat", "am Wochenende", "Ende der Woche".
fn which_unit(cursor: &mut Cursor, today: Date, in_part: bool) -> Option<(Span, Unit)> {
    let which = cursor.map(|sense| if let S::Which(which) = sense { Some(which) } else { None });
    let unit = cursor.map(|sense| if let S::Unit(unit) = sense { Some(unit) } else { None })?;
    let ahead = match which {
        Some(Which::This) => 0,
        Some(Which::Next | Which::Coming) => 1,
        Some(Which::AfterNext) => 2,
        Some(Which::Last) => -1,
        Some(Which::BeforeLast) => -2,
        None if in_part || unit == Unit::Weekend => 0,
        Some(Which::Same) | None => return None,
    };
    // "Nächstes Wochenende" has two readings and is no span.
    let ahead = match (unit, which) {
        (Unit::Weekend, Some(Which::Next | Which::AfterNext)) => return None,
        (Unit::Weekend, Some(Which::Coming)) => 0,
        _ => ahead,
    };
    Some((unit_ahead(unit, ahead, today)?, unit))
}

fn unit_ahead(unit: Unit, ahead: i32, today: Date) -> Option<Span> {
    match unit {
        Unit::Week => week_from(monday_of(today)?.checked_add(ahead.weeks()).ok()?),
        Unit::Weekend => weekend(monday_of(today)?.checked_add(ahead.weeks()).ok()?),
        Unit::Month => {
            let first = today.first_of_month().checked_add(ahead.months()).ok()?;
            Some(Span { first: Some(first), last: Some(first.last_of_month()) })
        }
        Unit::Year => {
            let first = today.first_of_year().checked_add(ahead.years()).ok()?;
            Some(Span { first: Some(first), last: Some(first.last_of_year()) })
        }
        Unit::Minutes(_) | Unit::Day | Unit::Fortnight => None,
    }
}

fn weekend(monday: Date) -> Option<Span> {
    Some(Span { first: monday.checked_add(5.days()).ok(), last: Some(monday.checked_add(6.days()).ok()?) })
}

pub fn next_weekend(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let first = cursor.map(|sense| match sense {
        S::Which(Which::Next) => Some(0),
        S::Which(Which::AfterNext) => Some(1),
        _ => None,
    })?;
    cursor.eat(S::Unit(Unit::Weekend)).then_some(())?;
    let saturday = weekend(monday_of(today)?)?.first?;
    let weeks = [first, first + 1].into_iter();
    Some(Days::OneOf(weeks.filter_map(|weeks: i32| saturday.checked_add(weeks.weeks()).ok()).collect()))
}

/// "in den nächsten zwei Wochen", "innerhalb von 14 Tagen", "die nächsten Tage".
fn stretch(cursor: &mut Cursor, today: Date) -> Option<(Span, Unit)> {
    let within = cursor.eat(S::Within);
    cursor.skip(&[S::Of, S::Article]);
    let next = cursor.eat_any(&[S::Which(Which::Next), S::Which(Which::Coming)]);
    let count = cursor.map(relative::count).unwrap_or(1);
    let unit = cursor.map(|sense| if let S::Unit(unit) = sense { Some(unit) } else { None })?;
    (within || (next && count > 1)).then_some(())?;
    let last = relative::ahead(today, count, unit)?;
    Some((Span { first: Some(today), last: Some(last) }, unit))
}

/// "im Dezember", "im März 2027": what is left of this one, or the next one.
pub fn named_month(cursor: &mut Cursor, today: Date) -> Option<Span> {
    let early_or_late = cursor.map(|sense| if let S::Shade(shade) = sense { Some(shade) } else { None });
    let which = cursor.map(|sense| if let S::Which(which) = sense { Some(which) } else { None });
    let month = cursor.map(|sense| if let S::Month(month) = sense { Some(month) } else { None })?;
    let year = cursor.map(|sense| match sense {
        S::Number { value, digits: 4 | 0 } if (1900..2100).contains(&value) => i16::try_from(value).ok(),
        _ => None,
    });
    let of = |year| Date::new(year, month, 1).ok().map(|first| (first, first.last_of_month()));
    let mut years = [today.year(), today.year().saturating_add(1)].into_iter().filter_map(of);
    let (first, last) = match (year, which) {
        (Some(year), _) => of(year)?,
        (None, Some(Which::Last)) => {
            [today.year(), today.year().saturating_sub(1)].into_iter().filter_map(of).find(|(_, last)| *last < today)?
        }
        (None, _) => years.find(|(_, last)| *last >= today)?,
    };
    let whole = Span { first: Some(first), last: Some(last) };
    match early_or_late {
        None => Some(whole),
        Some(Shade::Early) => part_of(whole, Unit::Month, Third::Beginning),
        Some(Shade::Late) => part_of(whole, Unit::Month, Third::End),
    }
}

/// The first, middle or last days of a span.
fn part_of(span: Span, unit: Unit, third: Third) -> Option<Span> {
    let first = span.first?;
    let days = |from: i32, to: i32| {
        Some(Span { first: first.checked_add(from.days()).ok(), last: Some(first.checked_add(to.days()).ok()?) })
    };
    match (unit, third) {
        (Unit::Week, Third::Beginning) => days(0, 1),
        (Unit::Week, Third::Middle) => days(1, 3),
        (Unit::Week, Third::End) => days(3, 4),
        (Unit::Month, Third::Beginning) => days(0, 9),
        (Unit::Month, Third::Middle) => days(10, 19),
        (Unit::Month, Third::End) => Some(Span { first: first.checked_add(20.days()).ok(), last: span.last }),
        (Unit::Year, Third::Beginning) => days(0, 89),
        (Unit::Year, Third::Middle) => days(120, 242),
        (Unit::Year, Third::End) => Some(Span { first: first.checked_add(273.days()).ok(), last: span.last }),
        _ => None,
    }
}

/// A feast is the next one, unless it has just passed.
pub fn feast(cursor: &mut Cursor, today: Date) -> Option<Days> {
    let feast = cursor.map(|sense| if let S::Feast(feast) = sense { Some(feast) } else { None })?;
    let just_passed = today.checked_sub(10.days()).ok();
    let years = today.year()..=today.year().saturating_add(1);
    let span = years.filter_map(|year: i16| feast.span(year)).find(|span| span.last >= just_passed)?;
    Some(match (feast, span.first) {
        (Feast::Easter | Feast::Whitsun | Feast::Christmas | Feast::BetweenTheYears, _) => Days::Span(span),
        (_, day) => Days::OneOf(day.into_iter().collect()),
    })
}
