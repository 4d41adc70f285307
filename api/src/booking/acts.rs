//! Asking the calendar: every attempt is claimed on the page before, and its outcome written there after.

use super::errand::BookingErrands;
use super::file::File;
use crate::journal::ExecuteError;
use jiff::Timestamp;
use ringbuch_domain::booking::{later, moves_in_doubt_until};
use ringbuch_domain::company::Company;
use ringbuch_domain::diary::{
    Act, Arrival, Booking, BookingAttemptStarted, BookingRequested, Command, Confirmation, DiaryEvent, Hold, Holder,
    ProviderRef,
};
use ringbuch_domain::ports::{Attendee, BookRequest, CalendarFailure, ProviderBooking, ProviderStatus};
use ringbuch_domain::recorded::StreamId;
use std::time::Duration;

/// Somebody may be waiting to hear whether they are booked: once the calendar can be asked again, nothing stays in doubt
/// for longer than the wait after this round.
const LAST_DOUBTFUL_ROUND: u32 = 5;

impl BookingErrands {
    /// Claims an attempt and makes it. `looked_up` is when the calendar was seen not to hold the outcome of an earlier one.
    /// A time means that nothing was done, and when to come back: somebody else's request may be on its way for the same
    /// person and time.
    pub(super) async fn attempt(
        &self,
        file: &File,
        booking: &Booking,
        act: Act,
        looked_up: Option<Timestamp>,
    ) -> anyhow::Result<Option<Timestamp>> {
        let page = booking.target().map_or(file.page, |target| target.page);
        let _turn = self.pages.take(&StreamId::diary(&file.company, page)).await;
        let now = file.now();
        if act != Act::Cancel
            && let Some(until) = file.blocked_until(now).await?
        {
            return Ok(Some(until));
        }
        if act == Act::Move
            && let Err(reason) = self.keep_target(file, booking).await?
        {
            return match self.move_in_doubt_until(booking, now) {
                Some(until) => Ok(Some(until)),
                None => self.give_up(file, booking, &reason).await,
            };
        }
        let deadline = later(now, self.patience.attempt);
        let claim = Command::StartAttempt { booking: file.booking, act, deadline, now, looked_up };
        let Some(claimed) = file.tell(claim).await? else { return Ok(None) };
        let started = claimed.events.iter().find_map(|event| match event {
            DiaryEvent::BookingAttemptStarted(started) => Some(started),
            _ => None,
        });
        // Without an event of ours the claim is somebody else's.
        let Some(BookingAttemptStarted { attempt, .. }) = started else { return Ok(None) };
        match act {
            Act::Book => self.book(file, booking, *attempt, deadline).await?,
            Act::Cancel => self.cancel(file, booking, *attempt, deadline).await?,
            Act::Move => self.reschedule(file, booking, *attempt, deadline).await?,
        }
        Ok(None)
    }

    async fn book(&self, file: &File, booking: &Booking, attempt: u32, deadline: Timestamp) -> anyhow::Result<()> {
        let Some(request) = book_request(&booking.request, attempt) else {
            return self.fail(file, Some(attempt), "erased").await;
        };
        match self.calendar.book(&file.company, &request).await {
            Ok(made) => self.made(file, booking, attempt, deadline, made).await,
            Err(CalendarFailure::Refused { reason }) => self.refused(file, booking, attempt, deadline, &reason).await,
            Err(CalendarFailure::NotSent { reason, retry_after }) => {
                self.postpone(file, booking, attempt, reason, retry_after).await
            }
            Err(CalendarFailure::Taken) => self.refused(file, booking, attempt, deadline, "taken").await,
            Err(unknown @ CalendarFailure::Unknown { .. }) => {
                self.doubtful(file, booking, attempt, deadline, unknown).await
            }
        }
    }

