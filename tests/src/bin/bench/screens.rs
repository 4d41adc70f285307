//! What whoever looks waits for: every page and list over a long history against the same over short ones, one request at
//! a time, in PostgreSQL. The histories are made up by `ringbuch fill`; the requests go over HTTP to the whole program.

use super::place::{Place, connect};
use super::report::{Bound, Case, Report};
use super::turns::{Crowd, Sender, compare};
use super::wire::Lines;
use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::fill::{self, Wanted};
use ringbuch_api::http::auth::session::COOKIE;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::setup::SetUp;
use ringbuch_api::users::{Invitation, Users};
use ringbuch_domain::access::Role;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::ids::CompanyId;
use secrecy::SecretString;
use serde_json::Value;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A short history has this many calls, or a twentieth of the long one's.
const SHORT: u64 = 10_000;
/// Days of the long history.
const YEAR: u32 = 365;
const COMPANY: &str = "synthetic_0";
/// Milliseconds that a page may take, and kilobytes that it may be, as it is and compressed.
const PAGE_P99_MS: f64 = 50.0;
const PAGE_KB: f64 = 150.0;
const PAGE_GZIP_KB: f64 = 60.0;

/// What is read. `{calls}` and the like stand for the id of the list's first item, `{next}` for where its second page
/// begins. Pages that ask a provider wait for it, whatever the history is, and are left out.
const ADDRESSES: [&str; 57] = [
    "/c/{company}",
    "/c/{company}?days=90",
    "/c/{company}/calls",
    "/c/{company}/calls/{calls}",
    "/c/{company}/appointments",
    "/c/{company}/appointments?span=week",
    "/c/{company}/appointments/list",
    "/c/{company}/appointments/{appointments}",
    "/c/{company}/callbacks",
    "/c/{company}/customers",
    "/c/{company}/customers/{customers}",
    "/c/{company}/webhooks",
    "/c/{company}/webhooks/{webhooks}",
    "/c/{company}/branches",
    "/c/{company}/staff",
    "/c/{company}/services",
    "/c/{company}/sync/comparisons",
    "/c/{company}/alerts",
    "/c/{company}/history",
    "/c/{company}/history/calls/{calls}",
    "/c/{company}/history/streams/call-{company}-{calls}",
    "/c/{company}/history/access",
    "/c/{company}/webhooks/replay?call={calls}",
    "/c/{company}/agents",
    "/c/{company}/numbers",
    "/c/{company}/sync",
    "/c/{company}/logs",
    "/help",
    "/c/{company}/users",
    "/c/{company}/keys",
    "/api/v1/calls",
    "/api/v1/calls?limit=200",
    "/api/v1/calls?cursor={next}",
    "/api/v1/calls/{calls}",
    "/api/v1/calls/{calls}/analysis",
    "/api/v1/appointments",
    "/api/v1/appointments/{appointments}",
    "/api/v1/customers",
    "/api/v1/customers/{customers}",
    "/api/v1/callbacks",
    "/api/v1/webhooks",
    "/api/v1/webhooks/{webhooks}",
    "/api/v1/webhooks?status=failed",
    "/api/v1/events",
    "/api/v1/branches",
    "/api/v1/staff",
    "/api/v1/event-types",
    "/api/v1/phone-numbers",
    "/api/v1/agents",
    "/api/v1/projections",
    "/api/v1/stats/webhooks",
    "/api/v1/stats/bookings",
    "/api/v1/stats/calls",
    "/api/v1/stats/agents",
    "/api/v1/stats/health",
    "/api/v1/stats/calls?since={month}",
    "/api/v1/stats/agents?since={month}",
];

/// Every address over a history of that many calls.
pub async fn run(report: &mut Report, length: Duration, calls: u64) -> Result<()> {
    let Some(long) = Reader::over(calls, YEAR).await? else { return Ok(()) };
    let few = SHORT.min(calls / 20).max(1);
    // As busy a company as the long one, of which the program knows little yet; and one that has a few calls a day.
    let days = u32::try_from((few * u64::from(YEAR)).div_ceil(calls))?;
    let mut peers = Vec::new();
    for (days, kind) in [(days, "as busy"), (YEAR, "a quiet year")] {
        let reader = Reader::over(few, days).await?.context("a second database")?;
        peers.push((reader, format!("{few} calls, {kind}")));
    }
    for address in ADDRESSES {
        let at_length = long.of(address).await?;
        let done = format!("{} at {calls} calls", address.trim_start_matches("/api/v1"));
        let mut took = 0.0_f64;
        for (reader, peer_name) in &peers {
            let (mut ours, mut peer) = (Crowd(at_length.clone()), Crowd(reader.of(address).await?));
            let compared = compare((&mut ours, 1), (&mut peer, 1), length).await?;
            let case =
                Case { group: "screens", engine: "postgres", done: done.clone(), peer: peer_name, what: "pages" };
            report.add(&case, &compared)?;
            took = took.max(compared.ours.at(99).unwrap_or_default());
        }
        let (raw, gzip) = at_length.size().await?;
        for (name, ours, limit, unit) in
            [("p99", took, PAGE_P99_MS, "ms"), ("raw", raw, PAGE_KB, "kB"), ("gzip", gzip, PAGE_GZIP_KB, "kB")]
        {
            let done = done.clone();
            report.bound(&Bound { group: "screens", engine: "postgres", done, name, ours, limit, unit })?;
        }
    }
    for reader in peers.into_iter().map(|(reader, _)| reader).chain([long]) {
        reader.close().await?;
    }
    Ok(())
}

