//! `ringbuch demo`: the whole of it on one machine. Stand-ins for the providers, the server, made-up businesses and
//! callers, and a judge that trusts only what it saw itself.

mod judge;
mod letters;
mod outcomes;
mod player;
mod script;
mod town;

use crate::app::{App, Parts, StartError, open_store};
use crate::cli::args::{DemoArgs, Faults};
use crate::cli::{Exit, Failure, Output};
use crate::clock::SystemClock;
use crate::config::{Config, DatabaseUrl};
use crate::http::auth::Token;
use crate::providers::ProviderSettings;
use crate::reconcile::{self, Scan};
use crate::serve::{ServeOptions, serve};
use crate::setup::SetUp;
use crate::users::{Invitation, UserError, Users};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use judge::{Summary, judge};
use outcomes::{fates, needlessly_refused};
use player::Player;
use reqwest::Client;
use ringbuch_adapters::sandbox::{Burst, FaultPlan, FaultRates, Outage, RateLimit, Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::Store;
use ringbuch_domain::access::Role;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::ports::Clock;
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::{Scope, booking_todo, intake_todo};
use script::{Mishaps, Part, Writer};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use town::Business;

/// Calls that are on the line at once while all are played as fast as possible.
const AT_ONCE: usize = 24;
/// Who signs in to look at all businesses.
const OWNER: &str = "owner@example.com";
/// Between two calls when nobody is in a hurry.
const PACE: Duration = Duration::from_millis(700);
/// How long everything may take to come to rest after the last call.
const REST_WITHIN: Duration = Duration::from_mins(15);

/// Plays the demo.
pub async fn run(args: DemoArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let started = Instant::now();
    let place = Place::of(&args, config)?;
    let stage = Stage::build(&args, &place, config).await?;
    stage.announce(&args, &place, output)?;
    let summary = stage.play(&args, started, output).await;
    let exit = match summary {
        Ok(Some(summary)) => conclude(&summary, output)?,
        Ok(None) => Exit::Done,
        Err(error) => {
            stage.end().await;
            return Err(Failure::new(format!("the demo broke off: {error:#}")));
        }
    };
    stage.end().await;
    Ok(exit)
}

/// Where the demo's data lie.
struct Place {
    url: String,
    shown: String,
    folder: Option<PathBuf>,
    /// Removed with everything in it when the demo ends.
    _temporary: Option<Temporary>,
}

struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place {
    /// A folder of its own with SQLite, or the PostgreSQL database that the settings name.
    fn of(args: &DemoArgs, config: &Config) -> Result<Self, Failure> {
        if let DatabaseUrl::Postgres(url) = &config.database {
            let url = url.expose_secret().to_owned();
            args.data.as_deref().map_or(Ok(()), made)?;
            return Ok(Self { url, shown: "PostgreSQL".into(), folder: args.data.clone(), _temporary: None });
        }
        let (folder, temporary) = if let Some(folder) = &args.data {
            (folder.clone(), None)
        } else {
            let folder = std::env::temp_dir().join(format!("ringbuch-demo-{}", uuid::Uuid::new_v4().simple()));
            (folder.clone(), Some(Temporary(folder)))
        };
        made(&folder)?;
        let url = format!("sqlite:{}", folder.join("ringbuch.db").display());
        Ok(Self { url, shown: folder.display().to_string(), folder: Some(folder), _temporary: temporary })
    }

    /// Made for this run, and left beside the data so that other commands can open them afterwards.
    fn master_key(&self) -> Result<MasterKeys, Failure> {
        let text = MasterKeys::generate().map_err(broken)?;
        if let Some(folder) = &self.folder {
            let file = folder.join("master.key");
            write_secret(&file, text.expose_secret())
                .map_err(|error| Failure::new(format!("{} cannot be written: {error}", file.display())))?;
        }
        MasterKeys::parse(&text).map_err(broken)
    }
}

/// Readable by its owner only.
fn write_secret(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}

/// Everything at work.
struct Stage {
    sandbox: Sandbox,
    app: App,
    url: String,
    businesses: Arc<Vec<Business>>,
    owner_key: String,
    owner_password: SecretString,
    shutdown: CancellationToken,
    server: tokio::task::JoinHandle<crate::server::Ended>,
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

fn now() -> Timestamp {
    SystemClock.now()
}

impl Stage {
    async fn build(args: &DemoArgs, place: &Place, config: &Config) -> Result<Self, Failure> {
        let sandbox =
            Sandbox::start(SandboxOptions { clock: Arc::new(now), seed: args.seed, calcom_port: 0, retell_port: 0 });
        let sandbox = sandbox.await.map_err(broken)?;
        // A paid limit of Cal.com, and a short block, so that a long demo need not take hours.
        let limit = RateLimit { requests: 800, window: Duration::from_mins(1), block: Duration::from_secs(5) };
        sandbox.calcom().set_rate_limit(limit);
        let store = empty_store(&place.url).await?;
        let app = App::start(parts(store, place.master_key()?, args.faults))
            .await
            .map_err(|error: StartError| broken(error))?;
        let businesses = Arc::new(town::build(&app, &sandbox, args.calls).await.map_err(broken)?);
        let owner_key = match businesses.first() {
            Some(first) => {
                let issued = SetUp::new(&app, "demo").issue_key(&first.id, "owner", Role::Owner, vec![], None).await;
                issued.map_err(broken)?.1.reveal().to_owned()
            }
            None => return Err(Failure::new("the demo has no business")),
        };
        app.catch_up().await.map_err(broken)?;
        let owner_password = owner(&app, &businesses).await.map_err(broken)?;
        let listener = TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|error| {
            Failure::new(format!("port {} cannot be used: {error}; choose another with --port, 0 takes any", args.port))
        })?;
        let url = format!("http://{}", listener.local_addr().map_err(broken)?);
        let shutdown = CancellationToken::new();
        let log_folder = config.log.folder.clone();
        let options = ServeOptions { log_folder, ..ServeOptions::plain(Duration::from_secs(20)) };
        let server = tokio::spawn(serve(app.clone(), listener, options, shutdown.clone()));
        follow_faults(&sandbox, args);
        Ok(Self { sandbox, app, url, businesses, owner_key, owner_password, shutdown, server })
    }

    fn announce(&self, args: &DemoArgs, place: &Place, output: Output) -> Result<(), Failure> {
        if output.is_json() {
            let line = json!({
                "ready": true,
                "url": self.url,
                "retell_url": self.sandbox.retell_url(),
                "calcom_url": self.sandbox.calcom_url(),
                "data": place.shown,
                "owner": { "email": OWNER, "password": self.owner_password.expose_secret(), "api_key": self.owner_key },
                "companies": *self.businesses,
            });
            return say(&line.to_string());
        }
        say(&format!("Ringbuch is at work: {}", self.url))?;
        say(&format!("  data            {}", place.shown))?;
        say(&format!("  stand-ins       Retell {}, Cal.com {}", self.sandbox.retell_url(), self.sandbox.calcom_url()))?;
        say(&format!("  sign in         {OWNER}, password {}", self.owner_password.expose_secret()))?;
        say(&format!("  owner's key     {}", self.owner_key))?;
        for business in self.businesses.iter() {
            say(&format!("  {:<15} {} · {}", business.id.as_str(), business.name, business.numbers.join(", ")))?;
        }
        say(&format!(
            "  try             curl -H 'Authorization: Bearer {}' {}/api/v1/calls",
            self.owner_key, self.url
        ))?;
        say(&format!("{} calls are being played.\n", args.calls))
    }

    /// Plays all calls; the summary is there once everything has come to rest, if it was asked for.
    async fn play(&self, args: &DemoArgs, started: Instant, output: Output) -> anyhow::Result<Option<Summary>> {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        let index = self.app.index.clone();
        let player = Arc::new(Player::new(
            client,
            self.url.clone(),
            self.sandbox.retell(),
            Arc::clone(&self.businesses),
            Box::new(move |account, body| index.delivery(Provider::Retell.as_str(), account, body).ok()),
            Arc::new(now),
        ));
        let mut writer = Writer::new(args.seed, &self.businesses, args.calls, now(), mishaps(args.faults));
        let parts: Vec<Part> = (1..=args.calls).map(|number| writer.part(number)).collect();
        let story = parts.clone();
        let progress = progress(args.calls, output.is_json());
        let ended = async {
            if args.exit {
                self.play_fast(&player, parts, &progress).await;
            } else {
                self.play_slowly(&player, parts, &progress).await;
            }
            progress.finish_and_clear();
            self.come_to_rest().await
        };
        tokio::select! {
            rested = ended => rested?,
            _ = tokio::signal::ctrl_c() => return Ok(None),
        }
        let elapsed = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut summary = judge(&self.app, &self.sandbox, &player, args.calls, elapsed).await?;
        summary.broken.extend(needlessly_refused(&self.app, &self.businesses, &story).await?);
        if let Some(file) = &args.outcomes {
            let fates = fates(&self.app, &story).await?;
            let lines: Vec<String> = fates.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
            std::fs::write(file, lines.join("\n") + "\n")?;
        }
        if args.exit {
            return Ok(Some(summary));
        }
        tell(&summary, output).map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
        let _ = say("\nThe server goes on; Ctrl-C ends it.");
        tokio::signal::ctrl_c().await?;
        Ok(None)
    }

    async fn play_fast(&self, player: &Arc<Player>, parts: Vec<Part>, progress: &ProgressBar) {
        let mut afterwards = tokio::task::JoinSet::new();
        let mut playing = futures_util::stream::iter(parts)
            .map(|part| async move {
                player.play(&part).await;
                part
            })
            .buffer_unordered(AT_ONCE);
        while let Some(part) = playing.next().await {
            progress.inc(1);
            let player = Arc::clone(player);
            afterwards.spawn(async move { player.afterwards(&part).await });
        }
        while afterwards.join_next().await.is_some() {}
    }

    async fn play_slowly(&self, player: &Arc<Player>, parts: Vec<Part>, progress: &ProgressBar) {
        let mut afterwards = tokio::task::JoinSet::new();
        for part in parts {
            player.play(&part).await;
            progress.inc(1);
            progress.println(format!("{} {:<24} {} {}", part.our_number, part.name, part.date, part.time));
            let player = Arc::clone(player);
            afterwards.spawn(async move { player.afterwards(&part).await });
            tokio::time::sleep(PACE).await;
        }
        while afterwards.join_next().await.is_some() {}
    }

    /// Finds what was lost on the way, then waits until both lists are empty and the read models are current.
    async fn come_to_rest(&self) -> anyhow::Result<()> {
        // What is missing is looked for without the usual pause, since nobody tells any more: once while Retell fails as
        // ordered, and once more when it does not.
        reconcile::reconcile(&self.app, Scan { until: Timestamp::MAX, ..Scan::usual(now()) }).await?;
        self.sandbox.retell().faults().calm();
        let scan = Scan { until: Timestamp::MAX, ..Scan::usual(now()) };
        reconcile::reconcile(&self.app, scan).await?;
        let rows = &*self.app.store.rows;
        let patience = Instant::now();
        loop {
            let head = self.app.journal.log().head().await?;
            let current = *self.app.projector.progress().borrow() >= head;
            let open = intake_todo::backlog(rows).await?.count + booking_todo::backlog(rows, Scope::All).await?.count;
            if current && open == 0 {
                return Ok(());
            }
            if patience.elapsed() > REST_WITHIN {
                anyhow::bail!("{open} things are still to be done after {REST_WITHIN:?}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn end(self) {
        self.shutdown.cancel();
        let _ = self.server.await;
        self.sandbox.shutdown().await;
    }
}

/// The owner of all businesses, with a password of this run.
async fn owner(app: &App, businesses: &[Business]) -> Result<SecretString, UserError> {
    let users = Users::new(app);
    let company = businesses.first().map(|it| it.id.clone()).ok_or(UserError::LinkGone)?;
    let (role, email) = (Role::Owner, OWNER.to_owned());
    let (_, link) = users.invite(Invitation { company, role, email, name: None, by: "demo".into() }).await?;
    app.catch_up().await.map_err(|error| UserError::Machine(error.to_string()))?;
    let password = Token::generate().map_err(|error| UserError::Machine(error.to_string()))?;
    let password = SecretString::from(password.reveal());
    users.choose_password(&link, password.clone()).await?;
    Ok(password)
}

/// The demo writes only where nothing is yet.
async fn empty_store(url: &str) -> Result<Store, Failure> {
    Store::migrate(url, false).await.map_err(broken)?;
    let store = open_store(url).await.map_err(broken)?;
    if store.log.head().await.map_err(broken)? > 0 {
        return Err(Failure::new("the database holds data already; the demo needs an empty one"));
    }
    Ok(store)
}

fn parts(store: Store, master: MasterKeys, faults: Faults) -> Parts {
    // Where faults are ordered, providers are waited for less long, so that the demo ends the same day.
    let hurried = faults != Faults::None;
    let seconds = |usual: u64, hurried_millis: u64| {
        if hurried { Duration::from_millis(hurried_millis) } else { Duration::from_secs(usual) }
    };
    let providers = ProviderSettings {
        allow_loopback: true,
        calcom_per_minute: 760,
        write_timeout: seconds(10, 1_500),
        read_timeout: seconds(2, 1_500),
        breaker_open: seconds(60, 10_000),
        ..ProviderSettings::default()
    };
    let patience = Patience {
        attempt: providers.claim(),
        grace: seconds(5, 1_000),
        late: seconds(30, 8_000),
        ..Patience::default()
    };
    Parts { store, master: Arc::new(master), clock: Arc::new(SystemClock), patience, providers }
}

fn made(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("the folder {} cannot be made: {error}", folder.display())))
}

fn mishaps(faults: Faults) -> Mishaps {
    match faults {
        Faults::None => Mishaps { repeated: 20, out_of_order: 20, lost: 0, garbage: 5 },
        Faults::Mild => Mishaps { repeated: 50, out_of_order: 100, lost: 10, garbage: 5 },
        Faults::Harsh => Mishaps { repeated: 100, out_of_order: 200, lost: 20, garbage: 10 },
    }
}

fn follow_faults(sandbox: &Sandbox, args: &DemoArgs) {
    let plan = match args.faults {
        Faults::None => return,
        Faults::Mild => FaultPlan {
            seed: args.seed,
            bookings: FaultRates {
                booked_then_timed_out: 10,
                server_error_before: 10,
                slow: 10,
                ..FaultRates::default()
            },
            ..FaultPlan::default()
        },
        Faults::Harsh => {
            let rates = FaultRates {
                booked_then_timed_out: 30,
                late_booked: 10,
                cut_before: 15,
                cut_after: 15,
                server_error_before: 25,
                server_error_after: 25,
                slow: 50,
                malformed: 20,
                ..FaultRates::default()
            };
            let reads = FaultRates { booked_then_timed_out: 0, late_booked: 0, ..rates };
            FaultPlan {
                seed: args.seed,
                bookings: rates,
                reads,
                slow: Duration::from_millis(2_500),
                late: Duration::from_secs(4),
                bursts: Some(Burst { per_mille: 3, length: 4 }),
                outage: Some(Outage { after_requests: u64::from(args.calls / 3), lasts: Duration::from_secs(30) }),
            }
        }
    };
    // What is read from Retell fails as often; there is nothing to book there.
    sandbox.retell().faults().follow(FaultPlan { bookings: FaultRates::default(), outage: None, ..plan });
    sandbox.calcom().faults().follow(plan);
}

fn progress(calls: u32, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:30} {pos} of {len} calls").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(calls.into()).with_style(style)
}

fn conclude(summary: &Summary, output: Output) -> Result<Exit, Failure> {
    tell(summary, output)?;
    for broken in summary.broken.iter().take(20) {
        let _ = writeln!(std::io::stderr(), "expected otherwise: {broken}");
    }
    Ok(if summary.broken.is_empty() { Exit::Done } else { Exit::Failed })
}

fn tell(summary: &Summary, output: Output) -> Result<(), Failure> {
    if output.is_json() {
        let text = serde_json::to_string(summary).map_err(broken)?;
        return say(&text);
    }
    let (webhooks, bookings) = (&summary.webhooks, &summary.bookings);
    say(&format!("{} calls in {:.1} s", summary.calls, Duration::from_millis(summary.elapsed_ms).as_secs_f64()))?;
    say(&format!(
        "  webhooks   {} sent, {} acknowledged, {} processed, {} repeated, {} quarantined, {} turned away, {} lost",
        webhooks.sent,
        webhooks.acknowledged,
        webhooks.processed,
        webhooks.duplicates,
        webhooks.quarantined,
        webhooks.rejected,
        summary.lost_webhooks
    ))?;
    say(&format!(
        "  bookings   {} requested, {} confirmed, {} refused, {} failed, {} cancelled, {} moved, {} unknown",
        bookings.requested,
        bookings.confirmed,
        bookings.refused,
        bookings.failed,
        bookings.cancelled,
        bookings.moved,
        bookings.unknown
    ))?;
    say(&format!(
        "  at Cal.com {} live, {} overlapping; {} double bookings",
        summary.calcom.live_bookings, summary.calcom.overlapping, summary.double_bookings
    ))
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("stdout cannot be written: {error}")))
}
