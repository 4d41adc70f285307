//! The way to what the operator runs: a collector of traces and a provider of identities usually stand in the same private
//! network. Their addresses come from the settings of the process alone, which nobody can change through the program, so no
//! address is refused.

use super::{NoClient, SendFault, body_of, plain};
use bytes::Bytes;
use http::{Request, Response};
use reqwest::Client;
use std::time::Duration;

/// Longer than any answer that is read.
const ANSWER_MAX: usize = 1024 * 1024;

#[derive(Debug, Clone)]
pub struct ToOperator(Client);

impl ToOperator {
    pub fn new() -> Result<Self, NoClient> {
        plain().build().map(Self).map_err(NoClient)
    }

    /// Sends it once, within that time in all.
    pub async fn send(&self, request: Request<Bytes>, total: Duration) -> Result<Response<Bytes>, SendFault> {
        let mut request = reqwest::Request::try_from(request)?;
        *request.timeout_mut() = Some(total);
        let answer = self.0.execute(request).await?;
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = answer.headers().clone();
        *whole.body_mut() = body_of(answer, ANSWER_MAX).await?.into();
        Ok(whole)
    }
}
