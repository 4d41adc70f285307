//! Given, when, then: the page of Wednesday, 2 July 2025, in Berlin, seen from the morning before.

mod attempts;
mod cancels;
mod contention;
mod days;
mod followed;
mod foreign;
mod free;
mod holds;
mod imports;
mod moves;
mod outcomes;
mod requests;
mod rules;
mod words;

use super::*;
use crate::ids::{BookingId, StaffId};
use crate::private::Private;
use crate::salon::{ADVICE, MAX, at, branch, call, staff};
use cqrs_es::Aggregate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) const PAGE: Date = date(2025, 7, 2);
pub(crate) const NEXT_PAGE: Date = date(2025, 7, 3);

/// A time of the page's day, in UTC.
pub(crate) fn on(clock: &str) -> Timestamp {
    at(&format!("2025-07-02T{clock}:00Z"))
}

/// Seconds after the moment from which the page is seen.
pub(crate) fn now(seconds: i64) -> Timestamp {
    at("2025-07-01T08:00:00Z") + SignedDuration::from_secs(seconds)
}

fn given(events: &[DiaryEvent]) -> AggregateTestExecutor<Diary> {
    TestFramework::with(()).given(events.to_vec())
}

pub(crate) fn page(events: &[DiaryEvent]) -> Diary {
    let mut page = Diary::default();
    events.iter().cloned().for_each(|event| page.apply(event));
    page
}

pub(crate) fn booking(number: u128) -> BookingId {
    BookingId(Uuid::from_u128(number))
}

pub(crate) fn people(ids: &[&str]) -> Vec<StaffId> {
    ids.iter().map(|id| staff(id)).collect()
}

/// Half an hour without buffers.
pub(crate) fn slot(start: &str) -> Slot {
    let start = on(start);
    Slot { start, end: shifted(start, 30), buffer_before_minutes: 0, buffer_after_minutes: 0 }
}

/// Half an hour of the next day.
pub(crate) fn slot_tomorrow(start: &str) -> Slot {
    let start = at(&format!("2025-07-03T{start}:00Z"));
    Slot { start, end: shifted(start, 30), ..slot("09:00") }
}

/// Everything is allowed, and these could serve it at any time.
pub(crate) fn terms(staff: &[&str]) -> Terms {
    let staff = people(staff).into_iter().map(|staff| StaffDay { staff, windows: None }).collect();
    Terms {
        branch_name: "Mitte".into(),
        branch_active: true,
        offered: true,
        notice_minutes: 0,
        horizon_days: None,
        day_starts: at("2025-07-01T22:00:00Z"),
        day_ends: at("2025-07-02T22:00:00Z"),
        staff,
    }
}

pub(crate) fn contact() -> Contact {
    Contact {
        name: "Max Mustermann".into(),
        email: "max@example.com".into(),
        phone: Some("+491713920042".into()),
        notes: "Via Telefon gebucht".into(),
    }
}

/// A call asks for half an hour.
pub(crate) fn ask(number: u128, start: &str, staff: &[&str]) -> RequestBooking {
    RequestBooking {
        booking: booking(number),
        customer: MAX,
        call: Some(call(&format!("call_{number}"))),
        source: "call".into(),
        branch: branch("mitte"),
        event_type: ADVICE,
        team: None,
        slot: slot(start),
        wanted: None,
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        contact: contact(),
        terms: terms(staff),
        now: now(0),
    }
}

fn request(ask: RequestBooking) -> Command {
    Command::RequestBooking(Box::new(ask))
}

/// What the page says when it says yes to `ask`.
pub(crate) fn requested(number: u128, start: &str, staff: &[&str]) -> BookingRequested {
    let RequestBooking { booking, customer, call, source, branch, event_type, team, slot, zone, language, .. } =
        ask(number, start, staff);
    BookingRequested {
        booking,
        customer,
        call,
        source,
        branch,
        event_type,
        team,
        slot,
        staff: people(staff),
        zone,
        language,
        requested_at: now(0),
        private: Private::Known(contact()),
    }
}

/// The claim of an attempt that starts 100 seconds after the one before and lasts for 15.
fn claim(number: u128, act: Act, attempt: u32) -> Command {
    let started = i64::from(attempt) * 100;
    let (deadline, now) = (now(started + 15), now(started));
    Command::StartAttempt { booking: booking(number), act, deadline, now, looked_up: None }
}

/// The same claim after a look-up that found nothing.
fn claim_after_look_up(number: u128, act: Act, attempt: u32, looked_up: Timestamp) -> Command {
    let Command::StartAttempt { booking, deadline, now, .. } = claim(number, act, attempt) else { unreachable!() };
    Command::StartAttempt { booking, act, deadline, now, looked_up: Some(looked_up) }
}

pub(crate) fn started(number: u128, act: Act, attempt: u32) -> DiaryEvent {
    let deadline = now(i64::from(attempt) * 100 + 15);
    BookingAttemptStarted { booking: booking(number), act, attempt, deadline }.into()
}

pub(crate) fn postponed(number: u128, act: Act, attempt: u32) -> DiaryEvent {
    let next_attempt_at = now(i64::from(attempt) * 100 + 60);
    let reason = "rate_limited".into();
    BookingPostponed { booking: booking(number), act, attempt, reason, next_attempt_at }.into()
}

pub(crate) fn unknown(number: u128, act: Act, attempt: u32) -> DiaryEvent {
    let look_up_at = now(i64::from(attempt) * 100 + 20);
    BookingOutcomeUnknown { booking: booking(number), act, attempt, reason: "http_500".into(), look_up_at }.into()
}

/// The provider's word for what `requested` asks for, by its number there, from attempt and host.
pub(crate) fn word(number: u128, start: &str, provider: i64, attempt: Option<u32>, host: Option<&str>) -> Confirmation {
    let Slot { start, end, .. } = slot(start);
    let name = ProviderRef { uid: format!("uid{provider}"), number: provider };
    let host_number = host.map(|_| 11);
    Confirmation {
        booking: booking(number),
        attempt,
        pending: false,
        provider: name,
        staff: host.map(staff),
        host: host_number,
        start,
        end,
    }
}

pub(crate) fn confirmed(word: Confirmation) -> BookingConfirmed {
    let Confirmation { booking, attempt, provider, staff, host, start, end, .. } = word;
    let number = booking.0.as_u128();
    BookingConfirmed {
        booking,
        customer: MAX,
        call: Some(call(&format!("call_{number}"))),
        branch: branch("mitte"),
        event_type: ADVICE,
        start,
        end,
        staff,
        host,
        attempt,
        moved_from: None,
        private: Private::Known(provider),
    }
}

pub(crate) fn settled(number: u128) -> DiaryEvent {
    BookingSettled { booking: booking(number) }.into()
}

/// A booking that Anna or Ben could serve and that stands with Anna, nothing about it open.
pub(crate) fn standing(number: u128, start: &str) -> Vec<DiaryEvent> {
    vec![
        requested(number, start, &["anna", "ben"]).into(),
        started(number, Act::Book, 1),
        confirmed(word(number, start, 1, Some(1), Some("anna"))).into(),
        settled(number),
    ]
}

/// Several histories, one after the other.
pub(crate) fn after<const N: usize>(histories: [Vec<DiaryEvent>; N]) -> Vec<DiaryEvent> {
    histories.into_iter().flatten().collect()
}
