//! The same proof for requests that are answered at once and stored nowhere: what an agent asks in mid-call, and calls
//! that are ringing.

use super::door::Door;
use super::filing::Sketch;
use crate::http::intake::IntakeAnswer;
use http::HeaderMap;
use ringbuch_domain::ids::{AccountId, CompanyId};

/// Whose request it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub account: AccountId,
    /// Named by the address, and served by that account.
    pub company: Option<CompanyId>,
}

impl Door {
    /// Proves a request on its raw bytes. What proves nothing is counted, and told by its reason alone.
    pub async fn proven(&self, company: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Proof, IntakeAnswer> {
        let claim = match company {
            Some(named) => self.claim_of_company(named).await,
            None => self.claim_of_hint(&Sketch::of(body)).await,
        };
        let claim = claim.map_err(|reason| self.reject("", reason))?;
        match self.prove(&claim, headers, body).await? {
            Ok(_) => Ok(Proof { account: claim.account, company: claim.company }),
            Err(reason) => Err(self.reject(claim.account.as_str(), reason)),
        }
    }
}
