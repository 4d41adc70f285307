//! The three shapes in which Cal.com reports errors.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::wire::{Answer, Request},
    instants::iso,
};

#[derive(Debug)]
pub(super) enum Problem {
    /// Shape a: the envelope of the exception filters. `details` where they are not the usual ones.
    Enveloped { status: StatusCode, message: String, details: Option<Value> },
    /// Shapes b and c: `{"statusCode", "message"}`, what falls through the filters.
    Bare { status: StatusCode, message: String },
}

impl Problem {
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::UNAUTHORIZED, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::FORBIDDEN, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::CONFLICT, message)
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::enveloped(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(super) fn throttled() -> Self {
        Self::enveloped(StatusCode::TOO_MANY_REQUESTS, "ThrottlerException: Too Many Requests")
    }

    /// Shape b.
    pub(super) fn internal() -> Self {
        Self::bare(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    pub(super) fn bare(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Bare { status, message: message.into() }
    }

    /// What no controller serves, or none under the version asked for.
    pub(super) fn no_route(request: &Request) -> Self {
        Self::not_found(format!("Cannot {} {}", request.method, request.target))
    }

    /// Its status and its sentence, without the shape.
    pub(super) fn words(self) -> (StatusCode, String) {
        match self {
            Self::Enveloped { status, message, .. } | Self::Bare { status, message } => (status, message),
        }
    }

    fn enveloped(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Enveloped { status, message: message.into(), details: None }
    }

    pub(super) fn answer(self, request: &Request, now: Timestamp) -> Answer {
        match self {
            Self::Bare { status, message } => {
                Answer::new(status, json!({"statusCode": status.as_u16(), "message": message}))
            }
            Self::Enveloped { status, message, details } => {
                let reason = status.canonical_reason().unwrap_or_default();
                let usual = || json!({"message": message, "error": reason, "statusCode": status.as_u16()});
                let details = details.unwrap_or_else(usual);
                let error = json!({"code": code(status), "message": message, "details": details});
                let body = json!({"status": "error", "timestamp": iso(now), "path": request.target, "error": error});
                Answer::new(status, body)
            }
        }
    }
}

/// The name of the exception class.
fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "BadRequestException",
        StatusCode::UNAUTHORIZED => "UnauthorizedException",
        StatusCode::FORBIDDEN => "ForbiddenException",
        StatusCode::NOT_FOUND => "NotFoundException",
        StatusCode::CONFLICT => "ConflictException",
        StatusCode::UNPROCESSABLE_ENTITY => "UnprocessableEntityException",
        StatusCode::TOO_MANY_REQUESTS => "ThrottlerException",
        _ => "INTERNAL_SERVER_ERROR",
    }
}
