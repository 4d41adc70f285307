//! Appointments by hand: booked, moved and cancelled through the same rules as those of callers. What needs the calendar
//! is put on the to-do list; whoever wants to wait for it can.

use crate::app::App;
use crate::journal::{Chain, ExecuteError, JournalError};
use crate::runners::Errands;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::booking::{Person, contact, later};
use ringbuch_domain::company::Company;
use ringbuch_domain::customer::{self, Card, Customer};
use ringbuch_domain::diary::{
    Act, Booking, Command, Diary, Hold, Holder, Rejection, RequestBooking, Slot, Terms, shifted,
};
use ringbuch_domain::ids::{BookingId, BranchId, CompanyId, CustomerId, EventTypeId, StaffId};
use ringbuch_domain::ports::{Caller, PeopleError};
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::{company, phone};
use ringbuch_projections::booking_todo::{self, DueBooking};
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::{Scope, appointments};
use std::time::Duration;
use thiserror::Error;

/// How long time is kept for a move between its two first steps.
const MOVE_HOLD: Duration = Duration::from_mins(2);

/// Why an appointment was not booked, moved or cancelled.
#[derive(Debug, Error)]
pub enum AppointmentError {
    #[error("there is no such appointment")]
    Unknown,
    #[error("{0}")]
    Refused(#[from] Rejection),
    #[error("{0}")]
    SetUp(#[from] company::Rejection),
    #[error("no service of this branch is called '{0}'")]
    ServiceUnknown(String),
    #[error("the branch has no default service; name one")]
    ServiceMissing,
    #[error("nobody of this branch is called '{0}'")]
    StaffUnknown(String),
    #[error("an appointment begins at a whole minute")]
    NotAMinute,
    #[error("'{0}' is no telephone number; write it like +491713920042")]
    NotANumber(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error(transparent)]
    People(#[from] PeopleError),
}

impl From<ExecuteError<Rejection>> for AppointmentError {
    fn from(error: ExecuteError<Rejection>) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => Self::Refused(rejection),
            ExecuteError::Failed(error) => Self::Journal(error),
        }
    }
}

impl AppointmentError {
    /// The fact for which a call's wish would have been refused as well, in the same word.
    fn fact(&self) -> Option<&'static str> {
        match self {
            Self::Refused(rejection) => Some(rejection.code()),
            Self::ServiceUnknown(_) => Some("service_unknown"),
            Self::ServiceMissing => Some("service_missing"),
            Self::StaffUnknown(_) => Some("staff_unknown"),
            _ => None,
        }
    }
}

/// A booking that somebody makes by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAppointment {
    /// The same id asks for the same appointment, however often it is sent.
    pub booking: BookingId,
    pub branch: BranchId,
    /// By name or number; absent: the branch's default.
    pub service: Option<String>,
    /// Only this one is wanted, by name or id.
    pub staff: Option<String>,
    pub start: Timestamp,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub notes: Option<String>,
    /// `api`, `cli`, ….
    pub source: String,
}

/// A time at which somebody could come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub branch: BranchId,
    /// By name or number; absent: the branch's default.
    pub service: Option<String>,
    /// Only this one is wanted, by name or id.
    pub staff: Option<String>,
    pub start: Timestamp,
}

/// What the page of the day says to an opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    pub event_type: EventTypeId,
    pub slot: Slot,
    /// Who could serve it, or why it cannot be had.
    pub free: Result<Vec<StaffId>, Rejection>,
}

/// An opening as the set-up reads it.
struct Plan {
    event_type: EventTypeId,
    team: Option<i64>,
    slot: Slot,
    wanted: Option<StaffId>,
    page: Date,
    terms: Terms,
}

/// Appointments of one company, changed by somebody.
pub struct Appointments<'a> {
    app: &'a App,
    company: CompanyId,
    by: String,
}

impl<'a> Appointments<'a> {
    pub fn new(app: &'a App, company: CompanyId, by: impl Into<String>) -> Self {
        Self { app, company, by: by.into() }
    }

    /// Puts an appointment into the book; the calendar follows from the to-do list. A refusal is written down nowhere, so
    /// it is counted here.
    pub async fn book(&self, new: NewAppointment) -> Result<Booking, AppointmentError> {
        let booked = self.put(new).await;
        if let Some(fact) = booked.as_ref().err().and_then(AppointmentError::fact) {
            self.app.metrics.booking_failed(fact);
        }
        booked
    }

