//! The door: whose delivery may it be, is it proven to be theirs, is it stored. Nothing else happens here.

use super::filing::{Filed, Label, Proven, Sketch, file};
use crate::directory::LiveDirectory;
use crate::http::Peer;
use crate::http::intake::{Intake, IntakeAnswer};
use crate::journal::Journal;
use crate::metrics::{Metrics, RejectReason, WebhookOutcome};
use crate::runners::Rush;
use crate::tally::Tally;
use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use ringbuch_adapters::retell::signature::{self, SignatureFault, WhichKey};
use ringbuch_adapters::sealing::{IndexKey, Secrets, account_owner};
use ringbuch_domain::account::SignatureForm;
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::phone;
use ringbuch_domain::webhook::{Provider, Verdict};
use std::sync::Arc;

/// The name of the secret that signs.
pub const RETELL_KEY: &str = "retell_api_key";

/// Headers that are kept beside a body; none of them proves anything or names a person.
const KEPT_HEADERS: [&str; 5] = ["content-type", "user-agent", "traceparent", "x-request-id", "x-cal-webhook-version"];

pub(super) fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &&str| Some(((*name).to_owned(), headers.get(*name)?.to_str().ok()?.to_owned()));
    KEPT_HEADERS.iter().filter_map(value).collect()
}

pub struct Door {
    pub journal: Arc<Journal>,
    pub directory: Arc<LiveDirectory>,
    pub secrets: Arc<Secrets>,
    pub index: IndexKey,
    pub tally: Arc<Tally>,
    pub metrics: Metrics,
    pub rush: Rush,
}

/// Whose key must prove a delivery.
pub(super) struct Claim {
    pub(super) account: AccountId,
    form: SignatureForm,
    pub(super) company: Option<CompanyId>,
}

#[async_trait]
impl Intake for Door {
    async fn retell(
        &self,
        company: Option<&str>,
        headers: &HeaderMap,
        body: Bytes,
        _peer: Option<Peer>,
    ) -> IntakeAnswer {
        let _here = self.rush.enter();
        let sketch = Sketch::of(&body);
        let claim = match company {
            Some(named) => self.claim_of_company(named).await,
            None => self.claim_of_hint(&sketch).await,
        };
        let claim = match claim {
            Ok(claim) => claim,
            Err(reason) => return self.reject("", reason),
        };
        let verdict = match self.prove(&claim, headers, &body).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(reason)) => return self.reject(claim.account.as_str(), reason),
            Err(unavailable) => return unavailable,
        };
        let Claim { account, company, .. } = claim;
        let Ok(delivery) = self.index.delivery(Provider::Retell.as_str(), &account, &body) else {
            return IntakeAnswer::Unavailable;
        };
        let proven = Proven {
            delivery,
            provider: Provider::Retell,
            account,
            company,
            verdict,
            headers: kept(headers),
            body: &body,
            label: sketch.label(),
        };
        self.store(proven).await
    }

    async fn calcom(&self, company: &str, headers: &HeaderMap, body: Bytes, _peer: Option<Peer>) -> IntakeAnswer {
        let _here = self.rush.enter();
        self.of_calendar(company, headers, &body).await
    }

    async fn turned_away(&self, reason: RejectReason, _peer: Option<Peer>) {
        self.tally.count(&format!("rejected:{}", reason.as_str()), "");
    }
}

impl Door {
    pub(super) async fn claim_of_company(&self, named: &str) -> Result<Claim, RejectReason> {
        let id = CompanyId::new(named).map_err(|_| RejectReason::CompanyUnknown)?;
        let (account, form) = self.directory.account_of(&id).await.ok_or(RejectReason::CompanyUnknown)?;
        Ok(Claim { account, form, company: Some(id) })
    }

    /// The called number or the agent says whose it may be.
    pub(super) async fn claim_of_hint(&self, sketch: &Sketch) -> Result<Claim, RejectReason> {
        let number = sketch.our_number().and_then(phone::normalise);
        let by_number = match number {
            Some(number) => self.directory.account_of_number(&number).await,
            None => None,
        };
        let by_agent = || sketch.agent().and_then(|agent| self.directory.account_of_agent(agent));
        let (account, form) = by_number.or_else(by_agent).ok_or(RejectReason::NoHint)?;
        Ok(Claim { account, form, company: None })
    }

    pub(super) async fn prove(
        &self,
        claim: &Claim,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Result<Verdict, RejectReason>, IntakeAnswer> {
        let keys = self.secrets.get(&account_owner(&claim.account), RETELL_KEY).await.map_err(|error| {
            tracing::error!(account = %claim.account, %error, "an account's key cannot be had");
            IntakeAnswer::Unavailable
        })?;
        if keys.is_empty() {
            return Ok(Err(RejectReason::NoKey));
        }
        let now = self.journal.clock().now();
        Ok(match signature::verify(body, headers, &keys, claim.form, now) {
            Ok(WhichKey::Current) => Ok(Verdict::CurrentKey),
            Ok(WhichKey::Previous) => Ok(Verdict::PreviousKey),
            Err(SignatureFault::Missing) => Err(RejectReason::SignatureMissing),
            Err(SignatureFault::Malformed) => Err(RejectReason::SignatureUnreadable),
            Err(SignatureFault::Stale) => Err(RejectReason::SignatureStale),
            Err(SignatureFault::Future) => Err(RejectReason::SignatureEarly),
            Err(SignatureFault::Wrong) => Err(RejectReason::SignatureWrong),
        })
    }

    pub(super) async fn store(&self, proven: Proven<'_>) -> IntakeAnswer {
        let (provider, account, Label { event, call, .. }) =
            (proven.provider, proven.account.clone(), proven.label.clone());
        tracing::Span::current().record("call", call.as_deref());
        match file(&self.journal, proven).await {
            Ok(Filed::New) => self.metrics.webhook(provider, &event, WebhookOutcome::Received),
            Ok(Filed::Repeated) => {
                self.tally.count(&format!("duplicate:{}", provider.as_str()), account.as_str());
                self.metrics.webhook(provider, &event, WebhookOutcome::Duplicate);
            }
            Err(error) => {
                tracing::error!(%error, "a proven delivery could not be stored; the sender will repeat it");
                return IntakeAnswer::Unavailable;
            }
        }
        IntakeAnswer::Accepted
    }

    pub(super) fn reject(&self, scope: &str, reason: RejectReason) -> IntakeAnswer {
        self.tally.count(&format!("rejected:{}", reason.as_str()), scope);
        IntakeAnswer::Rejected(reason)
    }
}
