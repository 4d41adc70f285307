//! A server at work: requests on one side, runners on the other, and an orderly end for both.

use crate::alerts;
use crate::app::App;
use crate::checkpoints::Schedule;
use crate::dashboard;
use crate::desk::Desk;
use crate::gauges;
use crate::http::auth::Gate;
use crate::http::{
    Front, Routes, UNBUFFERED, functions, health, home, inbound, intake as intake_routes, metrics as metrics_routes,
    openapi, problems, v1,
};
use crate::intake::Door;
use crate::keys::KeysByHash;
use crate::logs::LogFiles;
use crate::mcp::{Mcp, Reach};
use crate::oidc::Oidc;
use crate::pace;
use crate::privacy;
use crate::ready::Ready;
use crate::reconcile;
use crate::server::{Ended, Server};
use crate::sync;
use crate::users::Users;
use ringbuch_domain::ports::Clock;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::Layer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::compression::{Compression, CompressionLayer};

#[derive(Debug, Clone)]
pub struct ServeOptions {
    pub metrics_token: Option<SecretString>,
    /// The folder that the log is written into, if it is written into files.
    pub log_folder: Option<PathBuf>,
    /// Not ready any more from then on, though everything is answered until the server is told to stop.
    pub draining: CancellationToken,
    /// How long requests and errands in flight may take at the end.
    pub deadline: Duration,
    pub reconcile_every: Option<Duration>,
    /// How often the set-up is compared with the providers.
    pub sync_every: Option<Duration>,
    /// How often the alert rules are looked at.
    pub alerts_every: Option<Duration>,
    /// Where the records of erasures are written as well.
    pub erasures_ledger: Option<PathBuf>,
    /// Signed statements of where the log stands.
    pub checkpoints: Option<Arc<Schedule>>,
    /// Under which addresses clients of the Model Context Protocol come, beside this machine's own names.
    pub reach: Reach,
    /// Who vouches for people, beside their passwords.
    pub oidc: Option<Arc<Oidc>>,
}

impl ServeOptions {
    /// A server that does nothing by itself but what its lists ask for.
    pub fn plain(deadline: Duration) -> Self {
        Self {
            metrics_token: None,
            log_folder: None,
            draining: CancellationToken::new(),
            deadline,
            reconcile_every: None,
            sync_every: None,
            alerts_every: None,
            erasures_ledger: None,
            checkpoints: None,
            reach: Reach::default(),
            oidc: None,
        }
    }
}

/// Everything that answers requests.
pub fn routes(app: &App, options: &ServeOptions, draining: &CancellationToken) -> Routes {
    routes_with_tools(app, options, draining).0
}

/// The same with the servers of tools, which have something to write down while they serve.
fn routes_with_tools(app: &App, options: &ServeOptions, draining: &CancellationToken) -> (Routes, Arc<Mcp>) {
    let door = Door {
        journal: Arc::clone(&app.journal),
        directory: Arc::clone(&app.directory),
        secrets: Arc::clone(&app.secrets),
        index: app.index.clone(),
        tally: Arc::clone(&app.tally),
        metrics: app.metrics.clone(),
        rush: app.rush.clone(),
    };
    let clock: Arc<dyn Clock> = Arc::clone(&app.clock);
    let users = Users::new(app).with_oidc(options.oidc.clone());
    let keys = Arc::new(KeysByHash::new(Arc::clone(&app.store.rows)));
    let by_key = Gate::new(keys, clock, app.metrics.clone());
    let gate = by_key.clone().with_sessions(Arc::new(users.clone()));
    let ready: Arc<dyn health::Readiness> = Arc::new(Ready::new(app.clone(), options.checkpoints.clone()));
    let log_files = options.log_folder.clone().map(LogFiles::new);
    let door = Arc::new(door);
    let desk = Arc::new(Desk::new(app, Arc::clone(&door)));
    let door: Arc<dyn intake_routes::Intake> = door;
    let (rest, deliveries) = (v1::routes(app, &gate, log_files.as_ref()), intake_routes::routes(&door, &app.metrics));
    let tools = Mcp::new(app, &desk, rest.clone().and(deliveries.clone()));
    let routes = deliveries
        .and(functions::routes(&desk, &app.metrics))
        .and(inbound::routes(&desk, &app.metrics))
        .and(health::routes(&ready, draining))
        .and(metrics_routes::routes(&app.metrics, options.metrics_token.as_ref()))
        .and(problems::routes())
        .and(home::routes(dashboard::arrival(app, &users)))
        .and(dashboard::routes(app, &users, log_files.as_ref()))
        .and(openapi::routes())
        .and(rest)
        .and(tools.addresses(&by_key, &options.reach));
    (routes, tools)
}

