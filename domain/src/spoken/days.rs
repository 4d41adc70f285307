//! Days as they are told (a weekday, a day of a month, a span), and the dates that agree with all that was told.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// What one expression says about the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// The honest readings of one expression, mostly a single one.
    OneOf(Vec<Date>),
    Weekday(Weekday),
    /// "24.11." or, without its month, "am 24.".
    Numbered {
        day: i8,
        month: Option<i8>,
    },
    Span(Span),
    /// "in zwei Wochen": a date, and with a weekday beside it the week. "In acht Tagen" may be meant literally.
    Ahead {
        date: Date,
        literally: Option<Date>,
    },
    /// A day that no calendar has, or that nothing said before tells.
    Impossible,
}

/// Days from the first to the last; an end that is not there is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: Option<Date>,
    pub last: Option<Date>,
}

impl Span {
    pub fn holds(self, day: Date) -> bool {
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }

    pub fn within(self, other: Self) -> Self {
        let later = |a: Option<Date>, b: Option<Date>| a.max(b);
        let earlier = |a: Option<Date>, b: Option<Date>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { first: later(self.first, other.first), last: earlier(self.last, other.last) }
    }

    /// From the first day of the one to the last of the other.
    pub fn with(self, other: Self) -> Self {
        let first = self.first.zip(other.first).map(|(a, b)| a.min(b));
        Self { first, last: self.last.zip(other.last).map(|(a, b)| a.max(b)) }
    }
}

/// What is known about the day after all that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// Dates that agree with everything.
    Dates(Vec<Date>),
    Span(Span),
    /// Dates of which each agrees with a part only.
    Contradiction(Vec<Date>),
    Impossible,
}

/// The dates that agree with all expressions.
pub fn find(told: &[Days], today: Date) -> Found {
    if told.contains(&Days::Impossible) {
        return Found::Impossible;
    }
    let Some(base) = told.iter().min_by_key(|days| rank(days)) else { return Found::Nothing };
    let spans = told.iter().filter_map(|days| if let Days::Span(span) = days { Some(*span) } else { None });
    let span = spans.reduce(Span::within);
    if let Days::Span(_) = base {
        let empty = |span: &Span| span.first.zip(span.last).is_some_and(|(first, last)| last < first);
        return span.filter(|span| !empty(span)).map_or(Found::Impossible, Found::Span);
    }
    let weekday = told.iter().find_map(|days| if let Days::Weekday(weekday) = days { Some(*weekday) } else { None });
    let agreeing: Vec<Date> = candidates(base, weekday, span, today)
        .into_iter()
        .filter(|date| told.iter().all(|days| agrees(days, *date)))
        .collect();
    if agreeing.is_empty() { contradiction(told, today) } else { Found::Dates(agreeing) }
}

/// The first and the last day that an expression covers.
pub fn ends(days: &Days, today: Date) -> Option<Span> {
    match find(std::slice::from_ref(days), today) {
        Found::Dates(dates) => Some(Span { first: dates.first().copied(), last: dates.first().copied() }),
        Found::Span(span) => Some(span),
        _ => None,
    }
}

/// What pins the day down most goes first.
fn rank(days: &Days) -> u8 {
    match days {
        Days::OneOf(_) => 0,
        Days::Ahead { .. } => 1,
        Days::Numbered { month: Some(_), .. } => 2,
        Days::Numbered { month: None, .. } => 3,
        Days::Weekday(_) => 4,
        Days::Span(_) | Days::Impossible => 5,
    }
}

fn agrees(days: &Days, date: Date) -> bool {
    match days {
        Days::OneOf(dates) => dates.contains(&date),
        Days::Weekday(weekday) => date.weekday() == *weekday,
        Days::Numbered { day, month } => date.day() == *day && month.is_none_or(|month| month == date.month()),
        Days::Span(span) => span.holds(date),
        // The week was meant as well; which of its days is for the others to say.
        Days::Ahead { .. } => true,
        Days::Impossible => false,
    }
}

fn candidates(base: &Days, weekday: Option<Weekday>, span: Option<Span>, today: Date) -> Vec<Date> {
    match (base, weekday, span) {
        (Days::Ahead { date, .. }, Some(weekday), _) => weeks_ahead(*date, weekday, today),
        (Days::Numbered { .. } | Days::Weekday(_), _, Some(span)) => in_span(base, span, today),
        _ => alone(base, today),
    }
}