/// A server over one history, and somebody who reads from it.
struct Reader {
    lines: Arc<Lines>,
    /// By a key, and by a browser's session for pages.
    key: String,
    session: String,
    server: JoinHandle<()>,
    stop: CancellationToken,
    _place: Place,
}

impl Reader {
    /// Nothing where there is no server.
    async fn over(calls: u64, days: u32) -> Result<Option<Self>> {
        let Some(place) = Place::postgres().await? else { return Ok(None) };
        let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
        let (store, clock) = (open_store(&place.url).await?, Arc::new(SystemClock));
        let (patience, providers) = (Patience::default(), ProviderSettings::default());
        let app = App::start(Parts { store, master, clock, patience, providers }).await?;
        let began = Instant::now();
        fill::write(&app, Wanted { calls, days, companies: 1, seed: 1 }, |_| ()).await?;
        let written = began.elapsed();
        fill::build(&app, |_| ()).await?;
        let built = began.elapsed().saturating_sub(written);
        let (written, built) = (written.as_secs_f64(), built.as_secs_f64());
        eprintln!("{calls} calls in {days} days: written in {written:.0} s, built in {built:.0} s");
        // A server that has been up for a day has tidied up; one in which a year was written at once would do it now.
        let database = connect(&place.url).await?;
        for tidies in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
            database.batch_execute(tidies).await?;
        }
        let (_, key) =
            SetUp::new(&app, "bench").issue_key(&CompanyId::new(COMPANY)?, "bench", Role::Admin, vec![], None).await?;
        let session = session(&app).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let lines = Arc::new(Lines::to(listener.local_addr()?, 1));
        let stop = CancellationToken::new();
        let serving = serve(app, listener, ServeOptions::plain(Duration::from_secs(20)), stop.clone());
        let server = tokio::spawn(async move {
            serving.await;
        });
        let key = format!("authorization: Bearer {}", key.reveal());
        Ok(Some(Self { lines, key, session, server, stop, _place: place }))
    }

    async fn close(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.server.await?)
    }

    /// One address, with what stands in it for something of this history.
    async fn of(&self, address: &str) -> Result<Screen> {
        let mut path = address.replace("{company}", COMPANY);
        for list in ["calls", "appointments", "customers", "webhooks"] {
            let place = format!("{{{list}}}");
            if path.contains(&place) {
                path = path.replace(&place, &self.first(list).await?);
            }
        }
        if path.contains("{next}") {
            let page = self.read("/api/v1/calls").await?;
            path = path.replace("{next}", page.pointer("/next").and_then(Value::as_str).context("a second page")?);
        }
        #[expect(clippy::disallowed_methods, reason = "what a person would ask today")]
        let month = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(31 * 24);
        let path = path.replace("{month}", &month.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let header = if path.starts_with("/api/") { &self.key } else { &self.session };
        Ok(Screen { lines: Arc::clone(&self.lines), path: path.into(), header: header.as_str().into() })
    }

    async fn first(&self, list: &str) -> Result<String> {
        let page = self.read(&format!("/api/v1/{list}")).await?;
        let item = page.pointer("/items/0").context("a list that is not empty")?;
        let names = ["call", "booking", "customer", "delivery"];
        let id = names.iter().find_map(|name| (list.starts_with(id_of(name))).then(|| item.get(*name)).flatten());
        Ok(id.and_then(Value::as_str).with_context(|| format!("an id in {list}"))?.to_owned())
    }

    async fn read(&self, path: &str) -> Result<Value> {
        let (status, body) = self.lines.get(0, path, &self.key).await?;
        ensure!(status == 200, "{path}: {status}");
        Ok(serde_json::from_slice(&body)?)
    }
}

/// Somebody who may see everything of the company signs in.
async fn session(app: &App) -> Result<String> {
    let (users, password) = (Users::new(app), SecretString::from("nobody signs in with this"));
    let (company, email) = (CompanyId::new(COMPANY)?, "max@example.com".to_owned());
    let (role, by) = (Role::Owner, "bench".to_owned());
    let invitation = Invitation { company, role, email: email.clone(), name: None, by };
    let (_, link) = users.invite(invitation).await?;
    app.catch_up().await?;
    users.choose_password(&link, password.clone()).await?;
    app.catch_up().await?;
    let (_, token) = users.sign_in(&email, password, None).await?;
    Ok(format!("cookie: {COOKIE}={}", token.reveal()))
}

/// The list whose items have the id.
fn id_of(name: &str) -> &str {
    match name {
        "booking" => "appointments",
        "delivery" => "webhooks",
        other => other,
    }
}

#[derive(Clone)]
struct Screen {
    lines: Arc<Lines>,
    path: Arc<str>,
    header: Arc<str>,
}

impl Screen {
    /// Kilobytes, as it is and compressed.
    #[expect(clippy::cast_precision_loss, reason = "pages are no gigabytes")]
    async fn size(&self) -> Result<(f64, f64)> {
        let (_, body) = self.lines.get(0, &self.path, &self.header).await?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&body)?;
        Ok((body.len() as f64 / 1e3, gzip.finish()?.len() as f64 / 1e3))
    }
}

impl Sender for Screen {
    async fn do_one(&self, sender: usize) -> Result<()> {
        let (status, _) = self.lines.get(sender, &self.path, &self.header).await?;
        ensure!(status == 200, "{}: {status}", self.path);
        Ok(())
    }
}
