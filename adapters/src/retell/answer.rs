//! What an answer of Retell's means. Its words decide where its status does not: 422 is an unknown id as well as a published
//! version that was to be changed, 404 an unknown id as well as a route that is gone. None of its words go any further.

use super::ask::Ask;
use http::StatusCode;
use ringbuch_domain::ports::VoiceAgentsFailure;
use serde::Deserialize;

/// The one shape of an error.
#[derive(Deserialize)]
struct Problem {
    message: String,
}

/// The body of an answer that is none of the refusals.
pub(super) fn decide(ask: &Ask<'_>, status: StatusCode, body: Vec<u8>) -> Result<Vec<u8>, VoiceAgentsFailure> {
    if status.is_success() {
        return Ok(body);
    }
    let problem: Option<Problem> = serde_json::from_slice(&body).ok();
    Err(failure(ask, status, problem.as_ref().map(|problem| problem.message.as_str())))
}

fn failure(ask: &Ask<'_>, status: StatusCode, words: Option<&str>) -> VoiceAgentsFailure {
    match (status.as_u16(), words) {
        (401 | 403, _) => VoiceAgentsFailure::NoKey("the provider refuses it".into()),
        (402, _) => refused("payment"),
        (409 | 412, _) => refused("conflict"),
        // Somebody else's page, or a route that is gone, says nothing about the thing.
        (404, Some(words)) if ask.id.is_some() && !no_route(words) => VoiceAgentsFailure::NotFound,
        (400 | 422, Some(words)) if words.contains("published") => refused("published"),
        (422, Some(words)) if ask.id.is_some() && (ask.body.is_none() || unknown(words)) => {
            VoiceAgentsFailure::NotFound
        }
        (400 | 422, Some(_)) => refused("invalid"),
        (status, _) => unavailable(format!("status {status}")),
    }
}

fn no_route(words: &str) -> bool {
    let methods = ["GET", "POST", "PATCH", "DELETE"];
    words == "Not Found" || methods.iter().any(|method| words.starts_with(&format!("Cannot {method} /")))
}

/// Where an id and a body were sent, only the words tell which of them was meant.
fn unknown(words: &str) -> bool {
    words.contains("Cannot find") || words.contains("not found")
}

pub(super) fn refused(reason: &str) -> VoiceAgentsFailure {
    VoiceAgentsFailure::Refused { reason: reason.into() }
}

pub(super) fn unavailable(what: impl Into<String>) -> VoiceAgentsFailure {
    VoiceAgentsFailure::Unavailable(what.into())
}
