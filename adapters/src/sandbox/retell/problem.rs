//! Retell's one error shape.

use http::StatusCode;
use serde_json::json;

use super::super::wire::Answer;

#[derive(Debug)]
pub(super) struct Problem(StatusCode, String);

impl Problem {
    pub(super) fn bad_request() -> Self {
        Self(StatusCode::BAD_REQUEST, "Invalid request format, please check API reference.".into())
    }

    pub(super) fn unauthorized() -> Self {
        Self(StatusCode::UNAUTHORIZED, "API key is missing or invalid.".into())
    }

    /// An unknown id is unprocessable, not missing.
    pub(super) fn unknown() -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, "Cannot find requested asset under given api key.".into())
    }

    /// As the live service says it; its reference does not.
    pub(super) fn published_agent() -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, "Cannot update published agent other than version title".into())
    }

    /// As the live service says it of an LLM and of a flow, with another status than of an agent.
    pub(super) fn published_engine(engine: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("Cannot update published {engine}"))
    }

    pub(super) fn throttled() -> Self {
        Self(StatusCode::TOO_MANY_REQUESTS, "Account rate limited, please throttle your requests.".into())
    }

    pub(super) fn internal() -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, "An unexpected server error occurred.".into())
    }

    pub(super) fn no_route(method: &http::Method, target: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("Cannot {method} {target}"))
    }

    pub(super) fn answer(self) -> Answer {
        Answer::new(self.0, json!({"status": "error", "message": self.1}))
    }
}
