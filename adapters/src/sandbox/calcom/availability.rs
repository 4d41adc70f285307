//! Who is free: one rule for slots, bookings and moves.

use jiff::{
    Timestamp, ToSpan, Zoned,
    civil::{Date, Weekday},
};

use super::{
    booking::{Booking, Status},
    books::Books,
    directory::Directory,
    event_type::{BookingWindow, Confirmation, EventType, Per, Scheduling},
    instants::{Span, minus_minutes, plus_minutes},
    schedule::without,
};

/// A time that somebody wants.
pub(super) struct Wish<'a> {
    pub(super) kind: &'a EventType,
    pub(super) span: Span,
    /// The booking that is being moved: its own time is not in its way.
    pub(super) except: Option<&'a str>,
    /// Hosts to choose among, where not all will do.
    pub(super) only: Option<&'a [u64]>,
    /// The host to keep if it can be kept.
    pub(super) rather: Option<u64>,
}

impl<'a> Wish<'a> {
    pub(super) fn new(kind: &'a EventType, span: Span) -> Self {
        Self { kind, span, except: None, only: None, rather: None }
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = u64> {
        let chosen = |host: &u64| self.only.is_none_or(|only| only.contains(host));
        self.kind.hosts().iter().copied().filter(chosen)
    }
}

/// The hosts who would serve, or nothing when the time cannot be had: outside the hours and busy alike.
pub(super) fn hosts_for(directory: &Directory, books: &Books, wish: &Wish<'_>) -> Option<Vec<u64>> {
    if is_full(directory, books, wish.kind, wish.span.start, wish.except) {
        return None;
    }
    let mut free = wish.hosts().filter(|host| is_free(directory, books, wish, *host));
    match wish.kind.scheduling() {
        Some(Scheduling::Managed) => None,
        None => free.next().map(|host| vec![host]),
        Some(Scheduling::Collective) => {
            let free: Vec<_> = free.collect();
            (free == wish.kind.hosts() && !free.is_empty()).then_some(free)
        }
        Some(Scheduling::RoundRobin) => {
            let free: Vec<_> = free.collect();
            let kept = wish.rather.filter(|host| free.contains(host));
            // Whoever waited longest for a booking is next.
            let next = || free.iter().copied().min_by_key(|host| (books.last_booked(*host), *host));
            kept.or_else(next).map(|host| vec![host])
        }
    }
}

/// Whether the event type has had its bookings of that day or month, apart from one that is being moved.
pub(super) fn is_full(
    directory: &Directory,
    books: &Books,
    kind: &EventType,
    at: Timestamp,
    except: Option<&str>,
) -> bool {
    kind.limits.iter().any(|limit| {
        let Some(span) = span_of(limit.per, &at.to_zoned(directory.zone_of(kind))) else { return false };
        let counts = |booking: &&Booking| {
            booking.event_type == kind.id
                && booking.status.is_live()
                && booking.start < span.end
                && except != Some(booking.uid.as_str())
        };
        let booked = books.starting(span.start, span.end).filter(counts).count();
        u32::try_from(booked).unwrap_or(u32::MAX) >= limit.bookings
    })
}

fn span_of(per: Per, at: &Zoned) -> Option<Span> {
    let day = at.start_of_day().ok()?;
    let (first, next) = match per {
        Per::Day => (day.clone(), day.tomorrow().ok()?),
        Per::Month => {
            let first = day.first_of_month().ok()?;
            (first.clone(), first.checked_add(1.month()).ok()?)
        }
    };
    Some(Span { start: first.timestamp(), end: next.timestamp() })
}

fn is_free(directory: &Directory, books: &Books, wish: &Wish<'_>, host: u64) -> bool {
    let Some(schedule) = directory.schedule_for(wish.kind, host) else { return false };
    schedule.open(wish.span.start, wish.span.end).iter().any(|open| open.contains(wish.span))
        && !busy(directory, books, wish, host).iter().any(|busy| busy.overlaps(wish.span))
}

/// When the host cannot begin or continue, seen from the wished event type: the buffers of both sides add up.
pub(super) fn busy(directory: &Directory, books: &Books, wish: &Wish<'_>, host: u64) -> Vec<Span> {
    let reach = directory.widest_buffer.saturating_mul(2);
    let near = books.live_of(host, wish.span.widened(reach, reach)).into_iter();
    let others = near.filter(|booking| wish.except != Some(booking.uid.as_str()));
    let blocking = others.filter(|booking| blocks(directory, booking));
    let spans = blocking.map(|booking| {
        let theirs = directory.event_types.get(&booking.event_type);
        let before = theirs.map_or(0, |kind| kind.before_buffer_minutes) + wish.kind.after_buffer_minutes;
        let after = theirs.map_or(0, |kind| kind.after_buffer_minutes) + wish.kind.before_buffer_minutes;
        booking.span().widened(before, after)
    });
    spans.collect()
}

/// A pending booking keeps others away only where its event type says so.
fn blocks(directory: &Directory, booking: &Booking) -> bool {
    let kind = directory.event_types.get(&booking.event_type);
    booking.status == Status::Accepted
        || kind.is_some_and(|kind| kind.confirmation == Confirmation::Always { blocks: true })
}

/// The host's free time for an event type, apart from `also_busy`.
pub(super) fn free_time(
    directory: &Directory,
    books: &Books,
    wish: &Wish<'_>,
    host: u64,
    also_busy: impl Iterator<Item = Span>,
) -> Vec<Span> {
    let Some(schedule) = directory.schedule_for(wish.kind, host) else { return Vec::new() };
    let busy = busy(directory, books, wish, host).into_iter().chain(also_busy).collect();
    without(schedule.open(wish.span.start, wish.span.end), busy)
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum OutOfBounds {
    Past,
    /// Within the minimum notice, or beyond the booking window.
    TooSoonOrTooFar,
}

pub(super) fn in_bounds(
    directory: &Directory,
    kind: &EventType,
    start: Timestamp,
    now: Timestamp,
) -> Result<(), OutOfBounds> {
    if start < now {
        return Err(OutOfBounds::Past);
    }
    let noticed = start >= plus_minutes(now, kind.minimum_notice_minutes);
    if noticed && window(directory, kind, now).is_none_or(|window| window.start <= start && start < window.end) {
        Ok(())
    } else {
        Err(OutOfBounds::TooSoonOrTooFar)
    }
}

/// The instants between which can be booked, nothing when there is no bound.
fn window(directory: &Directory, kind: &EventType, now: Timestamp) -> Option<Span> {
    let zone = directory.zone_of(kind);
    let today = now.to_zoned(zone.clone()).date();
    let (first, last) = match kind.window {
        BookingWindow::Unlimited => return None,
        BookingWindow::CalendarDays(days) => (today, today.saturating_add(i64::from(days).days())),
        BookingWindow::BusinessDays(days) => (today, business_days_after(today, days)),
        BookingWindow::Range(first, last) => (first, last),
    };
    let midnight = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    Some(Span { start: midnight(first)?, end: midnight(last.tomorrow().ok()?)? })
}

fn business_days_after(today: Date, days: u32) -> Date {
    let is_business = |date: &Date| !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let following = today.tomorrow().unwrap_or(today).series(1.day()).filter(is_business);
    following.take(usize::try_from(days).unwrap_or(usize::MAX)).last().unwrap_or(today)
}

/// Everything of a day around a span, so that a grid of slots does not depend on where a question begins.
pub(super) fn whole_days(span: Span) -> Span {
    const DAY: u32 = 24 * 60;
    Span { start: minus_minutes(span.start, DAY), end: plus_minutes(span.end, DAY) }
}
