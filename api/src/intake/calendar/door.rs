//! The calendar's door: the path names the company, whose secret must have signed the raw body. What is proven is stored,
//! and nothing else happens here.

use crate::http::intake::IntakeAnswer;
use crate::intake::door::{Door, kept};
use crate::intake::filing::{CalendarSketch, Proven};
use crate::metrics::RejectReason;
use crate::providers::CALCOM_WEBHOOK_SECRET;
use http::HeaderMap;
use ringbuch_adapters::calcom::signature::{self, SignatureFault};
use ringbuch_adapters::sealing::{IndexKey, company_owner};
use ringbuch_domain::ids::{AccountId, CompanyId, DeliveryId, UnusableId};
use ringbuch_domain::webhook::{Provider, Verdict};

/// Two companies may share a calendar, and what it tells both of them is the same to the byte.
pub fn delivery_of(
    index: &IndexKey,
    account: &AccountId,
    company: &CompanyId,
    body: &[u8],
) -> Result<DeliveryId, UnusableId> {
    index.delivery(&format!("{}/{company}", Provider::Calcom.as_str()), account, body)
}

impl Door {
    pub(in crate::intake) async fn of_calendar(&self, named: &str, headers: &HeaderMap, body: &[u8]) -> IntakeAnswer {
        let Ok(company) = CompanyId::new(named) else { return self.reject("", RejectReason::CompanyUnknown) };
        let Some((account, _)) = self.directory.account_of(&company).await else {
            return self.reject("", RejectReason::CompanyUnknown);
        };
        let verdict = match self.prove_calendar(&company, headers, body).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(reason)) => return self.reject(company.as_str(), reason),
            Err(unavailable) => return unavailable,
        };
        let Ok(delivery) = delivery_of(&self.index, &account, &company, body) else {
            return IntakeAnswer::Unavailable;
        };
        let proven = Proven {
            delivery,
            provider: Provider::Calcom,
            account,
            company: Some(company),
            verdict,
            headers: kept(headers),
            body,
            label: CalendarSketch::of(body).label(),
        };
        self.store(proven).await
    }

    async fn prove_calendar(
        &self,
        company: &CompanyId,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Result<Verdict, RejectReason>, IntakeAnswer> {
        let secrets = self.secrets.get(&company_owner(company), CALCOM_WEBHOOK_SECRET).await.map_err(|error| {
            tracing::error!(%company, %error, "the secret of a company's calendar cannot be had");
            IntakeAnswer::Unavailable
        })?;
        if secrets.is_empty() {
            return Ok(Err(RejectReason::NoKey));
        }
        Ok(signature::verify(body, headers, &secrets).map_err(|fault| match fault {
            SignatureFault::Missing => RejectReason::SignatureMissing,
            SignatureFault::NoSecretThere => RejectReason::NoSecretThere,
            SignatureFault::Malformed => RejectReason::SignatureUnreadable,
            SignatureFault::Wrong => RejectReason::SignatureWrong,
        }))
    }
}
