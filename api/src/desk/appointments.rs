//! A caller's appointments, told to nobody who cannot show that they are theirs.

use super::Desk;
use super::answer::{Answer, Stop};
use super::availability::name_of;
use super::line::Line;
use super::subject::when_of;
use super::token::Tokens;
use crate::journal::ExecuteError;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::call::{self, Call};
use ringbuch_domain::desk::{Arguments, Evidence, GUESSES_AT_MOST, OnRecord, Sentence, When, may_be_told};
use ringbuch_domain::diary::{Booking, Standing};
use ringbuch_domain::ids::{BookingId, CallId, derived};
use ringbuch_domain::recorded::Cause;
use ringbuch_projections::appointments::{self, AppointmentFilter};
use ringbuch_projections::page::Span;
use ringbuch_projections::{Paging, Scope, customers};
use serde::Serialize;

/// More of them nobody wants to hear.
const TOLD_AT_MOST: usize = 5;
/// People who share a number, and what lies ahead of each.
const LOOKED_AT: u32 = 20;

/// An appointment as the agent gets it.
#[derive(Serialize)]
struct Shown<'a> {
    appointment_id: String,
    start: Timestamp,
    spoken: String,
    service: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<&'a str>,
    status: &'static str,
}

impl Desk {
    pub(super) async fn find_appointments(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let told = self.theirs(line, call, arguments).await?;
        let moments: Vec<String> = told.iter().map(|booking| line.moment(booking.slot.start)).collect();
        let shown: Vec<Shown<'_>> = told.iter().map(|booking| self.shown_booking(line, call, booking)).collect();
        Ok(Answer::yes(line.says(&Sentence::Appointments { moments: &moments })).with("appointments", shown))
    }

