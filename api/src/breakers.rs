//! What the breakers in front of the providers do, written down in the streams of the companies that it is about. A request
//! only leaves a note; the notes are written beside it, the newest of each breaker.

use crate::directory::LiveDirectory;
use crate::journal::{ExecuteError, Journal, JournalError};
use ringbuch_adapters::provider::{BreakerWatch, Turn};
use ringbuch_domain::company::{BreakerClosed, BreakerOpened, Command, Company};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::webhook::Provider;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// After trouble below, before trying again.
const PAUSE: Duration = Duration::from_secs(1);

/// Whose connection it is: at the calendar a company's own, at the voice provider that of an account, which may serve many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Company(CompanyId),
    Account(AccountId),
}

#[derive(Debug, Default)]
pub struct BreakerNotes {
    notes: Mutex<BTreeMap<Whose, Turn>>,
    news: Notify,
}

impl BreakerWatch<CompanyId> for BreakerNotes {
    fn turned(&self, whose: &CompanyId, turn: Turn) {
        self.note(Whose::Company(whose.clone()), turn);
    }
}

impl BreakerWatch<AccountId> for BreakerNotes {
    fn turned(&self, whose: &AccountId, turn: Turn) {
        self.note(Whose::Account(whose.clone()), turn);
    }
}

impl BreakerNotes {
    /// Writes down what is noted, until it is told to stop.
    pub async fn run(&self, journal: &Journal, directory: &LiveDirectory, shutdown: CancellationToken) {
        loop {
            let written = self.write_down(journal, directory).await;
            if let Err(error) = &written {
                tracing::warn!(%error, "what a breaker did could not be written down; trying again");
            }
            let wait = async {
                match written {
                    Ok(()) => self.news.notified().await,
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = wait => {}
            }
        }
        if let Err(error) = self.write_down(journal, directory).await {
            tracing::warn!(%error, "what a breaker did last was not written down");
        }
    }

    /// Writes down what is noted now; what could not be written stays noted.
    pub async fn write_down(&self, journal: &Journal, directory: &LiveDirectory) -> Result<(), JournalError> {
        loop {
            let Some((whose, turn)) = self.notes().pop_first() else { return Ok(()) };
            if let Err(error) = tell(journal, directory, &whose, turn).await {
                self.notes().entry(whose).or_insert(turn);
                return Err(error);
            }
        }
    }

    fn note(&self, whose: Whose, turn: Turn) {
        self.notes().insert(whose, turn);
        self.news.notify_one();
    }

    fn notes(&self) -> MutexGuard<'_, BTreeMap<Whose, Turn>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn tell(journal: &Journal, directory: &LiveDirectory, whose: &Whose, turn: Turn) -> Result<(), JournalError> {
    let (provider, companies) = match whose {
        Whose::Company(company) => (Provider::Calcom, vec![company.clone()]),
        Whose::Account(account) => (Provider::Retell, served_by(directory, account)),
    };
    let correlation = Uuid::now_v7();
    for company in companies {
        let (stream, cause) = (StreamId::company(&company), Cause::joining(correlation, Uuid::now_v7()));
        let command = match turn {
            Turn::Opened { until } => Command::NoteBreakerOpened(BreakerOpened { provider, until }),
            Turn::Closed => Command::NoteBreakerClosed(BreakerClosed { provider }),
        };
        match journal.execute::<Company>(&stream, Some(&company), cause, command).await {
            Ok(_) => {}
            Err(ExecuteError::Rejected(rejection)) => tracing::debug!(%company, %rejection, "a breaker of nobody"),
            Err(ExecuteError::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

fn served_by(directory: &LiveDirectory, account: &AccountId) -> Vec<CompanyId> {
    directory.known().companies_of(account).into_iter().map(|company| company.company.clone()).collect()
}
