//! Refusals in the words of version 1: `message` or `error`, and nothing around it.

use http::{Method, StatusCode};
use serde_json::json;

use super::super::{
    super::{Operation, wire::Answer},
    problem::Problem,
};

pub(super) struct Refusal {
    status: StatusCode,
    field: &'static str,
    text: String,
}

/// What the checks say that both versions share, as it reads here.
const WORDS: [(&str, StatusCode, &str); 8] = [
    ("already has booking at this time", StatusCode::BAD_REQUEST, "no_available_users_found_error"),
    ("can't be booked at the \"start\" time", StatusCode::BAD_REQUEST, "booking_time_out_of_bounds_error"),
    ("in the past", StatusCode::BAD_REQUEST, "booking_time_out_of_bounds_error"),
    ("Event type with id", StatusCode::NOT_FOUND, "event_type_not_found_error"),
    ("Event Type not found", StatusCode::NOT_FOUND, "event_type_not_found_error"),
    ("because it has been", StatusCode::FORBIDDEN, "cancelled_bookings_cannot_be_rescheduled"),
    ("booking_conflict_error", StatusCode::CONFLICT, "booking_conflict"),
    ("error_required_field", StatusCode::BAD_REQUEST, "custom in 'responses': {email}error_required_field"),
];

impl Refusal {
    pub(super) fn said(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, field: "message", text: text.into() }
    }

    pub(super) fn short(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, field: "error", text: text.into() }
    }

    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::said(StatusCode::BAD_REQUEST, text)
    }

    pub(super) fn not_allowed() -> Self {
        Self::short(StatusCode::FORBIDDEN, "You are not authorized to perform this request.")
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Self::said(StatusCode::NOT_FOUND, text)
    }

    /// A path that nothing is at takes no method.
    pub(super) fn wrong_method(operations: &[(Method, Operation)]) -> Self {
        if operations.is_empty() {
            return Self::not_found("Not Found");
        }
        let allowed: Vec<_> = operations.iter().map(|(method, _)| method.as_str()).collect();
        let text = format!("Method Not Allowed (Allow: {})", allowed.join(","));
        Self::said(StatusCode::METHOD_NOT_ALLOWED, text)
    }

    pub(super) fn answer(self) -> Answer {
        Answer::new(self.status, json!({self.field: self.text}))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let (status, text) = problem.words();
        let known = WORDS.iter().find(|(part, ..)| text.contains(part));
        known.map_or_else(|| Self::said(status, text.clone()), |(_, status, words)| Self::said(*status, *words))
    }
}