    fn shown_booking<'a>(&self, line: &'a Line, call: &CallId, booking: &Booking) -> Shown<'a> {
        let set_up = line.set_up();
        Shown {
            appointment_id: Tokens::new(&self.app.index, line, call).of_appointment(booking.id()),
            start: booking.slot.start,
            spoken: line.moment(booking.slot.start),
            service: set_up.event_types.get(&booking.request.event_type).map_or("", |it| it.title.as_str()),
            branch: set_up.branches.get(&booking.request.branch).map_or("", |it| it.name.as_str()),
            staff: booking.staff.as_ref().and_then(|staff| name_of(line, staff)),
            status: booking.standing.as_str(),
        }
    }

    /// The one appointment that is to be changed: the one that the agent names by its id, or the only one that the caller
    /// can show to be theirs.
    pub(super) async fn named(
        &self,
        line: &Line,
        call: &CallId,
        arguments: &Arguments,
        evidence: &Arguments,
    ) -> Result<Booking, Stop> {
        if let Some(token) = &arguments.appointment {
            let unknown = || {
                Answer::no("appointment_unknown", line.says(&Sentence::AppointmentUnknown)).then("find_appointments")
            };
            let id = Tokens::new(&self.app.index, line, call).appointment(token).ok_or_else(unknown)?;
            return Ok(self.booking_of(line, call, id).await?.ok_or_else(unknown)?);
        }
        let mut told = self.theirs(line, call, evidence).await?;
        match (told.pop(), told.is_empty()) {
            (Some(one), true) => Ok(one),
            (last, _) => {
                told.extend(last);
                let moments: Vec<String> = told.iter().map(|booking| line.moment(booking.slot.start)).collect();
                let shown: Vec<Shown<'_>> =
                    told.iter().map(|booking| self.shown_booking(line, call, booking)).collect();
                let ask =
                    Answer::no("which_appointment", line.says(&Sentence::AskWhichAppointment { moments: &moments }));
                Err(ask.with("appointments", shown).then("ask_which").into())
            }
        }
    }

    /// The caller's appointments, by start; at least one, or it is said why there is none to be told.
    async fn theirs(&self, line: &Line, call: &CallId, arguments: &Arguments) -> Result<Vec<Booking>, Stop> {
        let known = line.goes_on()?;
        let mut told = self.of_this_call(line, &known.aggregate).await?;
        let evidence = evidence(line, arguments)?;
        let exhausted = known.aggregate.withheld >= GUESSES_AT_MOST;
        if evidence.is_enough_to_ask() && !exhausted {
            told.extend(self.shown_to_be_theirs(line, &evidence).await?);
        }
        told.sort_by_key(|booking| (booking.slot.start, booking.id()));
        told.dedup_by_key(|booking| booking.id());
        told.truncate(TOLD_AT_MOST);
        match () {
            () if !told.is_empty() => Ok(told),
            () if exhausted => {
                let why = line.says(&Sentence::GuessesExhausted);
                Err(self.calls_back(line, arguments, "guesses_exhausted", &why).await?.into())
            }
            () if evidence.name.is_none() => {
                Err(Answer::no("name_missing", line.says(&Sentence::AskName)).then("ask_name").into())
            }
            () if !evidence.is_enough_to_ask() => {
                Err(Answer::no("proof_missing", line.says(&Sentence::AskProof)).then("ask_date_and_time").into())
            }
            () => self.withhold(line, call, arguments).await,
        }
    }

    /// What was booked in this call was booked by whoever is on the line.
    async fn of_this_call(&self, line: &Line, call: &Call) -> Result<Vec<Booking>, Stop> {
        let mut found = Vec::new();
        for asked in call.asked() {
            let page = self.page(line, asked.page).await?;
            found.extend(page.aggregate.booking(asked.booking).filter(|booking| is_ahead(booking, line.now)).cloned());
        }
        Ok(found)
    }

    async fn shown_to_be_theirs(&self, line: &Line, evidence: &Evidence) -> Result<Vec<Booking>, Stop> {
        let mut found = Vec::new();
        for number in evidence.numbers() {
            found.extend(self.by_number(line, number).await?);
        }
        if let Some(start) = evidence.start {
            let page = self.page(line, line.day_of(start)).await?;
            let then = page.aggregate.bookings().filter(|booking| booking.slot.start == start);
            found.extend(then.cloned().map(|booking| (booking, None)));
        }
        let theirs = |(booking, number): &(Booking, Option<String>)| {
            let contact = booking.request.private.known();
            let phone = contact.and_then(|contact| contact.phone.as_deref()).or(number.as_deref());
            let record =
                OnRecord { name: contact.map(|contact| contact.name.as_str()), phone, start: booking.slot.start };
            is_ahead(booking, line.now) && may_be_told(evidence, &record)
        };
        Ok(found.into_iter().filter(theirs).map(|(booking, _)| booking).collect())
    }

    /// What lies ahead of whoever has the number, with it.
    async fn by_number(&self, line: &Line, number: &str) -> Result<Vec<(Booking, Option<String>)>, Stop> {
        let (rows, scope) = (&*self.app.store.rows, Scope::Company(&line.company));
        let paging = Paging { after: None, limit: LOOKED_AT };
        let mut found = Vec::new();
        for customer in customers::list(rows, scope, Some(number), paging).await?.items {
            let span = Span { since: Some(line.now), until: None };
            let filter = AppointmentFilter { customer: Some(customer.customer), span, ..AppointmentFilter::default() };
            for row in appointments::list(rows, scope, &filter, paging).await?.items {
                let page = self.page(line, row.page).await?;
                found.extend(page.aggregate.booking(row.booking).cloned().map(|it| (it, Some(number.to_owned()))));
            }
        }
        Ok(found)
    }

    /// A guess in vain is counted, once however often the same one is sent.
    async fn withhold(&self, line: &Line, call: &CallId, arguments: &Arguments) -> Result<Vec<Booking>, Stop> {
        let (known, _) = self.recorded(line, call).await?;
        let chain = line.chain(call);
        chain.saw(known.newest());
        let guess = format!("{:?}", (&arguments.name, &arguments.phone, &arguments.date, &arguments.time));
        let guess = self.app.index.fingerprint(&line.company, "guess", &guess);
        let cause = Cause { command: derived(&["withhold", call.as_str(), &guess]), ..chain.next() };
        let stream = line.call_stream(call);
        match self.app.journal.execute::<Call>(&stream, Some(&line.company), cause, call::Command::Withhold).await {
            Ok(_) | Err(ExecuteError::Rejected(_)) => {}
            Err(ExecuteError::Failed(error)) => return Err(error.into()),
        }
        Err(Answer::no("no_appointment", line.says(&Sentence::NoAppointment)).then("ask_again_or_call_back").into())
    }

    /// A booking wherever it stands now.
    pub(super) async fn booking_of(&self, line: &Line, call: &CallId, id: BookingId) -> Result<Option<Booking>, Stop> {
        let known = self.app.journal.load::<Call>(&line.call_stream(call)).await?;
        let asked = known.aggregate.asked_for(id).map(|asked| asked.page);
        let listed = appointments::find(&*self.app.store.rows, Scope::Company(&line.company), id).await?;
        let pages: Vec<Date> = listed.map(|it| it.page).into_iter().chain(asked).collect();
        for day in pages {
            let page = self.page(line, day).await?;
            if let Some(here) = page.aggregate.booking(id).filter(|booking| booking.standing != Standing::Moved) {
                return Ok(Some(here.clone()));
            }
        }
        Ok(None)
    }
}

fn is_ahead(booking: &Booking, now: Timestamp) -> bool {
    booking.standing.is_live() && booking.slot.start >= now
}

/// What the caller shows, as far as it could be read.
fn evidence(line: &Line, arguments: &Arguments) -> Result<Evidence, Stop> {
    if arguments.said_phone.is_some() && arguments.phone.is_none() {
        return Err(Answer::no("phone_unreadable", line.says(&Sentence::AskNumberAgain)).then("ask_phone").into());
    }
    let start = match when_of(line, arguments) {
        When::At(start) => Some(start),
        When::Ask { reason, sentence } => return Err(Answer::no(reason, sentence).then("ask_date_and_time").into()),
        When::Within(_) | When::Unsaid => None,
    };
    Ok(Evidence {
        calling_number: line.caller(),
        said_number: arguments.phone.clone(),
        name: arguments.name.clone(),
        start,
    })
}
