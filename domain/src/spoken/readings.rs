//! From a wish to its readings: each honest way to take it, and whether something speaks against all of them.

use super::Context;
use super::clock::{Clock, window};
use super::days::{Days, Found, Span, find};
use super::grammar::Range;
use super::sense::Part;
use super::wish::Wish;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

/// One way to read a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    At(DateTime),
    Day(Date),
    Window(Span, Between),
    NoDay(Between),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Between {
    pub from: Option<Time>,
    pub to: Option<Time>,
}

impl Reading {
    pub fn is_gone(&self, now: DateTime) -> bool {
        match self {
            Self::At(at) => *at < now.with().second(0).subsec_nanosecond(0).build().unwrap_or(now),
            Self::Day(date) => *date < now.date(),
            Self::Window(span, between) => {
                let over_today = span.last == Some(now.date()) && between.to.is_some_and(|to| to <= now.time());
                over_today || span.last.is_some_and(|last| last < now.date())
            }
            Self::NoDay(_) => false,
        }
    }

    pub fn date(&self) -> Option<Date> {
        match self {
            Self::At(at) => Some(at.date()),
            Self::Day(date) => Some(*date),
            Self::Window(span, _) => span.first,
            Self::NoDay(_) => None,
        }
    }
}

/// The readings of a wish, and whether something speaks against all of them.
pub fn read(wish: &Wish, context: &Context) -> (Vec<Reading>, bool) {
    if let Some(moment) = wish.moment {
        let agrees = wish.days.iter().all(|days| match find(std::slice::from_ref(days), context.now.date()) {
            Found::Dates(dates) => dates.contains(&moment.date()),
            _ => false,
        });
        return (vec![Reading::At(moment)], wish.doubt || !agrees || !wish.times.is_empty());
    }
    if let Some(offer) = wish.offer {
        return chosen(wish, offer, context);
    }
    match found(wish, context) {
        Found::Impossible => (vec![], true),
        Found::Nothing => without_day(wish, context),
        Found::Span(span) => (in_span(wish, span), wish.doubt),
        Found::Dates(dates) => on_dates(wish, &dates, context),
        Found::Contradiction(dates) => (on_dates(wish, &dates, context).0, true),
    }
}

/// The day that was said, or else the one that was spoken of before.
fn found(wish: &Wish, context: &Context) -> Found {
    if let Some(offered) = offered_on(wish, context) {
        return Found::Dates(offered);
    }
    let found = find(&wish.days, context.now.date());
    let timed = !wish.times.is_empty() || !wish.ranges.is_empty() || wish.part.is_some();
    match (found, context.last_date) {
        (Found::Nothing, Some(last)) if timed && offered_at(wish, context).is_empty() => Found::Dates(vec![last]),
        (Found::Nothing, _) if wish.soon => Found::Span(Span { first: Some(context.now.date()), last: None }),
        (found, _) => found,
    }
}

/// The dates of offers that a bare weekday points to. With a time that was not offered then, any week may be meant.
fn offered_on(wish: &Wish, context: &Context) -> Option<Vec<Date>> {
    let [Days::Weekday(weekday)] = wish.days.as_slice() else { return None };
    let offers = context.offered.iter().filter(|offer| offer.date().weekday() == *weekday);
    let (told, _) = times(wish);
    let mut dates: Vec<Date> = offers
        .filter(|offer| told.is_empty() || told.contains(&minute_of(**offer)))
        .map(|offer| offer.date())
        .collect();
    dates.dedup();
    (!dates.is_empty() && wish.ranges.is_empty()).then_some(dates)
}

/// "Der erste, aber um vier" keeps the day and is asked back.
fn chosen(wish: &Wish, offer: DateTime, context: &Context) -> (Vec<Reading>, bool) {
    let (told, _) = times(wish);
    let days = [Days::OneOf(vec![offer.date()])].into_iter().chain(wish.days.iter().cloned()).collect::<Vec<_>>();
    let same_day = matches!(find(&days, context.now.date()), Found::Dates(_));
    let same_time = told.is_empty() || told.contains(&minute_of(offer));
    let readings = if same_time { vec![Reading::At(offer)] } else { on_day(offer.date(), &told) };
    (readings, wish.doubt || !same_day || !same_time)
}

fn minute_of(at: DateTime) -> u16 {
    u16::try_from(i16::from(at.hour()) * 60 + i16::from(at.minute())).unwrap_or_default()
}

/// The minutes of the day that were told, and whether that was for certain.
pub fn times(wish: &Wish) -> (Vec<u16>, bool) {
    let mut minutes: Vec<u16> = wish.times.iter().flat_map(|told| told.clock.minutes(wish.part)).collect();
    minutes.dedup();
    (minutes, wish.times.iter().all(|told| told.certain))
}

/// The offered times that a time alone points to.
fn offered_at(wish: &Wish, context: &Context) -> Vec<DateTime> {
    let (told, _) = times(wish);
    context.offered.iter().copied().filter(|offer| told.contains(&minute_of(*offer))).collect()
}

