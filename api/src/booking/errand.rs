//! The to-do list of bookings: asks the diary, then follows a booking step by step until nothing about it is open.

use super::file::File;
use crate::journal::{ExecuteError, Journal, JournalError, Turns};
use crate::metrics::Metrics;
use crate::runners::{Done, Errands};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::booking::{Patience, Person, Step, contact, later, next_step, via_telephone};
use ringbuch_domain::call::{self, BookingAsked, Call, Refusal};
use ringbuch_domain::company::{Company, Rejection as SetUpRejection};
use ringbuch_domain::customer::Customer;
use ringbuch_domain::diary::{Booking, Command, RequestBooking, Standing};
use ringbuch_domain::ids::{BookingId, CallId, CompanyId};
use ringbuch_domain::ports::Calendar;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::booking_todo::{self, DueBooking, Stage};
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Instrument, field};

/// After which a row is looked at again although its page knows of nothing to do.
const IDLE: Duration = Duration::from_secs(30);

/// Steps taken in one go before the row is looked at afresh.
const STEPS: u32 = 12;

#[derive(Clone)]
pub struct BookingErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub calendar: Arc<dyn Calendar>,
    pub metrics: Metrics,
    pub patience: Patience,
    /// Requests to the calendar for one day queue here: it checks and books without a lock between.
    pub pages: Arc<Turns>,
}

#[async_trait]
impl Errands for BookingErrands {
    type Row = DueBooking;
    type Key = (CompanyId, BookingId);

