//! `ringbuch appointments`: appointments, looked at and changed by hand.

mod change;

use super::args::AppointmentsAction;
use super::desk::{Desk, first};
use super::output::{card, or_dash};
use super::public_event;
use super::when::When;
use super::{Exit, Failure};
use crate::http::v1::ShownEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::Paging;
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter};
use ringbuch_projections::page::Span;
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: AppointmentsAction) -> Result<Exit, Failure> {
    match action {
        AppointmentsAction::List { from, to, branch, status, length } => {
            let status = status.map(|status| status.parse()).transpose();
            let status = status.map_err(|unknown| Failure::usage(format!("{unknown}")))?;
            let span = Span { since: time(desk, from).await?, until: time(desk, to).await? };
            list(desk, AppointmentFilter { branch, status, span, ..AppointmentFilter::default() }, length.limit)
                .await?;
            Ok(Exit::Done)
        }
        AppointmentsAction::Show { id } => show(desk, id).await,
        AppointmentsAction::Book(book) => change::book(desk, book).await,
        AppointmentsAction::Move { id, to } => change::move_to(desk, id, to).await,
        AppointmentsAction::Cancel { id, reason } => change::cancel(desk, id, reason).await,
    }
}

/// A local time is one of the company that is named.
async fn time(desk: &Desk<'_>, when: Option<When>) -> Result<Option<Timestamp>, Failure> {
    match when {
        None => Ok(None),
        Some(When::Exact(time)) => Ok(Some(time)),
        Some(local) => instant(desk, desk.company().await?, local).map(Some),
    }
}

fn instant(desk: &Desk<'_>, company: &CompanyId, when: When) -> Result<Timestamp, Failure> {
    when.in_zone(desk.local(Some(company)).zone()).map_err(Failure::usage)
}

async fn list(desk: &Desk<'_>, filter: AppointmentFilter, limit: u32) -> Result<(), Failure> {
    let page = async |paging: Paging| appointments::list(desk.rows(), desk.scope(), &filter, paging).await;
    let found = first(limit, page).await?;
    desk.output.list(&found, &COLUMNS, |appointment| row(desk, appointment))
}

pub const COLUMNS: [&str; 8] = ["Company", "Id", "Start", "Branch", "Service", "Staff", "Name", "Status"];

pub fn row(desk: &Desk<'_>, it: &Appointment) -> Vec<String> {
    vec![
        it.company.to_string(),
        it.booking.to_string(),
        desk.local(Some(&it.company)).show(it.start_at),
        it.branch.to_string(),
        it.event_type.to_string(),
        or_dash(it.staff.as_ref()),
        or_dash(it.name.as_deref()),
        status(desk, it),
    ]
}

/// Where it stands, and what is under way.
fn status(desk: &Desk<'_>, it: &Appointment) -> String {
    let under_way = it.under_way.as_deref().map(|act| format!(", {act} under way")).unwrap_or_default();
    let reason = it.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let next = it.next_attempt_at.map(|next| format!(", again {}", desk.local(Some(&it.company)).exact(next)));
    format!("{}{reason}{under_way}{}", it.status, next.unwrap_or_default())
}

async fn find(desk: &Desk<'_>, id: BookingId) -> Result<Appointment, Failure> {
    let unknown =
        || Failure::new(format!("there is no appointment {id}")).hint("`ringbuch appointments list` shows the latest");
    appointments::find(desk.rows(), desk.scope(), id).await?.ok_or_else(unknown)
}

/// An appointment with what happened to it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    appointment: Appointment,
    history: Vec<ShownEvent>,
}

async fn show(desk: &Desk<'_>, id: BookingId) -> Result<Exit, Failure> {
    let appointment = find(desk, id).await?;
    let history = history(desk, &appointment).await?;
    let shown = Shown { appointment, history };
    desk.output.value(&shown, || {
        let local = desk.local(Some(&shown.appointment.company));
        format!("{}\n\n{}", told(desk, &shown.appointment), public_event::history(&shown.history, &local))
    })?;
    Ok(Exit::Done)
}

fn told(desk: &Desk<'_>, it: &Appointment) -> String {
    let local = desk.local(Some(&it.company));
    card([
        ("Appointment", Some(it.booking.to_string())),
        ("Company", Some(it.company.to_string())),
        ("Branch", Some(it.branch.to_string())),
        ("Status", Some(status(desk, it))),
        ("Start", Some(local.show(it.start_at))),
        ("End", Some(local.show(it.end_at))),
        ("Service", Some(it.event_type.to_string())),
        ("Staff", it.staff.as_ref().map(ToString::to_string)),
        ("Name", it.name.clone()),
        ("Phone", it.phone.clone()),
        ("E-mail", it.email.clone()),
        ("Notes", it.notes.clone()),
        ("Call", it.call.as_ref().map(ToString::to_string)),
        ("Last trouble", it.last_trouble.clone()),
        ("Cancelled by", it.cancelled_by.clone()),
        ("Because", it.cancel_reason.clone()),
    ])
}

/// What the pages of the book say of it, from the first on which it stood.
async fn history(desk: &Desk<'_>, it: &Appointment) -> Result<Vec<ShownEvent>, Failure> {
    let mut events: Vec<ShownEvent> = Vec::new();
    let (mut page, mut seen) = (Some(it.page), Vec::new());
    while let Some(day) = page.filter(|day| !seen.contains(day)) {
        seen.push(day);
        let there = on_page(desk, &it.company, day, it.booking).await?;
        page = there.iter().find_map(|event| event.data.get("moved_from")?.as_str()?.parse::<Date>().ok());
        events.extend(there);
    }
    events.sort_by_key(|event| event.position);
    Ok(events)
}

async fn on_page(
    desk: &Desk<'_>,
    company: &CompanyId,
    day: Date,
    booking: BookingId,
) -> Result<Vec<ShownEvent>, Failure> {
    let page = desk.app.journal.log().read_stream(&StreamId::diary(company, day), 0).await?;
    let id = serde_json::json!(booking);
    let about = |event: &ShownEvent| event.data.get("booking") == Some(&id);
    Ok(page.into_iter().map(ShownEvent::from).filter(about).collect())
}
