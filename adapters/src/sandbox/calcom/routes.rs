//! Which request goes where, and what all answers share: the limit per key, the key, the version, the request id.

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;
use jiff::Timestamp;

use super::{
    super::{
        Faults, Operation,
        wire::{Answer, Provider, Request, Tally, Verdict},
    },
    access::{Call, caller},
    amend, create, event_types, legacy, list_bookings, people,
    problem::Problem,
    reschedule, reservations, schedules, slots,
    state::Front,
    v1,
    versions::{self, LEGACY},
    webhooks,
};

fn operation(request: &Request) -> Operation {
    match (request.method.clone(), request.segments().as_slice()) {
        (Method::POST, ["v2", "bookings"]) => Operation::CreateBooking,
        (Method::GET, ["v2", "bookings"]) => Operation::ListBookings,
        (Method::GET, ["v2", "bookings", _]) => Operation::GetBooking,
        (Method::POST, ["v2", "bookings", _, act]) => match *act {
            "cancel" => Operation::CancelBooking,
            "reschedule" => Operation::RescheduleBooking,
            "confirm" => Operation::ConfirmBooking,
            "decline" => Operation::DeclineBooking,
            "mark-absent" => Operation::MarkAbsent,
            _ => Operation::Unknown,
        },
        (Method::GET, ["v2", "slots"]) => Operation::ListSlots,
        (Method::POST, ["v2", "slots", "reservations"]) => Operation::ReserveSlot,
        (Method::GET, ["v2", "slots", "reservations", _]) => Operation::GetReservation,
        (Method::DELETE, ["v2", "slots", "reservations", _]) => Operation::DropReservation,
        (Method::GET, ["v2", "event-types"]) => Operation::ListEventTypes,
        (Method::GET, ["v2", "event-types", _]) => Operation::GetEventType,
        (Method::GET, ["v2", "me"]) => Operation::GetMe,
        (Method::GET, ["v2", "teams"]) => Operation::ListTeams,
        (Method::GET, ["v2", "teams", _]) => Operation::GetTeam,
        (Method::GET, ["v2", "teams", _, what]) => match *what {
            "bookings" => Operation::ListTeamBookings,
            "event-types" => Operation::ListTeamEventTypes,
            "memberships" => Operation::ListMemberships,
            "schedules" => Operation::ListTeamSchedules,
            _ => Operation::Unknown,
        },
        (Method::GET, ["v2", "schedules"]) => Operation::ListSchedules,
        (Method::GET, ["v2", "schedules", "default"]) => Operation::GetDefaultSchedule,
        (Method::GET, ["v2", "schedules", _]) => Operation::GetSchedule,
        (Method::PATCH, ["v2", "schedules", _]) => Operation::UpdateSchedule,
        (Method::GET, ["v2", "webhooks"] | ["v2", "teams", _, "event-types", _, "webhooks"]) => Operation::ListWebhooks,
        (Method::POST, ["v2", "webhooks"] | ["v2", "teams", _, "event-types", _, "webhooks"]) => {
            Operation::CreateWebhook
        }
        (Method::PATCH, ["v2", "webhooks", _] | ["v2", "teams", _, "event-types", _, "webhooks", _]) => {
            Operation::UpdateWebhook
        }
        (method, ["v1", path @ ..]) => v1::operation(&method, path).unwrap_or(Operation::Unknown),
        _ => Operation::Unknown,
    }
}

#[async_trait]
impl Provider for Front {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn tally(&self) -> &Tally {
        &self.tally
    }

    fn operation(&self, request: &Request) -> Operation {
        operation(request)
    }

    async fn answer(self: Arc<Self>, request: Request) -> Answer {
        let now = self.now();
        if request.segment(0) == "v1" {
            return v1::answer(&self, &request, now).await;
        }
        let (limit, verdict) = self.admit(&request, now);
        let answer = match verdict {
            Verdict::Refused { .. } => Problem::throttled().answer(&request, now),
            Verdict::Allowed { .. } => {
                self.route(&request, now).await.unwrap_or_else(|error| error.answer(&request, now))
            }
        };
        self.signed(with_limit(answer, limit, &verdict))
    }

    fn broken(&self) -> Answer {
        // The target is not shown in this shape.
        self.signed(Answer::new(
            http::StatusCode::INTERNAL_SERVER_ERROR,
            serde_json::json!({"statusCode": 500, "message": "Internal server error"}),
        ))
    }

