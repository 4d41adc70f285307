//! The connection that appends, with its statements prepared.

use super::append::{Appending, Attempt, Outcomes};
use super::columns::Arg;
use super::connect::{Endpoint, Role};
use super::failure::Failure;
use super::pipeline::Sent;
use tokio_postgres::{Client, Statement};

/// Whoever listens on this channel is told the newest position.
pub(super) const CHANNEL: &str = "ringbuch_log";
/// The server writes a commit record for it, and the next append would wait behind the flush of that.
const TELL: &str = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('ringbuch_log', $1)";

pub(super) struct Session {
    client: Client,
    appending: Appending,
    tell: Statement,
}

impl Session {
    pub async fn open(endpoint: &Endpoint) -> Result<Self, Failure> {
        let client = endpoint.connect(Role::Writer).await?;
        let appending = Appending::prepare(&client).await?;
        let tell = client.prepare(TELL).await?;
        Ok(Self { client, appending, tell })
    }

    pub fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    pub async fn store(&mut self, attempt: &mut Attempt<'_>) -> Result<(Outcomes, u64), Failure> {
        self.appending.store(&self.client, attempt).await
    }

    /// Ends a transaction that failed. False if the connection is of no use any more.
    pub async fn roll_back(&self) -> bool {
        self.client.batch_execute("ROLLBACK").await.is_ok()
    }

    /// Tells other nodes how far the log goes, without waiting for it: in the transaction it would hold up whoever waits
    /// for the commit, and whoever misses it looks for himself soon.
    pub async fn tell(&self, head: u64) {
        let news = head.to_string();
        let news: [Arg<'_>; 1] = [&news];
        drop(Sent::send(self.client.query(&self.tell, &news)).await);
    }
}
