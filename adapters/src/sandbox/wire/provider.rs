//! What the server loop asks of a stand-in.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    super::{Faults, Operation},
    Answer, Request, Tally,
};

#[async_trait]
pub(in super::super) trait Provider: Send + Sync + 'static {
    fn faults(&self) -> &Faults;

    fn tally(&self) -> &Tally;

    fn operation(&self, request: &Request) -> Operation;

    /// Carries the operation out. Runs to its end even when the client leaves.
    async fn answer(self: Arc<Self>, request: Request) -> Answer;

    /// The provider's answer to something uncaught.
    fn broken(&self) -> Answer;

    /// The provider's answer to a client over its limit.
    fn throttled(&self, request: &Request) -> Answer;
}