    /// What the calendar answered with may be somebody else's: where it takes the same person at the same time for the
    /// same booking, it hands out what it has.
    async fn made(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
        made: ProviderBooking,
    ) -> anyhow::Result<()> {
        if made.booking.is_some_and(|other| other != file.booking) {
            return self.fail(file, Some(attempt), "same_as_another").await;
        }
        if !made.status.is_live() {
            let over = CalendarFailure::Unknown { reason: "the answer was a booking that is over".into() };
            return self.doubtful(file, booking, attempt, deadline, over).await;
        }
        self.confirm(file, made, Some(attempt)).await?;
        self.cancel_twins(file, booking).await
    }

    pub(super) async fn confirm(&self, file: &File, made: ProviderBooking, attempt: Option<u32>) -> anyhow::Result<()> {
        let pending = made.status == ProviderStatus::Pending;
        let confirmation = self.confirmation(file, made, attempt).await?;
        let told = file.tell(Command::Confirm(confirmation)).await?;
        if !pending && told.is_some_and(|told| !told.events.is_empty()) {
            self.metrics.booking_succeeded();
        }
        Ok(())
    }

    async fn confirmation(
        &self,
        file: &File,
        made: ProviderBooking,
        attempt: Option<u32>,
    ) -> anyhow::Result<Confirmation> {
        let set_up = self.journal.load::<Company>(&StreamId::company(&file.company)).await?;
        let staff = made.host.and_then(|host| set_up.aggregate.staff_of_host(host)).cloned();
        let ProviderBooking { uid, number, status, host, start, end, .. } = made;
        let (provider, pending) = (ProviderRef { uid, number }, status == ProviderStatus::Pending);
        Ok(Confirmation { booking: file.booking, attempt, pending, provider, staff, host, start, end })
    }

    /// A no may come from our own earlier success, of this attempt or one before; only a look-up tells.
    async fn refused(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
        reason: &str,
    ) -> anyhow::Result<()> {
        match self.find_ours(file, booking).await {
            Ok(found) if !found.is_empty() => self.adopt(file, found).await,
            Ok(_) => self.fail(file, Some(attempt), reason).await,
            Err(failure) => self.unknown(file, booking, attempt, deadline, &failure).await,
        }
    }

    /// Nobody knows: a look-up at once may tell; if it does not, a later one must.
    async fn doubtful(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
        failure: CalendarFailure,
    ) -> anyhow::Result<()> {
        match self.find_ours(file, booking).await {
            Ok(found) if !found.is_empty() => self.adopt(file, found).await,
            Ok(_) => self.unknown(file, booking, attempt, deadline, &failure).await,
            Err(blind) => self.unknown(file, booking, attempt, deadline, &blind).await,
        }
    }

    /// Nobody knows what came of the attempt; it is looked up once its claim has lapsed, later with every round.
    pub(super) async fn unknown(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
        failure: &CalendarFailure,
    ) -> anyhow::Result<()> {
        let wait = failure.retry_after();
        let round = booking.rounds_if_unknown(attempt).min(LAST_DOUBTFUL_ROUND);
        let again = self.patience.again_after(file.now(), file.booking, round, wait);
        let look_up_at = later(self.patience.certain_at(deadline), Duration::from_millis(1)).max(again);
        let reason = failure.to_string();
        file.tell(Command::OutcomeUnknown { booking: file.booking, attempt, reason, look_up_at }).await?;
        Ok(())
    }

    pub(super) async fn postpone(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        reason: String,
        wait: Option<Duration>,
    ) -> anyhow::Result<()> {
        let next_attempt_at = self.patience.again_after(file.now(), file.booking, booking.rounds() + 1, wait);
        file.tell(Command::Postpone { booking: file.booking, attempt, reason, next_attempt_at }).await?;
        Ok(())
    }

    pub(super) async fn fail(&self, file: &File, attempt: Option<u32>, reason: &str) -> anyhow::Result<()> {
        file.tell(Command::Fail { booking: file.booking, attempt, reason: reason.into() }).await?;
        Ok(())
    }

