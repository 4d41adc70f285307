//! One request to Retell and its answer: the account's settings, the time limit, and patience where Retell asks to wait.

use super::answer::{decide, told_wait, unavailable};
use super::ask::{Ask, RouteClass};
use super::settings::{AccountSettings, RetellOptions};
use crate::outbound::{Outbound, SendFault, body_of};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{Clock, VoiceAgentsFailure};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Instrument, field};

/// A page of 1,000 calls with everything but their transcripts stays far below this; so does one whole call.
const BODY_MAX: usize = 64 * 1024 * 1024;
/// How often one request is sent when Retell keeps asking to wait.
const TRIES: u32 = 4;

/// What all accounts share.
pub(super) struct Exchange {
    outbound: Outbound,
    accounts: Arc<dyn AccountSettings>,
    clock: Arc<dyn Clock>,
    options: RetellOptions,
}

enum Said {
    Answer(Vec<u8>),
    /// Asked too often, and so not done; how long to wait, if it was told.
    Wait(Option<Duration>),
}

impl Exchange {
    pub(super) fn new(
        outbound: Outbound,
        accounts: Arc<dyn AccountSettings>,
        clock: Arc<dyn Clock>,
        options: RetellOptions,
    ) -> Self {
        Self { outbound, accounts, clock, options }
    }

    /// Asks until it is answered otherwise than "too often", within bounds; gives the body.
    pub(super) async fn ask(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let operation = ask.operation;
        let span = tracing::info_span!("provider", provider = "retell", operation, %account, outcome = field::Empty);
        let asked = self.ask_patiently(account, ask).instrument(span.clone()).await;
        span.record("outcome", outcome(&asked));
        span.in_scope(|| match &asked {
            Err(failure) if *failure != VoiceAgentsFailure::NotFound => tracing::warn!(%failure, "Retell failed"),
            _ => tracing::debug!("Retell answered"),
        });
        asked
    }

    /// As `ask`, with the body read; `what` names it where it cannot be read.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        account: &AccountId,
        ask: &Ask<'_>,
        what: &str,
    ) -> Result<T, VoiceAgentsFailure> {
        let body = self.ask(account, ask).await?;
        serde_json::from_slice(&body).map_err(|_| unavailable(format!("{what} cannot be read")))
    }

    async fn ask_patiently(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let patience = self.after(self.options.wait_at_most);
        let mut unless_told = self.options.wait_unless_told;
        for left in (0..TRIES).rev() {
            let told = match self.send(account, ask).await? {
                Said::Answer(body) => return Ok(body),
                Said::Wait(told) => told,
            };
            let until = self.after(told.unwrap_or(unless_told));
            if left == 0 || until > patience {
                break;
            }
            self.clock.sleep_until(until).await;
            unless_told *= 2;
        }
        Err(unavailable("it is asked too often"))
    }

    /// The one place where a request leaves for Retell.
    async fn send(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Said, VoiceAgentsFailure> {
        let request = self.request(account, ask).await?;
        let response = request.send().await.map_err(|error| unsent(error.into()))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Ok(Said::Wait(told_wait(response.headers())));
        }
        let body = body_of(response, BODY_MAX).await.map_err(unsent)?;
        decide(ask, status, body).map(Said::Answer)
    }

    async fn request(&self, account: &AccountId, ask: &Ask<'_>) -> Result<RequestBuilder, VoiceAgentsFailure> {
        let settings = self.accounts.retell(account).await;
        let settings = settings.ok_or_else(|| VoiceAgentsFailure::NoKey("none is set".into()))?;
        let request = self.outbound.request(ask.method.clone(), &settings.base_url, &ask.segments());
        let request = request
            .map_err(|refused| unavailable(refused.to_string()))?
            .bearer_auth(settings.api_key.expose_secret())
            .query(&ask.query)
            .timeout(match ask.class {
                RouteClass::Lists => self.options.list_total,
                RouteClass::Others => self.options.get_total,
            });
        Ok(match &ask.body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    fn after(&self, wait: Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX)
    }
}

fn unsent(fault: SendFault) -> VoiceAgentsFailure {
    unavailable(match fault {
        SendFault::AddressRefused => "its address is not public",
        SendFault::Unwritable => "the key holds characters that no header can carry",
        SendFault::NotConnected => "no connection",
        SendFault::TimedOut => "it did not answer in time",
        SendFault::Cut => "the connection ended before the answer",
        SendFault::TooLarge => "the answer is too large",
    })
}

fn outcome(asked: &Result<Vec<u8>, VoiceAgentsFailure>) -> &'static str {
    match asked {
        Ok(_) => "ok",
        Err(VoiceAgentsFailure::NotFound) => "not_found",
        Err(VoiceAgentsFailure::NoKey(_)) => "key_refused",
        Err(VoiceAgentsFailure::Unavailable(_)) => "unavailable",
        Err(VoiceAgentsFailure::Refused { .. } | VoiceAgentsFailure::NoPrompt) => "refused",
    }
}
