//! A whole installation under test: both stand-ins on loopback, Ringbuch over HTTP on a database of its own, and one clock
//! for all of them, which stands still until it is moved. Only time-outs of provider requests run in real time.

mod business;
mod calendar;
mod caller;
mod closing;
mod desk;
mod mailbox;
mod post;
mod prepared;
mod records;
mod rest;
mod running;

pub use business::{Business, NEIGHBOUR, Sketch};
pub use calendar::Told;
pub use caller::{Caller, Said};
pub use mailbox::{Mailbox, PASSWORD, USER};
pub use post::signed;
pub use prepared::Prepared;
pub use running::until;

use crate::contract::database::Database;
use jiff::Timestamp;
use ringbuch_adapters::mail::{Security, SmtpSettings};
use ringbuch_adapters::sandbox::{Calcom, Retell, Sandbox};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::Store;
use ringbuch_api::app::App;
use ringbuch_api::clock::SteppedClock;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_domain::ports::Clock;
use running::Running;
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

/// What a story may want otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub now: &'static str,
    /// How long an answer of a provider is waited for, in real time; short only where a story orders that none comes.
    pub answers_within: Duration,
    /// The limit of our requests to Cal.com; its minute passes with the story's clock.
    pub calcom_per_minute: u32,
    /// The server runs on threads of its own, so that it can be killed.
    pub mortal: bool,
    /// The port of a mail server on this machine.
    pub mail_port: Option<u16>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            now: "2025-06-30T08:00:00Z",
            answers_within: Duration::from_secs(20),
            calcom_per_minute: 100_000,
            mortal: false,
            mail_port: None,
        }
    }
}

impl Setting {
    /// For stories in which a provider does not answer.
    pub fn impatient() -> Self {
        Self { answers_within: Duration::from_secs(2), ..Self::default() }
    }

    pub fn at(now: &'static str) -> Self {
        Self { now, ..Self::default() }
    }
}

pub struct TestApp {
    pub clock: Arc<SteppedClock>,
    /// The business that most stories are about.
    pub salon: Business,
    sandbox: Sandbox,
    master_key: SecretString,
    providers: ProviderSettings,
    mortal: bool,
    /// Usually one; each is a node.
    running: Vec<Running>,
    requests: AtomicUsize,
    callers: AtomicU32,
    // Last, so that everything that uses it has gone before it goes.
    database: Database,
}

impl TestApp {
    pub async fn start(database: Database) -> Self {
        Self::with(database, Setting::default()).await
    }

    pub async fn with(database: Database, setting: Setting) -> Self {
        let clock = Arc::new(SteppedClock::at(setting.now.parse().unwrap()));
        let Prepared { sandbox, master_key, salon } = Prepared::on(&database, Arc::<SteppedClock>::clone(&clock)).await;
        let providers = ProviderSettings {
            allow_loopback: true,
            calcom_per_minute: setting.calcom_per_minute,
            write_timeout: setting.answers_within,
            read_timeout: setting.answers_within,
            turn_timeout: Duration::from_secs(1),
            smtp: setting.mail_port.map(mail_server),
            ..ProviderSettings::default()
        };
        let mut app = Self {
            clock,
            salon,
            sandbox,
            master_key,
            providers,
            mortal: setting.mortal,
            running: Vec::new(),
            requests: AtomicUsize::new(0),
            callers: AtomicU32::new(0),
            database,
        };
        app.join_another_server().await;
        app
    }

    /// Another business, of an account of its own.
    pub async fn open(&self, sketch: &Sketch) -> Business {
        let business = Business::open(self.app(), &self.sandbox, sketch).await;
        self.settle().await;
        business
    }

    /// Ends the server in an orderly way and starts another on the same database.
    pub async fn restart(&mut self) {
        self.restart_after(async |_| {}).await;
    }

    /// As `restart`, with something done to the database while no server runs.
    pub async fn restart_after(&mut self, meanwhile: impl AsyncFnOnce(&Store)) {
        self.stop().await;
        let store = self.database.store().await;
        meanwhile(&store).await;
        store.close().await;
        self.join_another_server().await;
    }

    /// Ends the server, and starts another on a database that holds something else, with something done there before.
    pub async fn move_to_database(&mut self, database: Database, before: impl AsyncFnOnce(&App)) {
        self.stop().await;
        self.database = database;
        let app = self.another_process().await;
        before(&app).await;
        app.store.close().await;
        self.join_another_server().await;
    }

    pub fn master_keys(&self) -> MasterKeys {
        MasterKeys::parse(&self.master_key).unwrap()
    }

    /// Starts a server on the database, beside those that run. Requests go to all of them in turn.
    pub async fn join_another_server(&mut self) {
        let server = if self.mortal {
            let (url, clock) = (self.database.url.clone(), Arc::<SteppedClock>::clone(&self.clock));
            Running::serve_apart(url, self.master_key.clone(), clock, self.providers.clone()).await
        } else {
            Running::serve(self.another_process().await).await
        };
        self.running.push(server);
    }

    /// Every server dies, at whatever it is.
    pub async fn kill(&self) {
        for running in &self.running {
            running.kill().await;
        }
    }

    /// Starts a server after all have died, once it would lead in their place.
    pub async fn revive(&mut self) {
        self.running.clear();
        self.database.stranger().await.run("UPDATE leases SET until = 0").await.unwrap();
        self.join_another_server().await;
    }

    /// What a command on the same database works with; nothing of it runs.
    pub async fn another_process(&self) -> App {
        let clock = Arc::<SteppedClock>::clone(&self.clock);
        running::start(&self.database, &self.master_key, clock, self.providers.clone()).await
    }

    pub fn app(&self) -> &App {
        &self.running.first().expect("a server runs").app
    }

    /// What runs on each server.
    pub fn nodes(&self) -> impl Iterator<Item = &App> {
        self.running.iter().map(|running| &running.app)
    }

    /// Where the stand-in for Cal.com listens.
    pub fn calcom_url(&self) -> String {
        self.sandbox.calcom_url()
    }

    /// The server whose turn it is to be asked.
    fn server(&self) -> &Running {
        let turn = self.requests.fetch_add(1, Ordering::Relaxed);
        &self.running[turn % self.running.len()]
    }

    /// Where a server listens.
    /// Where the first server's log is read from.
    pub fn log_folder(&self) -> &std::path::Path {
        self.running.first().expect("a server runs").logs.path()
    }

    pub fn url(&self) -> &str {
        &self.server().url
    }

    async fn stop(&mut self) {
        for running in self.running.drain(..) {
            running.stop().await;
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn calcom(&self) -> Calcom {
        self.sandbox.calcom()
    }

    pub fn retell(&self) -> Retell {
        self.sandbox.retell()
    }

    pub fn database(&self) -> &Database {
        &self.database
    }
}

fn mail_server(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        login: Some((USER.into(), SecretString::from(PASSWORD))),
        from: "Ringbuch <termine@example.com>".into(),
        timeout: Duration::from_secs(20),
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let finished = self.running.is_empty();
        assert!(finished || std::thread::panicking(), "a story ends with finish(), which checks what it leaves behind");
    }
}