    /// Ends what came to nothing. A move that was tried may have been made after all, and is looked for once more; a time
    /// means that the calendar could not be asked, and when to come back. Long after the appointment nobody asks.
    pub(super) async fn give_up(
        &self,
        file: &File,
        booking: &Booking,
        reason: &str,
    ) -> anyhow::Result<Option<Timestamp>> {
        if booking.act() != Some(Act::Move) {
            return self.fail(file, None, reason).await.map(|()| None);
        }
        let tried = moves_in_doubt_until(booking, &self.patience).is_some();
        match self.moved(file, booking).await {
            Ok(Some(moved)) if tried => self.arrive(file, booking, moved, booking.attempts).await?,
            Err(failure) if tried && reason != "outcome_unknown" => {
                let again =
                    self.patience.again_after(file.now(), file.booking, booking.rounds() + 1, failure.retry_after());
                return Ok(Some(again));
            }
            _ => self.move_failed(file, booking, None, reason).await?,
        }
        Ok(None)
    }

    fn move_in_doubt_until(&self, booking: &Booking, now: Timestamp) -> Option<Timestamp> {
        moves_in_doubt_until(booking, &self.patience).filter(|until| *until > now)
    }

    async fn cancel(&self, file: &File, booking: &Booking, attempt: u32, deadline: Timestamp) -> anyhow::Result<()> {
        let by = booking.errand.as_ref().map_or_else(|| "system".to_owned(), |errand| errand.by.clone());
        let gone = Command::Cancelled { booking: file.booking, by };
        let Some(provider) = booking.provider.known() else {
            // What it is called there was forgotten with its person; it must not look as if it were gone.
            let forgotten = booking.standing.is_at_the_calendar();
            let attempt = Some(attempt);
            let stays = Command::CancelFailed { booking: file.booking, attempt, reason: "erased".into() };
            file.tell(if forgotten { stays } else { gone }).await?;
            return Ok(());
        };
        match self.calendar.cancel(&file.company, provider, "Abgesagt").await {
            Ok(()) => file.tell(gone).await.map(|_| ())?,
            Err(CalendarFailure::Refused { reason }) if reason == "gone" => file.tell(gone).await.map(|_| ())?,
            Err(CalendarFailure::Refused { reason }) => {
                let stays = Command::CancelFailed { booking: file.booking, attempt: Some(attempt), reason };
                file.tell(stays).await?;
            }
            Err(CalendarFailure::NotSent { reason, retry_after }) => {
                self.postpone(file, booking, attempt, reason, retry_after).await?;
            }
            Err(failure @ (CalendarFailure::Unknown { .. } | CalendarFailure::Taken)) => {
                self.unknown(file, booking, attempt, deadline, &failure).await?;
            }
        }
        Ok(())
    }

    async fn reschedule(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
    ) -> anyhow::Result<()> {
        let (Some(provider), Some(target)) = (booking.provider.known(), booking.target()) else {
            return self.move_failed(file, booking, Some(attempt), "erased").await;
        };
        let asked = self.calendar.reschedule(&file.company, provider, target.slot.start, "Verschoben").await;
        match asked {
            Ok(moved) => self.arrive(file, booking, moved, attempt).await,
            Err(CalendarFailure::Taken) => self.move_refused(file, booking, attempt, deadline, "taken").await,
            Err(CalendarFailure::Refused { reason }) => {
                self.move_refused(file, booking, attempt, deadline, &reason).await
            }
            Err(CalendarFailure::NotSent { reason, retry_after }) => {
                self.postpone(file, booking, attempt, reason, retry_after).await
            }
            Err(unknown @ CalendarFailure::Unknown { .. }) => {
                self.unknown(file, booking, attempt, deadline, &unknown).await
            }
        }
    }

