//! Requests that are sent one behind the other without waiting for answers in between, so that a transaction costs a
//! round trip or two and not one for each statement.

use futures_util::poll;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

/// A request on its way. The client hands it to its connection when it is polled for the first time.
pub(super) enum Sent<F: Future> {
    Waiting(Pin<Box<F>>),
    Answered(F::Output),
}

impl<F: Future> Sent<F> {
    pub async fn send(request: F) -> Self {
        let mut request = Box::pin(request);
        match poll!(request.as_mut()) {
            Poll::Ready(answer) => Self::Answered(answer),
            Poll::Pending => Self::Waiting(request),
        }
    }

    pub async fn answer(self) -> F::Output {
        match self {
            Self::Waiting(request) => request.await,
            Self::Answered(answer) => answer,
        }
    }
}
