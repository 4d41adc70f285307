//! What became of something while the caller waits: done at once with the to-do list's own hands, and looked at until it
//! is certain or the time is up. What is not certain by then is on the list.

use super::Desk;
use super::answer::Stop;
use super::line::Line;
use crate::runners::Errands;
use jiff::civil::Date;
use ringbuch_domain::call::{Call, Decision, Refusal};
use ringbuch_domain::diary::{Booking, Phase, Standing};
use ringbuch_domain::ids::{BookingId, CallId};
use ringbuch_projections::booking_todo::{DueBooking, Stage};
use std::time::Duration;

/// What a booking came to.
pub enum CameOf {
    Booked(Box<Booking>),
    /// The host has still to agree.
    Pending,
    Refused(Refusal),
    Cancelled,
    /// Nobody knows yet; the to-do list goes on.
    Noted,
}

impl Desk {
    /// Does what is due for a booking of this page, and waits for what `look` wants to see; nothing where it does not come
    /// in time.
    pub(super) async fn pursued<T>(
        &self,
        line: &Line,
        (page, booking, call): (Date, BookingId, Option<&CallId>),
        look: impl AsyncFn() -> Result<Option<T>, Stop>,
    ) -> Result<Option<T>, Stop> {
        let row = DueBooking {
            company: line.company.clone(),
            booking,
            page,
            call: call.cloned(),
            stage: if call.is_some() { Stage::Ask } else { Stage::Settle },
            due_at: line.now,
            attempt: 0,
            reason: None,
        };
        let errands = self.errands.clone();
        // On its own, so that a caller who hangs up does not cut it off half-way.
        let work = tokio::spawn(async move { errands.run(row).await });
        let seen = async {
            match work.await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    tracing::warn!(error = format!("{error:#}"), "what was asked for at the desk is left to the list");
                }
                Err(defect) => tracing::error!(%defect, "what was asked for at the desk is left to the list"),
            }
            loop {
                let head = self.app.journal.log().head().await?;
                if let Some(seen) = look().await? {
                    return Ok(seen);
                }
                self.app.journal.log().wait_for_news(head).await?;
            }
        };
        let patience = Duration::from_secs(line.set_up().rules.answer_within_seconds.into());
        tokio::time::timeout(patience, seen).await.map_or(Ok(None), |seen: Result<T, Stop>| seen.map(Some))
    }

    /// Does a booking of this call, and tells what it came to.
    pub(super) async fn came_of(
        &self,
        line: &Line,
        call: &CallId,
        page: Date,
        booking: BookingId,
    ) -> Result<CameOf, Stop> {
        let look = async || self.look(line, call, page, booking).await;
        Ok(self.pursued(line, (page, booking, Some(call)), look).await?.unwrap_or(CameOf::Noted))
    }

    async fn look(&self, line: &Line, call: &CallId, page: Date, id: BookingId) -> Result<Option<CameOf>, Stop> {
        let diary = self.page(line, page).await?;
        let Some(booking) = diary.aggregate.booking(id) else {
            let known = self.app.journal.load::<Call>(&line.call_stream(call)).await?;
            return Ok(known.aggregate.was_refused(id).then(|| CameOf::Refused(refusal(&known.aggregate, id))));
        };
        Ok(match booking.standing {
            Standing::Confirmed | Standing::Completed | Standing::NoShow => {
                Some(CameOf::Booked(Box::new(booking.clone())))
            }
            Standing::Pending => Some(CameOf::Pending),
            Standing::Failed => {
                let reason = booking.failure.clone().unwrap_or_default();
                Some(CameOf::Refused(Refusal::Calendar { reason }))
            }
            Standing::Cancelled => Some(CameOf::Cancelled),
            Standing::Moved => Some(CameOf::Noted),
            Standing::Requested => waits_longer(booking, line).then_some(CameOf::Noted),
        })
    }
}

/// The calendar is asked again, or looked at, later than anybody would hold the line for.
pub fn waits_longer(booking: &Booking, line: &Line) -> bool {
    booking.errand.as_ref().is_some_and(|errand| match errand.phase {
        Phase::Due { at } => at > line.now && errand.rounds > 0,
        Phase::Unknown { .. } => true,
        Phase::Attempting { .. } => false,
    })
}

fn refusal(call: &Call, booking: BookingId) -> Refusal {
    match &call.decision {
        Some(Decision::Refused(refused)) if refused.booking == booking => refused.reason.clone(),
        _ => Refusal::Calendar { reason: "refused".into() },
    }
}