/// What answers are sent through: whoever takes gzip gets it, but for what is sent as it comes about. That the length of a compressed page
/// tells nothing of the token in it, each page sees to by showing it under another mask.
pub fn compressed(front: Front) -> Compression<Front, Whole> {
    CompressionLayer::new().compress_when(Whole::default()).layer(front)
}

/// Answers that are there as a whole: packing holds back what comes piece by piece.
#[derive(Clone, Default)]
pub struct Whole(DefaultPredicate);

impl Predicate for Whole {
    fn should_compress<B: http_body::Body>(&self, response: &http::Response<B>) -> bool {
        !response.headers().contains_key(UNBUFFERED.0) && self.0.should_compress(response)
    }
}

/// Serves until told to stop, then drains: requests first, then the runners, then the store. Nothing that was
/// acknowledged is lost whenever it ends; what is left is found again from the log.
pub async fn serve(app: App, listener: TcpListener, options: ServeOptions, shutdown: CancellationToken) -> Ended {
    let (routes, tools) = routes_with_tools(&app, &options, &options.draining);
    let front = Front::new(routes, app.metrics.clone());
    let front = compressed(front);
    let stop_runners = CancellationToken::new();
    let mut runners = app.work(&stop_runners);
    runners.spawn(app.metrics.clone().upkeep(stop_runners.clone()));
    let (watched, told_until) = (app.clone(), shutdown.clone());
    runners.spawn(async move { watched.live.follow(&watched, told_until).await });
    runners.spawn(gauges::run(app.clone(), stop_runners.clone()));
    runners.spawn(pace::run(app.clone(), stop_runners.clone()));
    runners.spawn(privacy::follow(app.clone(), options.erasures_ledger.clone(), stop_runners.clone()));
    let noting = stop_runners.clone();
    runners.spawn(async move { tools.run(noting).await });
    if let Some(every) = options.reconcile_every {
        runners.spawn(reconcile::run(Arc::new(app.clone()), every, stop_runners.clone()));
    }
    if let Some(every) = options.sync_every {
        runners.spawn(sync::run(app.clone(), every, stop_runners.clone()));
    }
    if let Some(every) = options.alerts_every {
        runners.spawn(alerts::run(app.clone(), every, stop_runners.clone()));
    }
    if let Some(schedule) = &options.checkpoints {
        runners.spawn(Arc::clone(schedule).run(app.clone(), stop_runners.clone()));
    }
    let told_to_stop = async {
        shutdown.cancelled().await;
        options.draining.cancel();
        Instant::now()
    };
    let requests = Server::default().run(listener, front, shutdown.clone(), options.deadline);
    let (ended, since) = tokio::join!(requests, told_to_stop);
    stop_runners.cancel();
    let rest = async {
        while runners.join_next().await.is_some() {}
        app.notes.close();
        app.notes.wait().await;
    };
    // Requests and errands share one deadline, so that whoever set it can rely on it.
    if tokio::time::timeout_at(since + options.deadline, rest).await.is_err() {
        tracing::warn!("errands in flight were cut off; the next start takes them up again");
        runners.shutdown().await;
    }
    app.tally.flush().await;
    app.store.close().await;
    ended
}
