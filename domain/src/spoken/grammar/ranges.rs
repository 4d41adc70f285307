//! Ranges of times in tokens: "zwischen 16 und 19 Uhr", "ab 14 Uhr", "bis mittags", "nicht vor zehn".

use super::clock::{bare, core};
use super::cursor::Cursor;
use crate::spoken::Language;
use crate::spoken::clock::{Clock, window};
use crate::spoken::sense::Sense;
use Sense as S;

/// From one time to another; an end that is not there is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Option<Clock>,
    pub to: Option<Clock>,
}

/// "zwischen 16 und 19 Uhr", "von vier bis sieben", "ab 14 Uhr", "bis vier", "nicht vor zehn".
pub fn range(cursor: &mut Cursor, language: Language) -> Option<Range> {
    cursor.attempt(|it| between(it, language)).or_else(|| cursor.attempt(|it| bounded(it, language)))
}

fn between(cursor: &mut Cursor, language: Language) -> Option<Range> {
    let between = cursor.eat(S::Between);
    let opened = between || cursor.eat_any(&[S::Of, S::From]);
    cursor.skip(&[S::At, S::Article]);
    let from = if opened { cursor.attempt(whole_start) } else { None };
    let from = from.or_else(|| core(cursor, language, true).map(|told| told.clock))?;
    let joints: &[Sense] = if between { &[S::And, S::Dash, S::Until] } else { &[S::Until, S::Dash, S::To] };
    cursor.skip(&[S::Comma]);
    if !cursor.eat_any(joints) {
        // English says "from two" for what comes after it, German "von zwei an".
        let onwards = opened && !between && (language == Language::English || cursor.eat(S::On));
        return onwards.then_some(Range { from: Some(from), to: None });
    }
    cursor.skip(&[S::At, S::Article, S::Until]);
    let to = core(cursor, language, true)?.clock;
    let from = if cursor.behind() == Some(S::Pm) { as_late(from, to) } else { from };
    Some(Range { from: Some(from), to: Some(to) })
}

/// "From 10 to 1" begins at ten, and is not ten minutes to one.
fn whole_start(cursor: &mut Cursor) -> Option<Clock> {
    let start = bare(cursor, true)?.clock;
    (cursor.peek() == Some(S::To)).then_some(start)
}

/// "From 4 to 7 pm" begins in the afternoon as well, "from 9 to 5 pm" does not.
fn as_late(from: Clock, to: Clock) -> Clock {
    match (from, from.with_half_of_day(true), to) {
        (Clock::Face(_), Some(Clock::Exact(late)), Clock::Exact(end)) if late < end => Clock::Exact(late),
        _ => from,
    }
}

fn bounded(cursor: &mut Cursor, language: Language) -> Option<Range> {
    let not = cursor.eat(S::Not);
    let bound = cursor.map(|sense| matches!(sense, S::From | S::After | S::Until | S::Before).then_some(sense))?;
    if not && !matches!(bound, S::After | S::Before) {
        return None;
    }
    cursor.skip(&[S::At, S::Until, S::From, S::Article]);
    let told = cursor.attempt(|it| core(it, language, true)).filter(|told| told.certain).map(|told| told.clock);
    let clock = told.or_else(|| part_as_bound(cursor, bound))?;
    let begins = matches!(bound, S::From | S::After) != not;
    Some(if begins { Range { from: Some(clock), to: None } } else { Range { from: None, to: Some(clock) } })
}

/// "ab mittags", "bis nachmittags", "nach dem Mittag".
fn part_as_bound(cursor: &mut Cursor, bound: Sense) -> Option<Clock> {
    let part = cursor.map(|sense| if let S::Part(part) = sense { Some(part) } else { None })?;
    let (from, to) = window(part, None);
    Some(Clock::Exact(if bound == S::After { to? } else { from }))
}
