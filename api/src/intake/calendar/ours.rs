//! A booking of ours: its page is corrected step by step until it says what the calendar says.

use super::CalendarIntake;
use super::book::Book;
use super::held::Held;
use super::inquiry::Inquiry;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::booking::{Correction, Fate, Live, Truth, correction, later};
use ringbuch_domain::diary::{Act, Arrival, Booking, BookingRequested, Command, Confirmation, Phase, Slot, Standing};
use ringbuch_domain::ids::BookingId;
use ringbuch_domain::intake::Notice;
use ringbuch_domain::ports::{ProviderBooking, ProviderStatus};
use ringbuch_domain::recorded::StreamId;
use std::time::Duration;

/// Who cancelled what nobody here had asked to be cancelled.
const BY_CALENDAR: &str = "calendar";

/// Corrections that are made in one go; a booking needs three at most.
const STEPS: u32 = 6;

/// Our own request is answered sooner than this, as a rule, and then tells the same.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);
/// Between two looks at a booking that is being cancelled from here while somebody moves it there.
const CANCELLED_WITHIN: Duration = Duration::from_secs(30);

impl CalendarIntake {
    /// Brings one booking in step; returns it as it stands then.
    pub(super) async fn follow_ours(
        &self,
        book: &Book<'_>,
        (id, mut page): (BookingId, Date),
        notice: &Notice,
        inquiry: &mut Inquiry<'_>,
    ) -> Result<Booking, Held> {
        // Two deliveries about one booking must not write what they have asked for in the other order.
        let _turn = self.turns.take(&StreamId::from_stored(id.to_string())).await;
        let mut booking = standing(book, page, id).await?;
        for _ in 0..STEPS {
            if let Some(until) = answered_by(&booking, book.now()) {
                return Err(Held::Until(until));
            }
            let truth = truth(book, &booking, notice, inquiry).await?;
            let step = correction(&booking, &truth, book.now());
            let Some(next) = self.correct(book, (&booking, page), step, inquiry).await? else { break };
            page = next;
            booking = standing(book, page, id).await?;
        }
        Ok(booking)
    }

    /// Takes one step; the page where the booking stands after it, or nothing where all is said.
    async fn correct(
        &self,
        book: &Book<'_>,
        (booking, page): (&Booking, Date),
        step: Correction,
        inquiry: &mut Inquiry<'_>,
    ) -> Result<Option<Date>, Held> {
        let id = booking.id();
        let command = match step {
            Correction::Nothing => return Ok(None),
            Correction::Relocate(live) => return relocate(book, (booking, page), &live).await.map(Some),
            Correction::CancelThere(live) => return cancel_there(book, (id, page), &live, inquiry).await,
            Correction::Confirm(live) => Command::Confirm(confirmation(book, (booking, page), &live)),
            Correction::Reject => Command::Fail { booking: id, attempt: None, reason: "rejected".into() },
            Correction::Cancel => Command::Cancelled { booking: id, by: cancelled_by(booking) },
            Correction::Complete => Command::Complete { booking: id },
            Correction::MarkAbsent => Command::NoShow { booking: id },
            Correction::MarkPresent => Command::Showed { booking: id },
        };
        let confirms = matches!(&command, Command::Confirm(word) if !word.pending);
        let news = book.tell(page, command).await?;
        if news && confirms && !book.is_imagined() {
            self.metrics.booking_succeeded();
        }
        Ok(news.then_some(page))
    }
}

async fn standing(book: &Book<'_>, page: Date, id: BookingId) -> Result<Booking, Held> {
    let found = book.page(page).await?.booking(id).cloned();
    found.filter(|booking| booking.standing != Standing::Moved).ok_or(Held::Behind)
}

/// While a request of ours is on its way, its answer is waited for.
fn answered_by(booking: &Booking, now: Timestamp) -> Option<Timestamp> {
    match booking.errand.as_ref()?.phase {
        Phase::Attempting { deadline, .. } if deadline > now => Some(deadline.min(later(now, ANSWERED_WITHIN))),
        _ => None,
    }
}

