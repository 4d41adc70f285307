//! What can come of asking the server, sorted by what the asker does about it.

use kurrentdb::Error;
use ringbuch_domain::ports::LogError;
use thiserror::Error as Thrown;

#[derive(Debug, Clone, Thrown)]
pub(super) enum Failure {
    /// The stream does not end where the writer expected it.
    #[error("somebody else was faster")]
    Conflict,
    /// The server will not take it, however often it is asked.
    #[error("the event store refuses it: {0}")]
    Refused(String),
    /// What was asked for does not fit: too large, or no such position.
    #[error("the event store cannot do that: {0}")]
    Unfit(String),
    /// No answer, or none that says what was done. Asking again may help.
    #[error("the event store does not answer: {0}")]
    Lost(String),
}

impl Failure {
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost(_))
    }
}

/// The codes of gRPC for what no second try makes better: `INVALID_ARGUMENT`, and what is too large for a message.
const UNFIT: [i32; 3] = [3, 8, 11];

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::WrongExpectedVersion { .. } => Self::Conflict,
            Error::AccessDenied => Self::Refused(
                "the user of RINGBUCH_EVENT_STORE_URL must be known there and may read $all and write streams".into(),
            ),
            Error::ResourceDeleted => Self::Refused("the stream was deleted there".into()),
            Error::UnsupportedFeature => Self::Refused("it is no KurrentDB, or an old one".into()),
            Error::Grpc { code, message } if UNFIT.contains(&(code as i32)) => Self::Unfit(message),
            Error::Grpc { message, .. } => Self::Lost(message),
            other => Self::Lost(other.to_string()),
        }
    }
}

impl From<Failure> for LogError {
    fn from(failure: Failure) -> Self {
        Self::message(failure.to_string())
    }
}