    fn name(&self) -> &'static str {
        "booking"
    }

    fn key(&self, row: &DueBooking) -> Self::Key {
        (row.company.clone(), row.booking)
    }

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<DueBooking>> {
        Ok(booking_todo::due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(booking_todo::next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: DueBooking) -> anyhow::Result<Done> {
        let (call, booking, company) = (row.call.as_ref(), row.booking, &row.company);
        let call = call.map(field::display);
        let span = tracing::error_span!("booking", %company, %booking, call, follows = field::Empty);
        self.work(&row).instrument(span).await
    }
}

impl BookingErrands {
    async fn work(&self, row: &DueBooking) -> anyhow::Result<Done> {
        let file = File::new(Arc::clone(&self.journal), row.company.clone(), row.page, row.booking);
        if row.stage == Stage::Ask && file.read().await?.is_none() {
            let Some(call) = &row.call else { anyhow::bail!("a booking asks the diary without a call") };
            if !self.ask(&file, call).await? {
                return Ok(Done::Told(self.journal.log().head().await?));
            }
        }
        self.pursue(&file).await
    }

    /// Puts a call's wish to the diary; false where the answer was no and the call has been told.
    async fn ask(&self, file: &File, call: &CallId) -> anyhow::Result<bool> {
        let heard = self.journal.load::<Call>(&StreamId::call(&file.company, call)).await?;
        // What was refused meanwhile is not asked for again.
        let asked = heard.aggregate.asked_for(file.booking).filter(|asked| !heard.aggregate.was_refused(asked.booking));
        let Some(asked) = asked else { return Ok(false) };
        file.chain.saw(heard.newest_about(file.booking.0));
        let summary = heard.aggregate.analyzed.as_ref().and_then(|analyzed| analyzed.private.known());
        let summary = summary.and_then(|analysis| analysis.summary.as_deref());
        let request = match self.request(file, asked, summary).await? {
            Ok(request) => request,
            Err(reason) => return self.refuse(file, call, reason).await.map(|()| false),
        };
        match file.ask_page(&file.stream(), Command::RequestBooking(Box::new(request))).await {
            Ok(_) => Ok(true),
            Err(ExecuteError::Rejected(rejection)) => {
                self.refuse(file, call, Refusal::Diary { rejection }).await.map(|()| false)
            }
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    async fn request(
        &self,
        file: &File,
        asked: &BookingAsked,
        summary: Option<&str>,
    ) -> Result<Result<RequestBooking, Refusal>, JournalError> {
        let set_up = self.journal.load::<Company>(&StreamId::company(&file.company)).await?;
        let customer = self.journal.load::<Customer>(&StreamId::customer(asked.customer)).await?;
        let company = &set_up.aggregate;
        let (terms, service, profile) = match (
            company.terms(&asked.branch, asked.event_type, asked.page),
            company.event_types.get(&asked.event_type),
            &company.profile,
        ) {
            (Ok(terms), Some(service), Some(profile)) => (terms, service, profile),
            (Err(SetUpRejection::EventTypeUnknown { .. }), ..) | (_, None, _) => {
                return Ok(Err(Refusal::ServiceUnknown));
            }
            _ => return Ok(Err(Refusal::ServiceMissing)),
        };
        let wish = asked.private.known();
        let person = Person {
            customer: asked.customer,
            card: customer.aggregate.card.known(),
            said_name: wish.and_then(|wish| wish.name.as_deref()),
            said_email: wish.and_then(|wish| wish.email.as_deref()),
            said_phone: wish.and_then(|wish| wish.phone.as_deref()),
        };
        let remarks = [Some(via_telephone(&profile.language)), wish.and_then(|wish| wish.notes.as_deref()), summary];
        Ok(Ok(RequestBooking {
            booking: asked.booking,
            customer: asked.customer,
            call: Some(asked.call.clone()),
            source: source(&file.company, asked).into(),
            branch: asked.branch.clone(),
            event_type: asked.event_type,
            team: service.team,
            slot: service.slot_at(asked.start),
            wanted: asked.staff.clone(),
            zone: profile.zone.clone(),
            language: profile.language.clone(),
            contact: contact(person, profile, &remarks),
            terms,
            now: file.now(),
        }))
    }

    /// Tells the call that its wish did not become a booking; telling it again changes nothing.
    pub(super) async fn refuse(&self, file: &File, call: &CallId, reason: Refusal) -> anyhow::Result<()> {
        let stream = StreamId::call(&file.company, call);
        let command = call::Command::Refuse { booking: file.booking, reason };
        match self.journal.execute::<Call>(&stream, Some(&file.company), file.chain.next(), command).await {
            // Where the call knows nothing of this booking, there is nobody to tell.
            Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    /// Takes the booking's next steps until it has to wait or is done.
    async fn pursue(&self, file: &File) -> anyhow::Result<Done> {
        for round in 0..STEPS {
            let Some(booking) = file.read().await? else { break };
            let now = file.now();
            let step = next_step(&booking, now, &self.patience);
            let asks = matches!(step, Step::Attempt(_) | Step::LookUp { .. });
            if let Some(until) = self.rests_until(file, &booking, now).filter(|_| asks) {
                return Ok(Done::NotBefore(until));
            }
            match step {
                Step::Attempt(act) => {
                    if let Some(until) = self.attempt(file, &booking, act, None).await? {
                        return Ok(Done::NotBefore(until));
                    }
                }
                Step::LookUp { act, attempt, may_repeat } => {
                    if let Some(until) = self.look_up(file, &booking, act, attempt, may_repeat).await? {
                        return Ok(Done::NotBefore(until));
                    }
                }
                Step::Verify => {
                    if let Some(until) = self.verify(file, &booking).await? {
                        return Ok(Done::NotBefore(until));
                    }
                }
                Step::Settle => self.settle(file, &booking).await?,
                Step::GiveUp(reason) => {
                    if let Some(until) = self.give_up(file, &booking, reason).await? {
                        return Ok(Done::NotBefore(until));
                    }
                }
                Step::Wait(until) => {
                    self.tell_if_failed(file, &booking).await?;
                    return Ok(Done::NotBefore(until));
                }
                // A row of which the page knows nothing to do is not worth asking for again and again.
                Step::Done if round == 0 => return Ok(Done::NotBefore(later(now, IDLE))),
                Step::Done => break,
            }
        }
        Ok(Done::Told(self.journal.log().head().await?))
    }

    /// Until when the calendar is known to send nothing. That there is trouble has been told once by then, with when it is
    /// tried again; telling it in every round would fill the book with attempts that were none.
    fn rests_until(&self, file: &File, booking: &Booking, now: Timestamp) -> Option<Timestamp> {
        let wait = self.calendar.rests_for(&file.company).filter(|_| booking.rounds() > 0)?;
        Some(self.patience.again_after(now, file.booking, booking.rounds(), Some(wait)))
    }

    /// Nothing is in doubt: the call learns of a failure, then the file is closed.
    pub(super) async fn settle(&self, file: &File, booking: &Booking) -> anyhow::Result<()> {
        self.tell_if_failed(file, booking).await?;
        file.tell(Command::Settle { booking: file.booking }).await?;
        Ok(())
    }

    async fn tell_if_failed(&self, file: &File, booking: &Booking) -> anyhow::Result<()> {
        let (Standing::Failed, Some(call), Some(reason)) = (booking.standing, &booking.request.call, &booking.failure)
        else {
            return Ok(());
        };
        self.refuse(file, call, Refusal::Calendar { reason: reason.clone() }).await
    }
}

/// A call that is over asks for one booking, whose id is that of the call; any other was taken at the desk.
fn source(company: &CompanyId, asked: &BookingAsked) -> &'static str {
    if asked.booking == Call::booking_id(company, &asked.call) { "call" } else { "desk" }
}