/// Follows the name that the page knows, and beside it the one that was told.
async fn truth(book: &Book<'_>, booking: &Booking, notice: &Notice, inquiry: &mut Inquiry<'_>) -> Result<Truth, Held> {
    let known = booking.provider.known().or(notice.former.as_ref()).unwrap_or(&notice.name);
    let trail = inquiry.follow(known).await?;
    let told = if trail.uids.contains(&notice.name.uid) { None } else { inquiry.follow(&notice.name).await?.last };
    let ours = |told: &ProviderBooking| told.status.is_live() && told.booking == Some(booking.id());
    let live = |there: ProviderBooking| Live { staff: book.staff_of(there.host), booking: there };
    let fate = match trail.last {
        Some(there) if there.status.is_live() => Fate::Live(Box::new(live(there))),
        Some(there) if there.status == ProviderStatus::Rejected => Fate::Rejected,
        _ => Fate::Gone,
    };
    Ok(Truth { fate, beside: told.filter(ours).map(live), of_absence: notice.is_of_absence() })
}

/// It is written where it stands now, and only then taken off where it stood.
async fn relocate(book: &Book<'_>, (booking, page): (&Booking, Date), live: &Live) -> Result<Date, Held> {
    // Whoever cancels it from here is told first that it has moved, and asked again.
    if booking.act() == Some(Act::Cancel) {
        return Err(Held::Until(later(book.now(), CANCELLED_WITHIN)));
    }
    let (start, end) = (live.booking.start, live.booking.end);
    let to = book.day_of(start);
    let arrival = Arrival {
        request: BookingRequested { slot: Slot { start, end, ..booking.slot }, ..booking.request.clone() },
        from: booking.slot.start,
        from_page: page,
        page: to,
        confirmation: Confirmation { attempt: None, ..confirmation(book, (booking, to), live) },
    };
    let mut news = book.tell(to, Command::Arrive(Box::new(arrival))).await?;
    if to != page {
        let name = booking.provider.known().cloned().unwrap_or_else(|| live.booking.name());
        news |= book.tell(page, Command::MovedAway { booking: booking.id(), to: start, page: to, name }).await?;
    }
    if news { Ok(to) } else { Err(Held::Behind) }
}

async fn cancel_there(
    book: &Book<'_>,
    (id, page): (BookingId, Date),
    live: &Live,
    inquiry: &mut Inquiry<'_>,
) -> Result<Option<Date>, Held> {
    let attempt = live.booking.attempt;
    if !book.is_imagined() && !inquiry.cancel(&live.booking).await? {
        tracing::error!(
            company = %book.company, booking = %id, ?attempt,
            "the calendar holds a booking that nobody expects and does not let go of it; cancel it there by hand"
        );
        return Ok(None);
    }
    book.tell(page, Command::TwinCancelled { booking: id, attempt }).await?;
    Ok((!book.is_imagined()).then_some(page))
}

/// What was booked here and moved to another day before anybody heard of it was booked at the time that was asked for.
fn confirmation(book: &Book<'_>, (booking, page): (&Booking, Date), live: &Live) -> Confirmation {
    let there = &live.booking;
    let here = book.day_of(there.start) == page;
    let (start, end) = if here { (there.start, there.end) } else { (booking.slot.start, booking.slot.end) };
    Confirmation {
        booking: booking.id(),
        attempt: there.attempt,
        pending: there.status == ProviderStatus::Pending,
        provider: there.name(),
        staff: live.staff.clone(),
        host: there.host,
        start,
        end,
    }
}

fn cancelled_by(booking: &Booking) -> String {
    let ours = booking.errand.as_ref().filter(|errand| errand.act == Act::Cancel);
    ours.map_or_else(|| BY_CALENDAR.to_owned(), |errand| errand.by.clone())
}