    fn throttled(&self, request: &Request) -> Answer {
        if request.segment(0) == "v1" {
            return v1::throttled(self.now());
        }
        let limit = self.settings().limit;
        let answer = Problem::throttled().answer(request, self.now());
        let reset_seconds = i64::try_from(limit.block.as_secs()).unwrap_or(i64::MAX);
        self.signed(with_limit(answer, limit.requests, &Verdict::Refused { reset_seconds }))
    }
}

impl Front {
    fn admit(&self, request: &Request, now: Timestamp) -> (u32, Verdict) {
        let limit = self.settings().limit;
        let verdict = self.state().limiter.admit(request.bearer().unwrap_or("anonymous"), limit, now);
        (limit.requests, verdict)
    }

    fn signed(&self, answer: Answer) -> Answer {
        answer.with("X-Request-Id", self.state().dice.uuid().to_string())
    }

    async fn route(&self, request: &Request, now: Timestamp) -> Result<Answer, Problem> {
        let operation = operation(request);
        let version = versions::resolve(operation, request.header("cal-api-version"));
        let version = version.ok_or_else(|| Problem::no_route(request))?;
        let caller = caller(request, &self.state().directory)?;
        let call = Call { request, operation, version, now, caller };
        match operation {
            Operation::CreateBooking if version != LEGACY => create::create(self, &call).await,
            Operation::RescheduleBooking => reschedule::reschedule(self, &call).await,
            Operation::ReserveSlot => reservations::reserve(self, &call).await,
            _ => self.at_once(&call),
        }
    }

    /// Everything that checks and acts under one lock.
    fn at_once(&self, call: &Call<'_>) -> Result<Answer, Problem> {
        let mut state = self.state();
        match call.operation {
            Operation::CreateBooking | Operation::ListBookings | Operation::GetBooking | Operation::CancelBooking
                if call.version == LEGACY =>
            {
                legacy::answer(&state, call)
            }
            Operation::ListBookings => list_bookings::list(&state, call),
            Operation::ListTeamBookings => list_bookings::list_of_team(&state, call),
            Operation::GetBooking => list_bookings::get(&state, call),
            Operation::CancelBooking => amend::cancel(&mut state, call),
            Operation::ConfirmBooking => amend::confirm(&mut state, call),
            Operation::DeclineBooking => amend::decline(&mut state, call),
            Operation::MarkAbsent => amend::mark_absent(&mut state, call),
            Operation::ListSlots => slots::list(&state, call),
            Operation::GetReservation => Ok(reservations::get(&state, call)),
            Operation::DropReservation => reservations::remove(&mut state, call),
            Operation::ListEventTypes => event_types::list(&state.directory, call),
            Operation::GetEventType => event_types::get(&state.directory, call),
            Operation::ListTeamEventTypes => event_types::list_of_team(&state.directory, call),
            Operation::GetMe => people::me(&state.directory, call),
            Operation::ListTeams => people::teams(&state.directory, call),
            Operation::GetTeam => people::team(&state.directory, call),
            Operation::ListMemberships => people::memberships(&state.directory, call),
            Operation::ListSchedules => schedules::list(&state.directory, call),
            Operation::GetDefaultSchedule => schedules::default(&state.directory, call),
            Operation::GetSchedule => schedules::get(&state.directory, call),
            Operation::UpdateSchedule => schedules::update(&mut state.directory, call),
            Operation::ListTeamSchedules => schedules::list_of_team(&state.directory, call),
            Operation::ListWebhooks => webhooks::list(&state, call),
            Operation::CreateWebhook => webhooks::create(&mut state, call),
            Operation::UpdateWebhook => webhooks::update(&mut state, call),
            _ => Err(Problem::no_route(call.request)),
        }
    }
}

/// The names carry the limiter's own name, and the reset is in seconds to go.
fn with_limit(answer: Answer, limit: u32, verdict: &Verdict) -> Answer {
    let (remaining, reset) = match verdict {
        Verdict::Allowed { remaining, reset_seconds } => (*remaining, *reset_seconds),
        Verdict::Refused { reset_seconds } => (0, *reset_seconds),
    };
    answer
        .with("X-RateLimit-Limit-Default", limit.to_string())
        .with("X-RateLimit-Remaining-Default", remaining.to_string())
        .with("X-RateLimit-Reset-Default", reset.to_string())
}
