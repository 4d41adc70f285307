//! What has changed at a company's calendar against its book. What differs is filed as the delivery that never came, and
//! intake asks the calendar for it by its uid before anything is written: nothing is taken as gone for not being listed.

use super::{Found, ReconcileError, Scan, filed, resumes_at, tell, unless_broken};
use crate::app::App;
use crate::intake::{Book, CalendarSketch, Held, Proven, delivery_of};
use crate::journal::JournalError;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::booking::{Correction, Fate, Live, Truth, correction};
use ringbuch_domain::comparison::{Compared, Done, Finding, List, What};
use ringbuch_domain::diary::{Booking, ProviderRef};
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::intake::Notice;
use ringbuch_domain::ports::{CalendarFailure, ChangedBooking, ProviderBooking, ProviderStatus};
use ringbuch_domain::webhook::{Provider, Verdict};
use ringbuch_projections::Scope;
use ringbuch_projections::appointments::{self, Named};
use ringbuch_projections::page::Span;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Between the calendar's clock and ours, and between its answer and our writing it down.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);
/// Bookings that are asked for by uid in one comparison.
const AT_ONCE: u32 = 500;
/// If the calendar knows none of so many, it is not they who are wrong.
const SUSPICIOUS: usize = 3;

/// Compares one company's bookings.
pub(super) async fn compare(
    app: &App,
    company: &CompanyId,
    scan: Scan,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    let list = List::Calendar(company.clone());
    let from = resumes_at(app, &list, scan.since).await?;
    let changed = match app.calendar_set_up.changed(company, from, scan.until).await {
        Ok(changed) => changed,
        Err(failure) => {
            found.failures.extend(worth_telling(company, &failure));
            return Ok(());
        }
    };
    let (listed, before, failures) = (changed.len() as u64, found.findings.len(), found.failures.len());
    found.bookings += listed;
    let book = Book::imagine(&app.journal, company.clone()).await?;
    let listed_uids = changed.iter().map(|change| change.booking.uid.as_str()).collect();
    let comparing = Comparing { app, book: &book, scan, listed: listed_uids };
    for change in &changed {
        let differs = comparing.differs(change).await;
        found_or_failed(company, differs, found)?;
    }
    comparing.ask_for_unlisted(from, found).await?;
    if scan.dry_run || found.failures.len() > failures {
        return Ok(());
    }
    let compared = Compared { list, from, to: scan.until, listed, findings: found.since(before) };
    Ok(tell(app, Some(company), compared).await?)
}

/// A company without a calendar has nothing to compare, and version 1 has no list of changes.
fn worth_telling(company: &CompanyId, failure: &CalendarFailure) -> Option<String> {
    let expected = match failure {
        CalendarFailure::NotSent { reason, .. } => reason == "no_key",
        CalendarFailure::Refused { reason } => reason == "not_in_v1",
        _ => false,
    };
    (!expected).then(|| format!("the calendar of {company}: {failure}"))
}

fn found_or_failed(
    company: &CompanyId,
    compared: Result<Option<Finding>, Held>,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    match unless_broken(compared)? {
        Some(Some(finding)) => found.note(finding),
        Some(None) => {}
        None => found.failures.push(format!("a booking of {company} could not be compared")),
    }
    Ok(())
}

struct Comparing<'a> {
    app: &'a App,
    book: &'a Book<'a>,
    scan: Scan,
    /// Uids of all that has changed.
    listed: HashSet<&'a str>,
}

