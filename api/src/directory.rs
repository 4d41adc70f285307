//! Who is who, in memory: reloaded when the read model of it changes, and asked of the log itself for what is newer.

use crate::journal::Journal;
use arc_swap::ArcSwap;
use ringbuch_domain::account::{Account, SignatureForm};
use ringbuch_domain::company::Company;
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use ringbuch_domain::number::Number;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::{Directory, Route};
use ringbuch_projections::rows::{ReadModels, RowsError};
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub struct LiveDirectory {
    journal: Arc<Journal>,
    rows: Arc<dyn ReadModels>,
    known: ArcSwap<Directory>,
}

impl LiveDirectory {
    pub fn new(journal: Arc<Journal>, rows: Arc<dyn ReadModels>) -> Self {
        Self { journal, rows, known: ArcSwap::default() }
    }

    pub async fn reload(&self) -> Result<(), RowsError> {
        self.known.store(Arc::new(Directory::load(&*self.rows).await?));
        Ok(())
    }

    /// Reloads whenever the read model has changed, until it is told to stop.
    pub async fn follow(self: Arc<Self>, mut changed: watch::Receiver<u64>, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                news = changed.changed() => if news.is_err() { return },
            }
            if let Err(error) = self.reload().await {
                tracing::warn!(%error, "the directory could not be reloaded; what was known goes on");
            }
        }
    }

    pub fn known(&self) -> Arc<Directory> {
        self.known.load_full()
    }

    /// The account that serves a company, and how it signs.
    pub async fn account_of(&self, company: &CompanyId) -> Option<(AccountId, SignatureForm)> {
        let known = self.known.load();
        if let Some(company) = known.company(company) {
            return known.account(&company.account).map(|account| (account.account.clone(), account.signature));
        }
        let company = self.journal.load::<Company>(&StreamId::company(company)).await.ok()?;
        let account = company.aggregate.account()?.clone();
        let opened = self.journal.load::<Account>(&StreamId::account(&account)).await.ok()?;
        Some((account, opened.aggregate.opened.as_ref()?.signature))
    }

    /// The account behind a number of a business, E.164.
    pub async fn account_of_number(&self, number: &str) -> Option<(AccountId, SignatureForm)> {
        if let Some(route) = self.known.load().by_number(number) {
            return self.signing(&route);
        }
        let assigned = self.journal.load::<Number>(&StreamId::number(number)).await.ok()?;
        self.account_of(&assigned.aggregate.assigned.as_ref()?.company).await
    }

    /// The account behind an agent; nothing where several accounts know it.
    pub fn account_of_agent(&self, agent: &str) -> Option<(AccountId, SignatureForm)> {
        let routes = self.known.load().by_agent(agent);
        let first = routes.first()?;
        routes.iter().all(|route| route.account == first.account).then(|| self.signing(first))?
    }

    /// Where an agent answers, within one account.
    pub fn places_of_agent(&self, agent: &str, account: &AccountId) -> Vec<(CompanyId, BranchId)> {
        let routes = self.known.load().by_agent(agent).into_iter();
        routes.filter(|route| route.account == *account).map(|route| (route.company, route.branch)).collect()
    }

    fn signing(&self, route: &Route) -> Option<(AccountId, SignatureForm)> {
        self.known.load().account(&route.account).map(|account| (route.account.clone(), account.signature))
    }
}