    /// "Taken" and "gone" may come from an earlier attempt's success; and while one may still come, the move has not
    /// failed.
    async fn move_refused(
        &self,
        file: &File,
        booking: &Booking,
        attempt: u32,
        deadline: Timestamp,
        reason: &str,
    ) -> anyhow::Result<()> {
        match self.moved(file, booking).await {
            Ok(Some(moved)) => self.arrive(file, booking, moved, attempt).await,
            Ok(None) => match self.move_in_doubt_until(booking, file.now()) {
                Some(next_attempt_at) => {
                    let reason = reason.to_owned();
                    let later = Command::Postpone { booking: file.booking, attempt, reason, next_attempt_at };
                    file.tell(later).await.map(|_| ()).map_err(Into::into)
                }
                None => self.move_failed(file, booking, Some(attempt), reason).await,
            },
            Err(blind) => self.unknown(file, booking, attempt, deadline, &blind).await,
        }
    }

    /// It stands at its new time: written on the new page first, then taken off the old one.
    pub(super) async fn arrive(
        &self,
        file: &File,
        booking: &Booking,
        moved: ProviderBooking,
        attempt: u32,
    ) -> anyhow::Result<()> {
        let Some(target) = booking.target() else { return Ok(()) };
        let confirmation = self.confirmation(file, moved, Some(attempt)).await?;
        let to = confirmation.start;
        let request = BookingRequested { slot: target.slot, staff: target.staff.clone(), ..booking.request.clone() };
        let arrival =
            Arrival { request, from: booking.slot.start, from_page: file.page, page: target.page, confirmation };
        let there = StreamId::diary(&file.company, target.page);
        file.tell_page(&there, Command::Arrive(Box::new(arrival))).await?;
        if target.page != file.page {
            file.tell(Command::Leave { booking: file.booking, to, page: target.page }).await?;
        }
        Ok(())
    }

    pub(super) async fn move_failed(
        &self,
        file: &File,
        booking: &Booking,
        attempt: Option<u32>,
        reason: &str,
    ) -> anyhow::Result<()> {
        let failed = Command::MoveFailed { booking: file.booking, attempt, reason: reason.into() };
        let told = file.tell(failed).await?;
        // Where the page has heard nothing new, the time may be kept for another move by now.
        if let Some(target) = booking.target().filter(|_| told.is_some_and(|told| !told.events.is_empty())) {
            let there = StreamId::diary(&file.company, target.page);
            file.tell_page(&there, Command::ReleaseHold { holder: Holder::Move(file.booking) }).await?;
        }
        Ok(())
    }

    /// Keeps the new time for as long as the attempt may take, or says in a word why it cannot be had any more.
    async fn keep_target(&self, file: &File, booking: &Booking) -> anyhow::Result<Result<(), String>> {
        let Some(target) = booking.target() else { return Ok(Ok(())) };
        let set_up = self.journal.load::<Company>(&StreamId::company(&file.company)).await?;
        let BookingRequested { branch, event_type, .. } = &booking.request;
        let Ok(terms) = set_up.aggregate.terms(branch, *event_type, target.page) else {
            return Ok(Err("service_unknown".into()));
        };
        let hold = Hold {
            holder: Holder::Move(file.booking),
            branch: branch.clone(),
            event_type: *event_type,
            slot: target.slot,
            // With nobody but the one for whom it was asked for.
            wanted: if let [only] = target.staff.as_slice() { Some(only.clone()) } else { None },
            terms,
            until: later(file.now(), self.patience.attempt + self.patience.grace + self.patience.late),
            now: file.now(),
        };
        let there = StreamId::diary(&file.company, target.page);
        match file.ask_page(&there, Command::Hold(hold)).await {
            Ok(_) => Ok(Ok(())),
            Err(ExecuteError::Rejected(rejection)) => Ok(Err(rejection.code().to_owned())),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}

fn book_request(request: &BookingRequested, attempt: u32) -> Option<BookRequest> {
    let contact = request.private.known()?;
    Some(BookRequest {
        booking: request.booking,
        call: request.call.clone(),
        attempt,
        event_type: request.event_type,
        team: request.team,
        start: request.slot.start,
        end: request.slot.end,
        attendee: Attendee {
            name: contact.name.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
            zone: request.zone.clone(),
            language: request.language.clone(),
        },
        notes: contact.notes.clone(),
    })
}
