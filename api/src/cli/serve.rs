//! `ringbuch serve`: the server, until a signal ends it.

use super::args::ServeArgs;
use super::{Exit, Failure, Output};
use crate::checkpoints::Schedule;
use crate::clock::SystemClock;
use crate::config::{Config, DatabaseUrl};
use crate::serve::{ServeOptions, serve};
use crate::server::Ended;
use crate::wiring;
use serde_json::json;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub async fn run(args: &ServeArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let master = wiring::master_keys(config)?;
    if !args.no_migrate {
        let applied = wiring::migrate(config, false).await?;
        if !applied.is_empty() {
            tracing::info!(migrations = applied.join(", "), "the database was brought up to date");
        }
    }
    let store = wiring::store(config).await?;
    let _alone = store.lock_for_serving()?;
    let listener = listen(config).await?;
    let address = listener.local_addr()?;
    let checkpoints = match &config.checkpoint_folder {
        Some(folder) => {
            let key = wiring::signing_key(&store, &master).await?;
            Some(Arc::new(Schedule::new(folder.clone(), config.checkpoint_every, key)))
        }
        None => None,
    };
    let app = wiring::start(config, master, store, Arc::new(SystemClock)).await?;
    let oidc = wiring::oidc(config, &app)?;

    let mut signals = Signals::listen()?;
    let (draining, shutdown) = (CancellationToken::new(), CancellationToken::new());
    let options = ServeOptions {
        metrics_token: config.metrics_token.clone(),
        log_folder: config.log.folder.clone(),
        draining: draining.clone(),
        deadline: config.shutdown_deadline,
        reconcile_every: config.reconcile_every,
        sync_every: config.sync_every,
        alerts_every: config.alerts_every,
        erasures_ledger: config.erasures_ledger.clone(),
        checkpoints,
        reach: config.reach.clone(),
        oidc,
    };
    let serving = serve(app, listener, options, shutdown.clone());
    tracing::info!(%address, database = engine(config), "ringbuch is ready");
    if output.is_json() {
        output.value(&json!({"ready": true, "url": format!("http://{address}")}), String::new)?;
    }
    tokio::select! {
        ended = serving => tell(ended),
        () = hurried(&mut signals, config, &draining, &shutdown) => {
            // What was acknowledged is in the log, and the next start takes up what was under way.
            return Err(Failure::new("ended at once, on a second signal"));
        }
    }
    Ok(Exit::Done)
}

/// Starts the drain at the first signal and returns at the second. Whoever types Ctrl-C waits for no proxy.
async fn hurried(signals: &mut Signals, config: &Config, draining: &CancellationToken, shutdown: &CancellationToken) {
    let asked = signals.next().await;
    draining.cancel();
    if asked == Asked::ByMachine && !config.drain_notice.is_zero() {
        let seconds = config.drain_notice.as_secs();
        tracing::info!(seconds, "not ready any more; proxies have this long to notice");
        tokio::select! {
            () = tokio::time::sleep(config.drain_notice) => {}
            _ = signals.next() => return,
        }
    }
    let seconds = config.shutdown_deadline.as_secs();
    tracing::info!(seconds, "draining, for as long as this at most; a second signal ends at once");
    shutdown.cancel();
    signals.next().await;
}

fn tell(ended: Ended) {
    match ended {
        Ended::Drained => tracing::info!("everything that was begun was finished"),
        Ended::Cut(connections) => tracing::warn!(connections, "the deadline came first; connections were cut"),
    }
}

async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let refused = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => "end what listens there, or set RINGBUCH_LISTEN to another address",
            io::ErrorKind::PermissionDenied => "take a port above 1023 in RINGBUCH_LISTEN",
            _ => "set RINGBUCH_LISTEN to an address of this machine",
        };
        Failure::new(format!("nothing can listen on {}: {error}", config.listen)).hint(hint)
    };
    TcpListener::bind(config.listen).await.map_err(refused)
}

fn engine(config: &Config) -> &'static str {
    match config.database {
        DatabaseUrl::Sqlite(_) if config.event_store.is_some() => "SQLite, with the log in a KurrentDB",
        DatabaseUrl::Postgres(_) if config.event_store.is_some() => "PostgreSQL, with the log in a KurrentDB",
        DatabaseUrl::Sqlite(_) => "SQLite",
        DatabaseUrl::Postgres(_) => "PostgreSQL",
    }
}

/// Who asks this process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByMachine,
    ByHand,
}

/// What asks this process to end.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::ByMachine,
            _ = self.interrupt.recv() => Asked::ByHand,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> Asked {
        // Where the console cannot be listened to, nothing but the machine ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Asked::ByHand
    }
}
