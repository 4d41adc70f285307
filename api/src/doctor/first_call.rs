//! The first real call, followed while it happens: what has arrived, what was made of it, and where it stopped.

mod hearing;
mod rejections;

use crate::app::App;
use hearing::Hearing;
use rejections::Rejections;
use ringbuch_adapters::key_store::KeyStoreError;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::LogError;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;
use thiserror::Error;
use tokio::time::{Instant, timeout};

/// Events read at once.
const BATCH: usize = 200;
/// Requests that proved nothing are no events; they are asked for this often.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Debug, Error)]
pub enum FollowError {
    #[error("the event log cannot be read: {0}")]
    Log(#[from] LogError),
    #[error("what was turned away cannot be read: {0}")]
    Counters(#[from] KeyStoreError),
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "FirstCallStep")]
pub struct Step {
    pub time: jiff::Timestamp,
    /// The event's kind, or `rejected:` and why, or `nothing`.
    pub step: String,
    pub told: String,
    pub advice: Option<String>,
}

impl Step {
    fn new(time: jiff::Timestamp, step: &str, told: impl Into<String>) -> Self {
        Self { time, step: step.to_owned(), told: told.into(), advice: None }
    }

    fn advising(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Cal.com has the appointment.
    Booked,
    /// A call came, and no appointment of it.
    Stopped,
    /// No call came.
    Nothing,
}

/// Follows the first call that comes from now on, of one company or of any, for as long as is waited for it, and hands on
/// each step as it happens.
pub async fn follow(
    app: &App,
    company: Option<&CompanyId>,
    wait: Duration,
    mut tell: impl FnMut(&Step),
) -> Result<Ending, FollowError> {
    let mut hearing = Hearing::new(&app.directory.known(), company);
    let mut rejections = Rejections::begin(app, company).await?;
    let (log, until) = (app.journal.log(), Instant::now() + wait);
    let (mut position, mut heard) = (log.head().await?, Instant::now());
    loop {
        for event in log.read_all(position, BATCH).await? {
            position = event.position;
            if let Some(step) = hearing.hear(&event) {
                heard = Instant::now();
                tell(&step);
            }
        }
        rejections.look(app).await?.iter().for_each(&mut tell);
        if let Some(ending) = hearing.ending() {
            return Ok(ending);
        }
        if hearing.silence().is_some_and(|patience| heard.elapsed() >= patience) {
            tell(&Hearing::nothing_asked(app.clock.now()));
            return Ok(Ending::Stopped);
        }
        if Instant::now() >= until {
            tell(&hearing.out_of_time(app.clock.now()));
            return Ok(if hearing.has_begun() { Ending::Stopped } else { Ending::Nothing });
        }
        // Whether there is news or not, the next round looks.
        if let Ok(news) = timeout(LOOK, log.wait_for_news(position)).await {
            news?;
        }
    }
}
