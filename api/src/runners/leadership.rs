//! Leading among the nodes on one database: some leases, renewed while their holder lives. What somebody else has is asked
//! for again and again, so that it is taken over soon after its holder has died, and at once when he has given it up.

use ringbuch_domain::ports::{LeaseError, Leases};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// From a renewal on. Together with the time between two attempts at what others have, it stays below ten seconds.
const LASTS: Duration = Duration::from_secs(8);
/// Between two questions for what others have.
const EVERY: Duration = Duration::from_secs(1);
/// Between two renewals where everything is held; two may fail before a lease lapses.
const RENEWED_EVERY: Duration = Duration::from_secs(3);

/// Where something is led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nobody has been asked yet.
    Unknown,
    Here {
        fence: u64,
    },
    Elsewhere,
}

pub struct Leadership {
    leases: Arc<dyn Leases>,
    holder: Uuid,
    names: Vec<String>,
    held: watch::Sender<Option<BTreeMap<String, u64>>>,
    until: Mutex<Option<Instant>>,
}

impl Leadership {
    pub fn new(leases: Arc<dyn Leases>, names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        Self { leases, holder: Uuid::new_v4(), names, held: watch::Sender::new(None), until: Mutex::default() }
    }

    /// Asks, if it is time for it.
    pub async fn renew_in_time(&self) -> Result<(), LeaseError> {
        let holds_all = self.held.borrow().as_ref().is_some_and(|held| held.len() == self.names.len());
        let pace = if holds_all { RENEWED_EVERY } else { EVERY };
        let is_due = self.until().is_none_or(|until| Instant::now() + LASTS >= until + pace);
        if is_due { self.renew().await } else { Ok(()) }
    }

    /// Asks for all that is free and renews what is held.
    async fn renew(&self) -> Result<(), LeaseError> {
        // Counted from before the question, so that nobody here believes in a lease for longer than the database does.
        let asked = Instant::now();
        let held = self.leases.hold(&self.names, self.holder, LASTS).await?;
        *self.until() = Some(asked + LASTS);
        self.tell(Some(held.into_iter().map(|lease| (lease.name, lease.fence)).collect()));
        Ok(())
    }

    /// Renews until it is told to stop, and then gives everything up. What could not be renewed in time is not led any
    /// more.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut ticks = interval(EVERY);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return self.release().await,
                _ = ticks.tick() => {}
            }
            match tokio::time::timeout(LASTS, self.renew_in_time()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "leading cannot be renewed; trying again"),
                Err(_) => tracing::warn!("leading cannot be renewed: the database does not answer"),
            }
            if self.has_lapsed() {
                self.tell(None);
            }
        }
    }

    /// Gives everything up, so that another need not wait.
    pub async fn release(&self) {
        *self.until() = None;
        self.tell(None);
        if let Err(error) = self.leases.release(&self.names, self.holder).await {
            tracing::debug!(%error, "leases were not given up; they lapse");
        }
    }

    pub fn place(&self, name: &str) -> Place {
        match &*self.held.borrow() {
            None => Place::Unknown,
            Some(_) if self.has_lapsed() => Place::Unknown,
            Some(held) => held.get(name).map_or(Place::Elsewhere, |&fence| Place::Here { fence }),
        }
    }

    /// The fence of what is led here.
    pub fn fence(&self, name: &str) -> Option<u64> {
        match self.place(name) {
            Place::Here { fence } => Some(fence),
            Place::Elsewhere | Place::Unknown => None,
        }
    }

    /// Wakes when something is led elsewhere than before.
    pub fn changes(&self) -> watch::Receiver<Option<BTreeMap<String, u64>>> {
        self.held.subscribe()
    }

    fn tell(&self, held: Option<BTreeMap<String, u64>>) {
        self.held.send_if_modified(|before| {
            let changed = *before != held;
            *before = held;
            changed
        });
    }

    fn has_lapsed(&self) -> bool {
        self.until().is_none_or(|until| Instant::now() >= until)
    }

    fn until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