fn without_day(wish: &Wish, context: &Context) -> (Vec<Reading>, bool) {
    let offers = offered_at(wish, context);
    if !offers.is_empty() {
        return (offers.into_iter().map(Reading::At).collect(), wish.doubt);
    }
    let (told, certain) = times(wish);
    let at = |minute: u16| time_at(minute).map(|time| Between { from: Some(time), to: None });
    let readings: Vec<Reading> = match told.as_slice() {
        // A number alone is no time of day.
        _ if !certain => vec![],
        [] => between(wish).map(Reading::NoDay).into_iter().collect(),
        several => several.iter().filter_map(|minute| at(*minute)).map(Reading::NoDay).collect(),
    };
    (readings, wish.doubt)
}

fn in_span(wish: &Wish, span: Span) -> Vec<Reading> {
    let (told, _) = times(wish);
    let at = told.first().and_then(|minute| time_at(*minute)).map(|time| Between { from: Some(time), to: Some(time) });
    vec![Reading::Window(span, at.or_else(|| between(wish)).unwrap_or_default())]
}

fn on_dates(wish: &Wish, dates: &[Date], context: &Context) -> (Vec<Reading>, bool) {
    let (told, certain) = times(wish);
    if !told.is_empty() {
        let fits = between_ranges(wish, &told);
        let of_night = wish.part == Some(Part::Overnight);
        let on = |date: &Date| if of_night { overnight(*date, &told, context.now) } else { on_day(*date, &told) };
        let readings = dates.iter().flat_map(on).collect();
        return (readings, wish.doubt || !certain || !fits);
    }
    let contradicted = !wish.times.is_empty();
    let readings = dates.iter().map(|date| day_reading(wish, *date, context)).collect();
    (readings, wish.doubt || contradicted)
}

/// "Nicht vor zwei, gern um drei": the time lies in the range that was told with it.
fn between_ranges(wish: &Wish, told: &[u16]) -> bool {
    wish.ranges.is_empty() || {
        let range = Wish { times: vec![], part: None, ..wish.clone() };
        let between = between(&range).unwrap_or_default();
        let times = told.iter().filter_map(|minute| time_at(*minute));
        times
            .into_iter()
            .all(|time| between.from.is_none_or(|from| from <= time) && between.to.is_none_or(|to| time <= to))
    }
}

fn on_day(date: Date, minutes: &[u16]) -> Vec<Reading> {
    let at = |minute: &u16| date.to_datetime(Time::midnight()).checked_add(i64::from(*minute).minutes()).ok();
    minutes.iter().filter_map(at).map(Reading::At).collect()
}

/// The small hours of a night are those of the day after; of tonight, the next that come.
fn overnight(date: Date, minutes: &[u16], now: DateTime) -> Vec<Reading> {
    let small = minutes.iter().any(|minute| *minute < 6 * 60);
    let same = on_day(date, minutes);
    let after = date.tomorrow().map(|date| on_day(date, minutes)).unwrap_or_default();
    if !small {
        return same;
    }
    match same.iter().any(|reading| reading.is_gone(now)) {
        _ if date != now.date() => [same, after].concat(),
        true => after,
        false => same,
    }
}

/// A day without a time: a window, the offer of that day, or a day that needs one.
fn day_reading(wish: &Wish, date: Date, context: &Context) -> Reading {
    let day = Span { first: Some(date), last: Some(date) };
    if let Some(between) = between(wish) {
        return Reading::Window(day, between);
    }
    if wish.anytime {
        return Reading::Window(day, Between::default());
    }
    let mut offered = context.offered.iter().filter(|offer| offer.date() == date);
    match (offered.next(), offered.next()) {
        (Some(offer), None) => Reading::At(*offer),
        _ => Reading::Day(date),
    }
}

/// The end of a day has no time of its own.
pub fn time_at(minute: u16) -> Option<Time> {
    Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()
}

/// The window that ranges and a part of the day make together.
fn between(wish: &Wish) -> Option<Between> {
    let of_part = wish.part.map(|part| window(part, wish.shade));
    let of_ranges = wish.ranges.iter().map(|range| bounds(*range, wish)).collect::<Vec<_>>();
    if of_part.is_none() && of_ranges.is_empty() {
        return None;
    }
    let from = of_ranges.iter().filter_map(|(from, _)| *from).max().or(of_part.map(|(from, _)| from));
    let to = of_ranges.iter().filter_map(|(_, to)| *to).min().or(of_part.and_then(|(_, to)| to));
    // A bound beyond the part of the day says more than the part does.
    let part_holds = |(from, to): (Option<u16>, Option<u16>)| from.zip(to).is_none_or(|(from, to)| from < to);
    let (from, to) = if part_holds((from, to)) { (from, to) } else { (from, None) };
    Some(Between { from: from.and_then(time_at), to: to.and_then(time_at) })
}

fn bounds(range: Range, wish: &Wish) -> (Option<u16>, Option<u16>) {
    let only = |clock: Clock| {
        let fitting = clock.minutes(wish.part);
        fitting.first().copied().or_else(|| clock.minutes(None).first().copied())
    };
    let from = range.from.and_then(only);
    let to = match (range.to, from) {
        (Some(to), Some(from)) => to.minute_after(from, wish.part).or_else(|| only(to)),
        (Some(to), None) => only(to),
        (None, _) => None,
    };
    (from, to)
}