    async fn put(&self, new: NewAppointment) -> Result<Booking, AppointmentError> {
        whole_minute(new.start)?;
        let set_up = self.set_up().await?;
        let profile = set_up.profile.clone().ok_or(company::Rejection::NotRegistered)?;
        let plan = plan(&set_up, &new.opening())?;
        let diary = self.app.journal.load::<Diary>(&StreamId::diary(&self.company, plan.page)).await?;
        if diary.aggregate.booking(new.booking).is_none() {
            // Nobody is registered for the sake of an appointment that they do not get.
            diary.aggregate.free(&plan.slot, &plan.terms, plan.wanted.as_ref(), None, self.app.clock.now())?;
        }
        let chain = Chain::from_outside(new.booking.0);
        let customer = self.customer(&new, &chain).await?;
        let card = self.app.journal.load::<Customer>(&StreamId::customer(customer)).await?;
        let person = Person {
            customer,
            card: card.aggregate.card.known(),
            said_name: Some(&new.name),
            said_email: new.email.as_deref(),
            said_phone: None,
        };
        let request = RequestBooking {
            booking: new.booking,
            customer,
            call: None,
            source: new.source.clone(),
            branch: new.branch.clone(),
            event_type: plan.event_type,
            team: plan.team,
            slot: plan.slot,
            wanted: plan.wanted,
            zone: profile.zone.clone(),
            language: profile.language.clone(),
            contact: contact(person, &profile, &[new.notes.as_deref()]),
            terms: plan.terms,
            now: self.app.clock.now(),
        };
        self.tell(&chain, plan.page, Command::RequestBooking(Box::new(request))).await?;
        self.stands(plan.page, new.booking).await
    }

    /// Asks the page of the day what it would say to a booking; the answer keeps nothing.
    pub async fn availability(&self, opening: &Opening) -> Result<Availability, AppointmentError> {
        whole_minute(opening.start)?;
        let Plan { event_type, slot, wanted, page, terms, .. } = plan(&self.set_up().await?, opening)?;
        let diary = self.app.journal.load::<Diary>(&StreamId::diary(&self.company, page)).await?;
        let free = diary.aggregate.free(&slot, &terms, wanted.as_ref(), None, self.app.clock.now());
        Ok(Availability { event_type, slot, free })
    }

    /// Asks for a cancellation; the calendar follows from the to-do list.
    pub async fn cancel(&self, booking: BookingId, reason: Option<String>) -> Result<Booking, AppointmentError> {
        let page = self.page_of(booking).await?;
        let chain = self.chain_of(page, booking).await?;
        self.tell(&chain, page, Command::RequestCancel { booking, by: self.by.clone(), reason }).await?;
        self.stands(page, booking).await
    }

    /// Keeps the new time, then asks for the move; the calendar follows from the to-do list.
    pub async fn move_to(&self, booking: BookingId, start: Timestamp) -> Result<Booking, AppointmentError> {
        self.move_to_somebody(booking, start, None).await
    }

    /// As `move_to`, to a time of that person alone.
    pub async fn move_to_somebody(
        &self,
        booking: BookingId,
        start: Timestamp,
        wanted: Option<StaffId>,
    ) -> Result<Booking, AppointmentError> {
        whole_minute(start)?;
        let page = self.page_of(booking).await?;
        let known = self.stands(page, booking).await?;
        let set_up = self.set_up().await?;
        let to_page = start.to_zoned(set_up.zone()).date();
        let length = known.slot.end.duration_since(known.slot.start);
        let end = start.checked_add(length).map_err(|_| Rejection::LeavesThePage)?;
        let to = Slot { start, end, ..known.slot };
        if known.errand.is_none() && known.slot == to {
            return Ok(known);
        }
        let (branch, event_type) = (known.request.branch.clone(), known.request.event_type);
        let (now, chain) = (self.app.clock.now(), self.chain_of(page, booking).await?);
        // Another move's hold must not give way to one for a move that will be refused.
        if known.act() == Some(Act::Move) {
            let request = Command::RequestMove { booking, to, page: to_page, staff: vec![], by: self.by.clone() };
            self.tell(&chain, page, request).await?;
            return self.stands(page, booking).await;
        }
        let hold = Hold {
            holder: Holder::Move(booking),
            terms: set_up.terms(&branch, event_type, to_page)?,
            branch,
            event_type,
            slot: to,
            wanted,
            until: later(now, MOVE_HOLD),
            now,
        };
        let there = self.tell(&chain, to_page, Command::Hold(hold)).await?;
        let kept = there.holds().iter().find(|kept| kept.holder == Holder::Move(booking));
        let staff: Vec<StaffId> = kept.map(|kept| kept.staff.clone()).unwrap_or_default();
        let request = Command::RequestMove { booking, to, page: to_page, staff, by: self.by.clone() };
        if let Err(refused) = self.tell(&chain, page, request).await {
            self.tell(&chain, to_page, Command::ReleaseHold { holder: Holder::Move(booking) }).await?;
            return Err(refused);
        }
        self.stands(page, booking).await
    }

    /// Does now what is due for a booking, instead of leaving it to the server; harmless beside it.
    pub async fn pursue(&self, booking: BookingId) -> anyhow::Result<()> {
        self.app.projector.catch_up().await?;
        let rows = &*self.app.store.rows;
        if let Some(row) = booking_todo::find(rows, Scope::Company(&self.company), booking).await? {
            let row: DueBooking = row;
            self.app.booking_errands.run(row).await?;
            self.app.projector.catch_up().await?;
        }
        Ok(())
    }