impl Comparing<'_> {
    /// What a change is that the book does not know.
    async fn differs(&self, change: &ChangedBooking) -> Result<Option<Finding>, Held> {
        let there = &change.booking;
        let known = match self.app.heeding.known(self.book, there.booking, Some(there.start)).await? {
            Some(known) => Some(known),
            None => self.by_name(change).await?,
        };
        let Some((id, page)) = known else { return self.foreign_differs(change).await };
        // What took its place tells of it.
        if change.moved_to.as_deref().is_some_and(|uid| self.listed.contains(uid)) {
            return Ok(None);
        }
        let Some(booking) = self.book.page(page).await?.booking(id).cloned() else { return Ok(None) };
        if agrees(&booking, change, self.live(there), self.book.now()) {
            return Ok(None);
        }
        let done = self.feed(&delivery(change, Some(&booking))).await?;
        Ok(Some(Finding {
            what: What::BookingDiffers,
            done,
            call: booking.request.call.clone(),
            booking: Some(id),
            at: Some(there.start),
        }))
    }

    /// Where nothing of ours was carried along, the names tell.
    async fn by_name(&self, change: &ChangedBooking) -> Result<Option<(BookingId, Date)>, Held> {
        for uid in change.moved_from.iter().chain([&change.booking.uid]) {
            let scope = Scope::Company(&self.book.company);
            let id = appointments::by_uid(&*self.app.store.rows, scope, uid).await?;
            if let Some(known) = self.app.heeding.known(self.book, id, None).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    async fn foreign_differs(&self, change: &ChangedBooking) -> Result<Option<Finding>, Held> {
        let there = &change.booking;
        let notice = Notice {
            event: String::new(),
            name: there.name(),
            former: None,
            booking: None,
            event_type: change.event_type,
            start: Some(there.start),
            end: Some(there.end),
        };
        if self.app.heeding.agrees_on_foreign(self.book, &notice, there).await? {
            return Ok(None);
        }
        let done = self.feed(&delivery(change, None)).await?;
        let what = if there.booking.is_some() { What::BookingUnknown } else { What::ForeignDiffers };
        Ok(Some(Finding { what, done, call: None, booking: there.booking, at: Some(there.start) }))
    }

    fn live(&self, there: &ProviderBooking) -> Live {
        Live { staff: self.book.staff_of(there.host), booking: there.clone() }
    }

    /// What was booked from here in that span must be among what has changed there; what is not is asked for.
    async fn ask_for_unlisted(&self, from: Timestamp, found: &mut Found) -> Result<(), ReconcileError> {
        let within = |time: Timestamp, by| time.checked_add(by).unwrap_or(time);
        let span = Span { since: Some(within(from, CLOCKS)), until: Some(within(self.scan.until, -CLOCKS)) };
        let scope = Scope::Company(&self.book.company);
        let ours = appointments::standing(&*self.app.store.rows, scope, span, AT_ONCE).await?;
        let (mut gone, mut there) = (Vec::new(), 0_usize);
        for named in ours.into_iter().filter(|named| !self.listed.contains(named.uid.as_str())) {
            let name = ProviderRef { uid: named.uid.clone(), number: named.number };
            match self.app.calendar.get(&self.book.company, &name).await {
                Ok(booking) if booking.status.is_live() => there += 1,
                Ok(_) => gone.push(named),
                Err(CalendarFailure::Refused { reason }) if reason == "gone" => gone.push(named),
                Err(failure) => {
                    found.failures.extend(worth_telling(&self.book.company, &failure));
                    return Ok(());
                }
            }
        }
        if gone.len() >= SUSPICIOUS && there == 0 && self.listed.is_empty() {
            let (count, company) = (gone.len(), &self.book.company);
            found.failures.push(format!(
                "the calendar of {company} knows none of {count} bookings; nothing was cancelled. Is its key that of \
                 another account?"
            ));
            return Ok(());
        }
        for named in gone {
            let finding = self.gone(&named).await?;
            found.note(finding);
        }
        Ok(())
    }

    async fn gone(&self, named: &Named) -> Result<Finding, JournalError> {
        let booking = self.book.page(named.page).await?.booking(named.booking).cloned();
        let call = booking.and_then(|booking| booking.request.call);
        let payload = json!({
            "uid": named.uid,
            "bookingId": named.number,
            "startTime": named.start_at,
            "metadata": {"ringbuch_booking": named.booking, "ringbuch_call": call},
        });
        let body = json!({"triggerEvent": "BOOKING_CANCELLED", "createdAt": self.book.now(), "payload": payload});
        let done = self.feed(&body).await?;
        let what = What::BookingGone;
        Ok(Finding { what, done, call, booking: Some(named.booking), at: Some(named.start_at) })
    }

    /// Files a delivery that nobody sent, unless that is only a trial.
    async fn feed(&self, body: &Value) -> Result<Done, JournalError> {
        let (company, body) = (&self.book.company, body.to_string().into_bytes());
        let Some(account) = self.book.set_up.account().filter(|_| !self.scan.dry_run) else {
            return Ok(Done::Nothing);
        };
        let Ok(delivery) = delivery_of(&self.app.index, account, company, &body) else { return Ok(Done::Nothing) };
        let proven = Proven {
            delivery,
            provider: Provider::Calcom,
            account: account.clone(),
            company: Some(company.clone()),
            verdict: Verdict::Fetched,
            headers: vec![],
            body: &body,
            label: CalendarSketch::of(&body).label(),
        };
        filed(self.app, proven).await
    }
}

/// The book says of a booking of ours what the change says, or something is under way for it that will.
fn agrees(booking: &Booking, change: &ChangedBooking, live: Live, now: Timestamp) -> bool {
    if booking.errand.is_some() {
        return true;
    }
    let there = &change.booking;
    let by_this_name = booking.provider.known().is_none_or(|known| known.uid == there.uid);
    if !by_this_name {
        // A name that it had, or that a twin had, may well be dead.
        return !there.status.is_live();
    }
    let fate = match there.status {
        status if status.is_live() => Fate::Live(Box::new(live)),
        ProviderStatus::Rejected => Fate::Rejected,
        _ => Fate::Gone,
    };
    let truth = Truth { fate, beside: None, of_absence: false };
    correction(booking, &truth, now) == Correction::Nothing
}

/// As the calendar would have told it, with nothing in it that is personal but the uid.
fn delivery(change: &ChangedBooking, ours: Option<&Booking>) -> Value {
    let there = &change.booking;
    let event = match there.status {
        ProviderStatus::Accepted if there.absent => "BOOKING_NO_SHOW_UPDATED",
        ProviderStatus::Accepted if change.moved_from.is_some() => "BOOKING_RESCHEDULED",
        ProviderStatus::Accepted => "BOOKING_CREATED",
        ProviderStatus::Pending => "BOOKING_REQUESTED",
        ProviderStatus::Cancelled => "BOOKING_CANCELLED",
        ProviderStatus::Rejected => "BOOKING_REJECTED",
    };
    let booking = ours.map(Booking::id).or(there.booking);
    let call = ours.and_then(|ours| ours.request.call.as_ref());
    json!({"triggerEvent": event, "createdAt": change.updated_at, "payload": {
        "uid": there.uid,
        "bookingId": there.number,
        "eventTypeId": change.event_type,
        "startTime": there.start,
        "endTime": there.end,
        "rescheduleUid": change.moved_from,
        "metadata": {"ringbuch_booking": booking, "ringbuch_call": call},
    }})
}
