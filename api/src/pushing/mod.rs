//! What somebody here changes at a provider: an agent's words, who answers a number, a person's hours. Each push names
//! what its author had before their eyes; where the provider holds something else by now, nothing is sent and both are
//! shown. What the provider has taken becomes an event with who and why.

mod hours;
mod numbers;
mod prompts;
mod webhook;

pub use hours::{HoursThere, NewHours, hours, push_hours};
pub use numbers::{Calls, bind, bind_calls, binding};
pub use prompts::{
    Drafted, PromptThere, VersionThere, diff, draft, prompt, publish, publish_as_read, roll_back, versions,
};
pub use webhook::{listen, send_here};

use crate::app::App;
use crate::journal::{ExecuteError, JournalError, Loaded};
use crate::setup::SetUpError;
use ringbuch_domain::company::{Command, Company};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{CalendarFailure, VoiceAgentsFailure};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::rows::RowsError;
use serde_json::Value;
use std::sync::Arc;
use thiserror::Error;
use uuid::Uuid;

#[derive(Debug, Error)]
pub enum PushError {
    #[error("the company knows no such {0}; a run of `sync` reads what the providers have")]
    Unknown(&'static str),
    /// Somebody changed it at the provider since it was read.
    #[error("it was changed at the provider meanwhile; look at what stands there now and decide again")]
    ChangedMeanwhile { there: Value },
    #[error("{0}")]
    Refused(String),
    /// Nothing was changed: only what reads is broken off.
    #[error("the provider does not answer in time")]
    TooSlow,
    #[error(transparent)]
    Voice(#[from] VoiceAgentsFailure),
    #[error(transparent)]
    Calendar(#[from] CalendarFailure),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
}

/// Who changes something, and why.
#[derive(Debug, Clone)]
pub struct Author {
    pub by: String,
    pub why: String,
}

/// The company that something is changed for.
pub struct Pushing<'a> {
    pub app: &'a App,
    pub company: &'a CompanyId,
}

impl Pushing<'_> {
    async fn set_up(&self) -> Result<Arc<Loaded<Company>>, PushError> {
        Ok(self.app.journal.load::<Company>(&StreamId::company(self.company)).await?)
    }

    async fn account(&self) -> Result<AccountId, PushError> {
        self.set_up().await?.aggregate.account().cloned().ok_or(PushError::Unknown("company"))
    }

    async fn note(&self, command: Command) -> Result<(), PushError> {
        let cause = Cause::first(Uuid::now_v7());
        let stream = StreamId::company(self.company);
        match self.app.journal.execute::<Company>(&stream, Some(self.company), cause, command).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Rejected(rejection)) => Err(PushError::Refused(rejection.to_string())),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}
