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

/// How a booking stands once nobody is at work on it.
pub enum Rest {
    Stands(Box<Booking>),
    /// The page never took it.
    Refused(Refusal),
    /// The calendar is asked later than anybody would hold the line for.
    Waits,
}

/// A booking on its page.
#[derive(Clone, Copy)]
pub struct Place {
    pub page: Date,
    pub booking: BookingId,
}

impl Desk {
    /// Does what is due for a booking and waits until nothing is, for as long as the agent may wait.
    pub(super) async fn pursued(
        &self,
        line: &Line,
        call: &CallId,
        place: Place,
        stage: Stage,
    ) -> Result<Option<Rest>, Stop> {
        let row = DueBooking {
            company: line.company.clone(),
            booking: place.booking,
            page: place.page,
            call: Some(call.clone()),
            stage,
            due_at: line.now,
            attempt: 0,
            reason: None,
        };
        let patience = Duration::from_secs(line.set_up().desk.answer_within_seconds.into());
        tokio::time::timeout(patience, self.rested(line, call, row)).await.map_or(Ok(None), |rest| rest.map(Some))
    }

    /// The list or another node may be at work on the same, or on something that has to come first: it is looked at again
    /// with every news, and done once it can be, until it rests.
    async fn rested(&self, line: &Line, call: &CallId, row: DueBooking) -> Result<Rest, Stop> {
        let place = Place { page: row.page, booking: row.booking };
        loop {
            let head = self.app.journal.log().head().await?;
            self.done(row.clone()).await;
            if let Some(rest) = self.rest(line, call, place).await? {
                return Ok(rest);
            }
            self.app.journal.log().wait_for_news(head).await?;
        }
    }

    /// On its own, so that a caller who hangs up does not cut it off half-way.
    async fn done(&self, row: DueBooking) {
        let errands = self.errands.clone();
        let work = tokio::spawn(async move {
            if let Err(error) = errands.run(row).await {
                tracing::warn!(error = format!("{error:#}"), "what was asked for at the desk is left to the list");
            }
        });
        if let Err(defect) = work.await {
            tracing::error!(%defect, "what was asked for at the desk is left to the list");
        }
    }

    async fn rest(&self, line: &Line, call: &CallId, place: Place) -> Result<Option<Rest>, Stop> {
        let diary = self.page(line, place.page).await?;
        let Some(booking) = diary.aggregate.booking(place.booking) else {
            let known = self.app.journal.load::<Call>(&line.call_stream(call)).await?;
            return Ok(refusal(&known.aggregate, place.booking).map(Rest::Refused));
        };
        Ok(match &booking.errand {
            None => Some(Rest::Stands(Box::new(booking.clone()))),
            Some(errand) => match errand.phase {
                Phase::Due { at } => (at > line.now && errand.rounds > 0).then_some(Rest::Waits),
                Phase::Unknown { .. } => Some(Rest::Waits),
                Phase::Attempting { .. } => None,
            },
        })
    }

    /// Does a booking of this call, and tells what it came to.
    pub(super) async fn came_of(&self, line: &Line, call: &CallId, place: Place) -> Result<CameOf, Stop> {
        Ok(match self.pursued(line, call, place, Stage::Ask).await? {
            None | Some(Rest::Waits) => CameOf::Noted,
            Some(Rest::Refused(reason)) => CameOf::Refused(reason),
            Some(Rest::Stands(booking)) => match booking.standing {
                Standing::Confirmed | Standing::Completed | Standing::NoShow => CameOf::Booked(booking),
                Standing::Pending => CameOf::Pending,
                Standing::Cancelled => CameOf::Cancelled,
                Standing::Failed => {
                    CameOf::Refused(Refusal::Calendar { reason: booking.failure.clone().unwrap_or_default() })
                }
                Standing::Moved | Standing::Requested => CameOf::Noted,
            },
        })
    }
}

fn refusal(call: &Call, booking: BookingId) -> Option<Refusal> {
    if !call.was_refused(booking) {
        return None;
    }
    match &call.decision {
        Some(Decision::Refused(refused)) if refused.booking == booking => Some(refused.reason.clone()),
        _ => Some(Refusal::Calendar { reason: "refused".into() }),
    }
}