    async fn set_up(&self) -> Result<Company, JournalError> {
        let loaded = self.app.journal.load::<Company>(&StreamId::company(&self.company)).await?;
        Ok(loaded.aggregate.clone())
    }

    async fn tell(&self, chain: &Chain, page: Date, command: Command) -> Result<Diary, AppointmentError> {
        let stream = StreamId::diary(&self.company, page);
        let executed = self.app.journal.execute::<Diary>(&stream, Some(&self.company), chain.next(), command).await?;
        chain.saw(executed.newest);
        Ok(executed.aggregate)
    }

    /// What somebody asks for about a booking joins the chain that the booking belongs to.
    async fn chain_of(&self, page: Date, booking: BookingId) -> Result<Chain, JournalError> {
        let diary = self.app.journal.load::<Diary>(&StreamId::diary(&self.company, page)).await?;
        let known = diary.newest_about(booking.0);
        Ok(Chain::from_outside(known.map_or(booking.0, |known| known.correlation)))
    }

    async fn stands(&self, page: Date, booking: BookingId) -> Result<Booking, AppointmentError> {
        let stream = StreamId::diary(&self.company, page);
        let diary = self.app.journal.load::<Diary>(&stream).await?;
        diary.aggregate.booking(booking).cloned().ok_or(AppointmentError::Unknown)
    }

    async fn page_of(&self, booking: BookingId) -> Result<Date, AppointmentError> {
        let found = appointments::find(&*self.app.store.rows, Scope::Company(&self.company), booking).await?;
        found.map(|appointment| appointment.page).ok_or(AppointmentError::Unknown)
    }

    /// Known by their number, or somebody new.
    async fn customer(&self, new: &NewAppointment, chain: &Chain) -> Result<CustomerId, AppointmentError> {
        let number = match &new.phone {
            Some(said) => Some(phone::normalise(said).ok_or_else(|| AppointmentError::NotANumber(said.clone()))?),
            None => None,
        };
        let customer = match &number {
            Some(number) => self.app.people.find_or_create(&self.company, &Caller::Number(number.clone())).await?,
            None => CustomerId(new.booking.0),
        };
        let card = Card { name: Some(new.name.clone()), phone: number.clone(), email: new.email.clone() };
        let meet = customer::Command::Meet { customer, anonymous: number.is_none(), card };
        let stream = StreamId::customer(customer);
        match self.app.journal.execute::<Customer>(&stream, Some(&self.company), chain.next(), meet).await {
            Ok(executed) => {
                chain.saw(executed.newest);
                Ok(customer)
            }
            Err(ExecuteError::Rejected(_)) => Ok(customer),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}

impl NewAppointment {
    fn opening(&self) -> Opening {
        let Self { branch, service, staff, start, .. } = self.clone();
        Opening { branch, service, staff, start }
    }
}

fn whole_minute(start: Timestamp) -> Result<(), AppointmentError> {
    let whole = start.as_nanosecond() % 60_000_000_000 == 0;
    whole.then_some(()).ok_or(AppointmentError::NotAMinute)
}

fn plan(set_up: &Company, opening: &Opening) -> Result<Plan, AppointmentError> {
    let branch = &opening.branch;
    let event_type = service(set_up, branch, opening.service.as_deref())?;
    let service = set_up.event_types.get(&event_type).ok_or(AppointmentError::ServiceMissing)?;
    let page = opening.start.to_zoned(set_up.zone()).date();
    Ok(Plan {
        event_type,
        team: service.team,
        slot: Slot {
            start: opening.start,
            end: shifted(opening.start, service.minutes.into()),
            buffer_before_minutes: service.buffer_before,
            buffer_after_minutes: service.buffer_after,
        },
        wanted: opening.staff.as_deref().map(|said| staff(set_up, branch, said)).transpose()?,
        page,
        terms: set_up.terms(branch, event_type, page)?,
    })
}

fn service(set_up: &Company, branch: &BranchId, said: Option<&str>) -> Result<EventTypeId, AppointmentError> {
    let known = set_up.branches.get(branch);
    let known = known.ok_or_else(|| company::Rejection::BranchUnknown { branch: branch.clone() })?;
    let Some(said) = said else { return known.default_event_type.ok_or(AppointmentError::ServiceMissing) };
    let named = set_up.service_named(branch, said).map(|service| service.event_type);
    named.ok_or_else(|| AppointmentError::ServiceUnknown(said.to_owned()))
}

fn staff(set_up: &Company, branch: &BranchId, said: &str) -> Result<StaffId, AppointmentError> {
    let by_id = StaffId::new(said).ok().filter(|id| set_up.staff.contains_key(id));
    let named = || set_up.staff_named(branch, said).cloned();
    by_id.or_else(named).ok_or_else(|| AppointmentError::StaffUnknown(said.to_owned()))
}
