//! Booking, moving and cancelling by hand: the book is asked first, then the calendar, and what came of it is told.

use super::{find, instant, told};
use crate::appointments::{AppointmentError, Appointments, NewAppointment};
use crate::cli::args::AppointmentBook;
use crate::cli::desk::{BY, Desk};
use crate::cli::when::When;
use crate::cli::{Exit, Failure};
use jiff::Timestamp;
use ringbuch_domain::booking::later;
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_projections::appointments::{Appointment, AppointmentStatus};
use uuid::Uuid;

pub async fn book(desk: &Desk<'_>, args: AppointmentBook) -> Result<Exit, Failure> {
    let company = desk.company().await?;
    let AppointmentBook { branch, service, staff, start, name, phone, email, notes } = args;
    let new = NewAppointment {
        booking: BookingId(Uuid::now_v7()),
        branch,
        service,
        staff,
        start: instant(desk, company, start)?,
        name,
        phone,
        email,
        notes,
        source: BY.into(),
    };
    let id = new.booking;
    of(desk, company).book(new).await.map_err(refused)?;
    let stands = pursue(desk, company, id).await?;
    conclude(desk, &stands, &booked(desk, &stands))
}

pub async fn move_to(desk: &Desk<'_>, id: BookingId, to: When) -> Result<Exit, Failure> {
    let company = find(desk, id).await?.company;
    let start = instant(desk, &company, to)?;
    of(desk, &company).move_to(id, start).await.map_err(refused)?;
    let stands = pursue(desk, &company, id).await?;
    conclude(desk, &stands, &moved(desk, &stands, start))
}

pub async fn cancel(desk: &Desk<'_>, id: BookingId, reason: Option<String>) -> Result<Exit, Failure> {
    let company = find(desk, id).await?.company;
    of(desk, &company).cancel(id, reason).await.map_err(refused)?;
    let stands = pursue(desk, &company, id).await?;
    conclude(desk, &stands, &cancelled(desk, &stands))
}

fn of<'d>(desk: &'d Desk<'_>, company: &CompanyId) -> Appointments<'d> {
    Appointments::new(&desk.app, company.clone(), BY)
}

fn refused(error: AppointmentError) -> Failure {
    match error {
        AppointmentError::Refused(rejection) => Failure::new(format!("refused: {rejection}")),
        AppointmentError::SetUp(rejection) => Failure::new(format!("refused: {rejection}")),
        other => Failure::new(other.to_string()),
    }
}

/// Asks the calendar right away. A server beside us may have been faster; then its answer is waited for.
async fn pursue(desk: &Desk<'_>, company: &CompanyId, id: BookingId) -> Result<Appointment, Failure> {
    let patience = desk.app.booking_errands.patience;
    let until = later(desk.now(), patience.attempt);
    loop {
        let asked = of(desk, company).pursue(id).await;
        asked.map_err(|error| Failure::new(format!("the calendar could not be asked: {error:#}")))?;
        let stands = find(desk, id).await?;
        if !is_open(&stands) || desk.now() >= until {
            return Ok(stands);
        }
        let seen = *desk.app.projector.progress().borrow();
        desk.app.journal.log().wait_for_news(seen).await?;
    }
}

/// Somebody asks the calendar at this moment.
fn is_open(it: &Appointment) -> bool {
    let wanted = it.status == AppointmentStatus::Requested || it.under_way.is_some();
    wanted && it.next_attempt_at.is_none()
}

/// What came of it: a sentence, and whether that is a refusal.
struct Word {
    sentence: String,
    refused: bool,
}

fn said(sentence: impl Into<String>) -> Word {
    Word { sentence: sentence.into(), refused: false }
}

fn no(sentence: impl Into<String>) -> Word {
    Word { sentence: sentence.into(), refused: true }
}

fn booked(desk: &Desk<'_>, it: &Appointment) -> Word {
    match it.status {
        AppointmentStatus::Confirmed => said("confirmed"),
        AppointmentStatus::Pending => said("pending: the calendar's host has still to agree"),
        AppointmentStatus::Failed => {
            no(format!("refused: the calendar said no ({})", it.reason.as_deref().unwrap_or("without a reason")))
        }
        _ => said(again(desk, it)),
    }
}

fn moved(desk: &Desk<'_>, it: &Appointment, wanted: Timestamp) -> Word {
    match it.under_way {
        Some(_) => said(again(desk, it)),
        None if it.start_at == wanted => said("moved"),
        None => no(format!("refused: it stays where it was ({})", it.last_trouble.as_deref().unwrap_or("no reason"))),
    }
}

fn cancelled(desk: &Desk<'_>, it: &Appointment) -> Word {
    match it.status {
        AppointmentStatus::Cancelled => said("cancelled"),
        AppointmentStatus::Failed => said("it had come to nothing before, so there is nothing to cancel"),
        _ => said(again(desk, it)),
    }
}

/// It is not done, and it is not over.
fn again(desk: &Desk<'_>, it: &Appointment) -> String {
    let trouble = it.last_trouble.as_deref().map(|trouble| format!(" ({trouble})")).unwrap_or_default();
    let local = desk.local(Some(&it.company));
    match it.next_attempt_at {
        Some(next) if it.in_doubt => {
            format!("nobody knows yet what came of it{trouble}; it is looked up at {}", local.exact(next))
        }
        Some(next) => format!("not done yet{trouble}; a running server tries again at {}", local.exact(next)),
        None => "on its way; a running server sees it through".into(),
    }
}

fn conclude(desk: &Desk<'_>, it: &Appointment, word: &Word) -> Result<Exit, Failure> {
    if word.refused && !desk.output.is_json() {
        return Err(Failure::new(word.sentence.clone()));
    }
    desk.output.value(it, || format!("{}\n\n{}", word.sentence, told(desk, it)))?;
    Ok(if word.refused { Exit::Failed } else { Exit::Done })
}
