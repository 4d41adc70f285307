//! The client to the server, made anew when it is lost: the library's own gives up for good once a server cannot be
//! reached, and stays with a node of a cluster that is gone.

use super::failure::Failure;
use kurrentdb::{Client, ClientSettings};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(super) struct Connection {
    settings: ClientSettings,
    /// With the number of times that it was made.
    current: Mutex<(u64, Client)>,
}

impl Connection {
    pub fn new(settings: ClientSettings) -> Result<Self, String> {
        // The program installs this provider when it starts; here it only serves whoever uses a store on its own. The
        // library would choose another.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new(settings.clone()).map_err(|error| error.to_string())?;
        Ok(Self { settings, current: Mutex::new((0, client)) })
    }

    /// Asks the server, for as long as patience lasts. Whether what was asked has been done is not known after `Lost`.
    pub async fn ask<T, F>(&self, patience: Duration, call: impl FnOnce(Client) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (made, client) = self.current();
        let answer = tokio::time::timeout(patience, call(client)).await;
        let outcome = answer.unwrap_or_else(|_| Err(Failure::Lost("it took too long".into())));
        if outcome.as_ref().is_err_and(Failure::is_lost) {
            self.renew(made);
        }
        outcome
    }

    fn current(&self) -> (u64, Client) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a new client, unless somebody else has done so since.
    fn renew(&self, lost: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != lost {
            return;
        }
        match Client::new(self.settings.clone()) {
            Ok(client) => *current = (lost + 1, client),
            Err(error) => tracing::warn!(%error, "a new connection to the event store could not be prepared"),
        }
    }
}
