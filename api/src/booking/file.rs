//! One booking in hand: where it stands, and what may be written about it.

use crate::journal::{Chain, ExecuteError, Executed, Journal, JournalError};
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::diary::{Booking, Command, Diary, Rejection};
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::ports::LookUp;
use ringbuch_domain::recorded::StreamId;
use std::sync::Arc;

/// A booking on its page.
pub struct File {
    pub company: CompanyId,
    pub page: Date,
    pub booking: BookingId,
    /// What is written here answers what was seen here last.
    pub chain: Chain,
    journal: Arc<Journal>,
}

impl File {
    pub fn new(journal: Arc<Journal>, company: CompanyId, page: Date, booking: BookingId) -> Self {
        Self { company, page, booking, chain: Chain::from_outside(booking.0), journal }
    }

    pub fn stream(&self) -> StreamId {
        StreamId::diary(&self.company, self.page)
    }

    pub fn now(&self) -> Timestamp {
        self.journal.clock().now()
    }

    /// The booking as it stands.
    pub async fn read(&self) -> Result<Option<Booking>, JournalError> {
        let page = self.journal.load::<Diary>(&self.stream()).await?;
        self.chain.saw(page.newest_about(self.booking.0));
        Ok(page.aggregate.booking(self.booking).cloned())
    }

    /// Until when another request may be on its way for the same person and time.
    pub async fn blocked_until(&self, now: Timestamp) -> Result<Option<Timestamp>, JournalError> {
        let page = self.journal.load::<Diary>(&self.stream()).await?;
        Ok(page.aggregate.blocked_until(self.booking, now))
    }

    /// Puts a command to the booking's page. What the page says no to has been overtaken: somebody else has taken the
    /// step already, and the next look at the page shows it.
    pub async fn tell(&self, command: Command) -> Result<Option<Executed<Diary>>, JournalError> {
        self.tell_page(&self.stream(), command).await
    }

    /// As `tell`, for another page of the same book.
    pub async fn tell_page(&self, page: &StreamId, command: Command) -> Result<Option<Executed<Diary>>, JournalError> {
        match self.ask_page(page, command).await {
            Ok(executed) => Ok(Some(executed)),
            Err(ExecuteError::Rejected(rejection)) => {
                tracing::debug!(booking = %self.booking, %rejection, "a step was overtaken");
                Ok(None)
            }
            Err(ExecuteError::Failed(error)) => Err(error),
        }
    }

    /// As `tell_page`, where a no is an answer.
    pub async fn ask_page(
        &self,
        page: &StreamId,
        command: Command,
    ) -> Result<Executed<Diary>, ExecuteError<Rejection>> {
        // Each step is a command of its own: that it is taken once is the page's doing, not that of a known id.
        let executed = self.journal.execute::<Diary>(page, Some(&self.company), self.chain.next(), command).await?;
        self.chain.saw(executed.newest);
        Ok(executed)
    }

    pub fn look_up(booking: &Booking) -> LookUp {
        LookUp {
            booking: booking.id(),
            event_type: booking.request.event_type,
            team: booking.request.team,
            start: booking.slot.start,
            end: booking.slot.end,
        }
    }
}
