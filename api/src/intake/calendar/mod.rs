//! What the calendar tells. A delivery is a hint: the calendar is asked what is true of the booking that it names, and the
//! book follows, whatever order the deliveries came in.

mod book;
mod door;
mod foreign;
mod held;
mod inquiry;
mod ours;

pub use book::Book;
pub use door::delivery_of;
pub use held::Held;
pub use inquiry::Inquiry;

use super::filing::{bytes, correlation_of_call};
use super::understanding::Quarantine;
use crate::journal::{Journal, Turns};
use crate::metrics::Metrics;
use held::Verdict;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_adapters::sealing::IndexKey;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::diary::Booking;
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::intake::{Notice, notice};
use ringbuch_domain::ports::Calendar;
use ringbuch_domain::recorded::{Link, Recorded};
use ringbuch_domain::webhook::{self, WebhookReceived};
use ringbuch_projections::rows::ReadModels;
use ringbuch_projections::{Scope, appointments};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone)]
pub struct CalendarIntake {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub calendar: Arc<dyn Calendar>,
    pub index: IndexKey,
    pub metrics: Metrics,
    pub patience: Patience,
    /// Whoever follows a booking does so alone.
    pub turns: Arc<Turns>,
}

/// What came of a delivery.
pub enum Heeded {
    /// The book says what the calendar says. Content that leads back to nobody who could have it erased is not kept.
    Done {
        company: CompanyId,
        keep: bool,
    },
    SetAside(Quarantine),
    /// Not before this time.
    Later(Timestamp),
}

/// What a rehearsal of a delivery shows.
pub enum Rehearsed {
    /// Kinds of the events that the book would gain.
    Would(CompanyId, Vec<String>),
    SetAside(Quarantine),
}

/// A delivery that was read.
enum Read {
    Of(CompanyId, Option<Notice>),
    SetAside(Quarantine),
}

impl CalendarIntake {
    /// Brings the book in step with what a delivery is about.
    pub async fn heed(&self, received: &Recorded<WebhookReceived>, because: Link) -> anyhow::Result<Heeded> {
        let (company, notice) = match read(&received.data) {
            Read::Of(company, Some(notice)) => (company, notice),
            Read::Of(company, None) => return Ok(Heeded::Done { company, keep: false }),
            Read::SetAside(quarantine) => return Ok(Heeded::SetAside(quarantine)),
        };
        let book = Book::open(&self.journal, company.clone(), because).await?;
        match self.follow(&book, &notice, received.data.verdict).await {
            Ok(booking) => {
                let keep = booking.is_some_and(|booking| leads_back(received, &booking));
                Ok(Heeded::Done { company, keep })
            }
            Err(held) => match held.verdict(received.data.received_at, book.now(), &self.patience) {
                Verdict::Later(time) => Ok(Heeded::Later(time)),
                Verdict::SetAside(quarantine) => Ok(Heeded::SetAside(quarantine)),
                Verdict::Broken(error) => Err(error),
            },
        }
    }

    /// As `heed`, with nothing written and nothing cancelled.
    pub async fn rehearse(&self, received: &WebhookReceived) -> Result<Rehearsed, Held> {
        let (company, notice) = match read(received) {
            Read::Of(company, Some(notice)) => (company, notice),
            Read::Of(company, None) => return Ok(Rehearsed::Would(company, vec![])),
            Read::SetAside(quarantine) => return Ok(Rehearsed::SetAside(quarantine)),
        };
        let book = Book::imagine(&self.journal, company.clone()).await?;
        match self.follow(&book, &notice, received.verdict).await {
            Ok(_) => Ok(Rehearsed::Would(company, book.imagined())),
            Err(Held::Calendar(failure)) => {
                let detail = format!("{failure}; what would change cannot be told now");
                Ok(Rehearsed::SetAside(Quarantine::new("calendar_not_reached", detail)))
            }
            Err(Held::Until(_)) => Ok(Rehearsed::Would(company, vec![])),
            Err(held) => Err(held),
        }
    }

    /// Returns our booking that it was about, if it was about one.
    async fn follow(
        &self,
        book: &Book<'_>,
        notice: &Notice,
        verdict: webhook::Verdict,
    ) -> Result<Option<Booking>, Held> {
        let mut inquiry = Inquiry::new(&*self.calendar, &book.company);
        match self.booking_of(book, notice, &mut inquiry).await? {
            // What we have filed ourselves was filed because the book differs.
            Some((id, page))
                if verdict != webhook::Verdict::Fetched && self.is_echo(book, id, page, notice).await? =>
            {
                Ok(book.page(page).await?.booking(id).cloned())
            }
            Some(known) => self.follow_ours(book, known, notice, &mut inquiry).await.map(Some),
            None => self.follow_foreign(book, notice, &mut inquiry).await.map(|()| None),
        }
    }

    async fn is_echo(&self, book: &Book<'_>, id: BookingId, page: Date, notice: &Notice) -> Result<bool, Held> {
        Ok(book.page(page).await?.booking(id).is_some_and(|booking| notice.is_known_to(booking)))
    }

    /// Our booking and its page: by the id that it carries, by what we know of its names, or by what the calendar keeps
    /// with them.
    async fn booking_of(
        &self,
        book: &Book<'_>,
        notice: &Notice,
        inquiry: &mut Inquiry<'_>,
    ) -> Result<Option<(BookingId, Date)>, Held> {
        if let Some(known) = self.known(book, notice.booking, notice.start).await? {
            return Ok(Some(known));
        }
        let names = || notice.former.iter().chain([&notice.name]);
        for name in names() {
            let scope = Scope::Company(&book.company);
            let booking = appointments::by_uid(&*self.rows, scope, &name.uid).await?;
            if let Some(known) = self.known(book, booking, None).await? {
                return Ok(Some(known));
            }
        }
        for name in names() {
            let there = inquiry.ask(name).await?;
            let carried = there.as_ref().and_then(|there| there.booking);
            if let Some(known) = self.known(book, carried, there.map(|there| there.start)).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// The page of a booking that is in the book. Where the read model has not seen it, its day may tell.
    pub async fn known(
        &self,
        book: &Book<'_>,
        id: Option<BookingId>,
        start: Option<Timestamp>,
    ) -> Result<Option<(BookingId, Date)>, Held> {
        let Some(id) = id else { return Ok(None) };
        if let Some(known) = appointments::find(&*self.rows, Scope::Company(&book.company), id).await? {
            return Ok(Some((id, known.page)));
        }
        let Some(day) = start.map(|start| book.day_of(start)) else { return Ok(None) };
        Ok(book.page(day).await?.booking(id).map(|_| (id, day)))
    }
}

fn read(received: &WebhookReceived) -> Read {
    let Some(company) = received.company.clone() else {
        return Read::SetAside(Quarantine::new("company_missing", "the delivery names no company"));
    };
    let Some(delivered) = received.private.known() else {
        return Read::SetAside(Quarantine::new("erased", "the delivery's content was erased"));
    };
    match notice(&bytes(&delivered.body)) {
        Ok(notice) => Read::Of(company, notice),
        Err(unreadable) => Read::SetAside(unreadable.into()),
    }
}

/// Whoever erases the booking's person finds this delivery by its chain. What could not be found so must not be kept.
fn leads_back(received: &Recorded<WebhookReceived>, booking: &Booking) -> bool {
    let of_call = booking.request.call.as_ref().map(|call| correlation_of_call(&received.data.account, call.as_str()));
    let chain: Uuid = of_call.unwrap_or(booking.id().0);
    received.cause.correlation == chain && booking.request.private.known().is_some()
}
