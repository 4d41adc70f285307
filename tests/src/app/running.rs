//! The server as it runs: started on a database, reachable over HTTP, and ended in an orderly way or not.

use crate::contract::database::Database;
use reqwest::Client;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::{Options, Store};
use ringbuch_api::app::{App, Parts};
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::server::Ended;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::ports::Clock;
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct Running {
    pub app: App,
    pub url: String,
    pub client: Client,
    /// The folder of its log; a story writes there what it wants to read.
    pub logs: TempDir,
    shutdown: CancellationToken,
    server: JoinHandle<Ended>,
    /// The threads on which it runs where it has its own, so that it can be killed.
    threads: Mutex<Option<Runtime>>,
}

/// Opened and up to date; nothing runs yet.
pub async fn start(
    database: &Database,
    master_key: &SecretString,
    clock: Arc<dyn Clock>,
    providers: ProviderSettings,
) -> App {
    start_on(database.store().await, master_key, clock, providers).await
}

async fn start_on(store: Store, master_key: &SecretString, clock: Arc<dyn Clock>, providers: ProviderSettings) -> App {
    let patience = Patience { attempt: providers.claim(), ..Patience::default() };
    let master = Arc::new(MasterKeys::parse(master_key).unwrap());
    App::start(Parts { store, master, clock, patience, providers }).await.unwrap()
}

impl Running {
    pub async fn serve(app: App) -> Self {
        app.catch_up().await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let logs = tempfile::tempdir().unwrap();
        let log_folder = Some(logs.path().to_owned());
        let options = ServeOptions { log_folder, ..ServeOptions::plain(Duration::from_secs(20)) };
        let server = tokio::spawn(serve(app.clone(), listener, options, shutdown.clone()));
        let client = Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        Self { app, url, client, logs, shutdown, server, threads: Mutex::new(None) }
    }

    /// Serves on threads of its own.
    pub async fn serve_apart(
        url: String,
        master_key: SecretString,
        clock: Arc<dyn Clock>,
        providers: ProviderSettings,
    ) -> Self {
        let threads = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let starting = threads.spawn(async move {
            let store = Store::open(&url, Options::default()).await.unwrap();
            Self::serve(start_on(store, &master_key, clock, providers).await).await
        });
        Self { threads: Mutex::new(Some(threads)), ..starting.await.unwrap() }
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        assert_eq!(self.server.await.unwrap(), Ended::Drained);
        let threads = self.threads.lock().unwrap().take();
        threads.into_iter().for_each(Runtime::shutdown_background);
    }

    /// Ends all that it does wherever that stands, as a process does that is killed. Only a commit that the database is at
    /// work on comes to its end.
    pub async fn kill(&self) {
        let threads = self.threads.lock().unwrap().take().expect("it runs on threads of its own");
        let killed = tokio::task::spawn_blocking(move || threads.shutdown_timeout(Duration::from_secs(10)));
        killed.await.unwrap();
    }
}

/// Waits for something that another task brings about and that nobody announces.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap_or_else(|_| panic!("{what} never came"));
}
