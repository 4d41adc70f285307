//! What is said about the day in tokens, ranges first: "Montag bis Mittwoch", "24. bis 26. November", "ab dem 24.".

use super::cursor::Cursor;
use super::spans::{feast, named_month, next_weekend, span};
use super::{dates, relative};
use crate::spoken::Language;
use crate::spoken::days::{Days, Span, ends};
use crate::spoken::sense::Sense;
use Sense as S;
use jiff::civil::Date;

/// "Montag bis Mittwoch", "ab dem 24.", "vor Weihnachten"; a week, a month, a feast; or a single day.
pub fn days(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    cursor
        .attempt(|it| range(it, today, language))
        .or_else(|| cursor.attempt(|it| bounded(it, today, language)))
        .or_else(|| one(cursor, today, language))
}

fn one(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    cursor
        .attempt(|it| relative::days(it, today, language))
        .or_else(|| cursor.attempt(|it| span(it, today)).map(Days::Span))
        .or_else(|| cursor.attempt(|it| next_weekend(it, today)))
        .or_else(|| cursor.attempt(|it| dates::day(it, today, language)))
        .or_else(|| cursor.attempt(|it| feast(it, today)))
        .or_else(|| cursor.attempt(|it| named_month(it, today)).map(Days::Span))
}

const BEFORE_A_DAY: [Sense; 5] = [S::Article, S::On, S::In, S::Until, S::From];

fn range(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    let between = cursor.eat(S::Between);
    if !between {
        cursor.eat_any(&[S::Of, S::From]);
    }
    cursor.skip(&BEFORE_A_DAY);
    let first = one(cursor, today, language)?;
    cursor.skip(&[S::Comma]);
    let joints: &[Sense] = if between { &[S::And, S::Until, S::Dash] } else { &[S::Until, S::Dash, S::To] };
    cursor.eat_any(joints).then_some(())?;
    cursor.skip(&BEFORE_A_DAY);
    let last = one(cursor, today, language)?;
    let first = with_month_of(first, &last);
    let begins = ends(&first, today)?.first?;
    // The end is looked for from the beginning on: "Freitag bis Montag" ends in the next week.
    let ends = ends(&last, begins)?.last?;
    (begins <= ends).then_some(Days::Span(Span { first: Some(begins), last: Some(ends) }))
}

/// "24. bis 26. November": the month stands at the end.
fn with_month_of(first: Days, last: &Days) -> Days {
    match (&first, last) {
        (Days::Numbered { day, month: None }, Days::Numbered { month: Some(month), .. }) => {
            Days::Numbered { day: *day, month: Some(*month) }
        }
        (Days::Numbered { day, month: None }, Days::OneOf(dates)) => match dates.as_slice() {
            [date] => date.with().day(*day).build().map_or(first, |date| Days::OneOf(vec![date])),
            _ => first,
        },
        _ => first,
    }
}

fn bounded(cursor: &mut Cursor, today: Date, language: Language) -> Option<Days> {
    let bound = cursor.map(|sense| matches!(sense, S::From | S::Until | S::Before | S::After).then_some(sense))?;
    cursor.skip(&BEFORE_A_DAY);
    let span = ends(&one(cursor, today, language)?, today)?;
    let (first, last) = match bound {
        S::From => (span.first, None),
        S::After => (Some(span.last?.tomorrow().ok()?), None),
        S::Until => (Some(today), span.last),
        _ => (Some(today), span.first?.yesterday().ok()),
    };
    Some(Days::Span(Span { first, last }))
}