/// The dates that an expression means by itself.
fn alone(days: &Days, today: Date) -> Vec<Date> {
    match days {
        Days::OneOf(dates) => dates.clone(),
        Days::Weekday(weekday) => coming(*weekday, today),
        Days::Numbered { day, month: Some(month) } => year_left_out(*day, *month, today).into_iter().collect(),
        Days::Numbered { day, month: None } => month_left_out(*day, today).into_iter().collect(),
        Days::Ahead { date, literally } => [Some(*date), *literally].into_iter().flatten().collect(),
        Days::Span(_) | Days::Impossible => vec![],
    }
}

/// The weekday to come. On that day itself nobody knows whether today is meant or the same day next week.
fn coming(weekday: Weekday, today: Date) -> Vec<Date> {
    let ahead = i64::from(today.weekday().until(weekday));
    let days = if ahead == 0 { vec![0, 7] } else { vec![ahead] };
    days.into_iter().filter_map(|ahead| today.checked_add(ahead.days()).ok()).collect()
}

/// "Freitag in zwei Wochen": two weeks after the coming Friday, or the Friday of the week after next. These are the same
/// as long as the Friday of this week is still to come.
fn weeks_ahead(date: Date, weekday: Weekday, today: Date) -> Vec<Date> {
    if date.weekday() == weekday {
        return vec![date];
    }
    let monday = monday_of(date);
    let in_that_week = i64::from(Weekday::Monday.until(weekday));
    let of_the_week = monday.and_then(|monday| monday.checked_add(in_that_week.days()).ok());
    let after_the_coming = date.checked_add(i64::from(today.weekday().until(weekday)).days()).ok();
    let mut dates: Vec<Date> = [of_the_week, after_the_coming].into_iter().flatten().collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

pub fn monday_of(date: Date) -> Option<Date> {
    date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok()
}

/// The days of a span that agree; of a span without an end the first.
fn in_span(base: &Days, span: Span, today: Date) -> Vec<Date> {
    let first = span.first.unwrap_or(today);
    let agreeing = first.series(1.day()).take(LONGEST_SPAN).take_while(|date| span.holds(*date));
    let agreeing = agreeing.filter(|date| agrees(base, *date));
    if span.last.is_none() { agreeing.take(1).collect() } else { agreeing.collect() }
}

/// A year and the days of its neighbours that a "next year" may reach.
const LONGEST_SPAN: usize = 800;

/// A date without a year is the next one, unless it has just passed: nobody means the day eleven months from now.
pub fn year_left_out(day: i8, month: i8, today: Date) -> Option<Date> {
    let just_passed = today.checked_sub(60.days()).ok()?;
    let years = today.year() - 1..=today.year().saturating_add(1);
    years.filter_map(|year| Date::new(year, month, day).ok()).find(|date| *date >= just_passed)
}

/// "Am 24." is the next one; not every month has a 31st.
fn month_left_out(day: i8, today: Date) -> Option<Date> {
    let months = (0..3).filter_map(|ahead| today.first_of_month().checked_add(ahead.months()).ok());
    let dates = months.filter_map(|first| Date::new(first.year(), first.month(), day).ok());
    dates.into_iter().find(|date| *date >= today)
}

/// "Dienstag, den 25.", which is a Wednesday: that date, and the Tuesday that is nearest to it.
fn contradiction(told: &[Days], today: Date) -> Found {
    let never = |days: &Days| matches!(days, Days::Numbered { .. }) && alone(days, today).is_empty();
    if told.iter().any(never) {
        return Found::Impossible;
    }
    let dated: Vec<Date> =
        told.iter().filter(|days| !matches!(days, Days::Weekday(_))).flat_map(|days| alone(days, today)).collect();
    let weekdays = told.iter().filter_map(|days| if let Days::Weekday(weekday) = days { Some(*weekday) } else { None });
    let named = weekdays.flat_map(|weekday| match dated.first() {
        Some(date) => nearest(weekday, *date).into_iter().collect(),
        None => coming(weekday, today),
    });
    let mut all: Vec<Date> = Vec::new();
    for date in dated.iter().copied().chain(named) {
        if !all.contains(&date) {
            all.push(date);
        }
    }
    if all.is_empty() { Found::Impossible } else { Found::Contradiction(all) }
}

fn nearest(weekday: Weekday, date: Date) -> Option<Date> {
    let ahead = i64::from(date.weekday().until(weekday));
    date.checked_add((if ahead > 3 { ahead - 7 } else { ahead }).days()).ok()
}
