//! Time and rest. A story moves the clock and waits until everything that is due then is done; it never sleeps.

use super::TestApp;
use jiff::{SignedDuration, Timestamp};
use ringbuch_api::app::App;
use ringbuch_api::runners::Rest;
use ringbuch_projections::{booking_todo, intake_todo};
use std::time::Duration;
use tokio::sync::watch;

/// Longer than any story needs in real time; whoever waits longer waits for ever.
const REST_WITHIN: Duration = Duration::from_mins(1);

impl TestApp {
    /// Waits until all that is due at the clock's time is done and the read models hold all that the log does.
    pub async fn settle(&self) {
        let rested = tokio::time::timeout(REST_WITHIN, self.come_to_rest()).await.is_ok();
        assert!(rested, "nothing came to rest: {}", self.unrest().await);
    }

    /// Moves the clock and settles.
    pub async fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.settle().await;
    }

    /// Moves the clock to a time and settles.
    pub async fn advance_to(&self, time: &str) {
        self.clock.set(time.parse().unwrap());
        self.settle().await;
    }

    /// Moves the clock from each time at which something falls due to the next, for at most so long.
    pub async fn advance_until_quiet(&self, at_most: SignedDuration) {
        let end = self.clock_now_plus(at_most);
        self.settle().await;
        while let Some(next) = self.next_due().filter(|next| *next <= end) {
            self.clock.set(next);
            self.settle().await;
        }
    }

    /// When the next thing falls due; absent when nothing is left to do.
    pub fn next_due(&self) -> Option<Timestamp> {
        let rests = self.lists().into_iter().filter_map(|list| *list.borrow());
        let next = rests.map(|rest| rest.until).min();
        next.filter(|next| *next < Timestamp::MAX)
    }

    fn clock_now_plus(&self, by: SignedDuration) -> Timestamp {
        self.now().checked_add(by).unwrap()
    }

    /// The to-do lists of all servers.
    fn lists(&self) -> Vec<watch::Receiver<Option<Rest>>> {
        let of_node =
            |app: &App| [app.intake.rest(), app.bookings.rest(), app.holds.rest(), app.alerts.rest(), app.mails.rest()];
        self.running.iter().flat_map(|it| of_node(&it.app)).collect()
    }

    async fn come_to_rest(&self) {
        let log = self.app().journal.log();
        let mut lists = self.lists();
        loop {
            let head = log.head().await.unwrap();
            for running in &self.running {
                let mut progress = running.app.projector.progress();
                progress.wait_for(|progress| *progress >= head).await.unwrap();
                running.app.directory.reload().await.unwrap();
            }
            for list in &mut lists {
                list.wait_for(|rest| self.rests(*rest, head)).await.unwrap();
            }
            let still = lists.iter().all(|list| self.rests(*list.borrow(), head));
            if still && log.head().await.unwrap() == head {
                return;
            }
        }
    }

    fn rests(&self, rest: Option<Rest>, head: u64) -> bool {
        rest.is_some_and(|rest| rest.position >= head && rest.until > self.now())
    }

    /// What is still to be done, for whoever wonders why nothing rests.
    async fn unrest(&self) -> String {
        let app = self.app();
        let rows = &*app.store.rows;
        let shown = |list: &watch::Receiver<Option<Rest>>| format!("{:?}", *list.borrow());
        format!(
            "now {}, log {:?}, rows {}, intake {} {:?}, bookings {} {:?}",
            self.now(),
            app.journal.log().head().await,
            *app.projector.progress().borrow(),
            shown(&app.intake.rest()),
            intake_todo::due(rows, Timestamp::MAX, 20).await,
            shown(&app.bookings.rest()),
            booking_todo::due(rows, Timestamp::MAX, 20).await,
        )
    }
}
