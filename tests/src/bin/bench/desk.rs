//! What an agent waits for in mid-call, with a hundred calls at once. Each rings, asks for a day and for a time, keeps it and
//! books it, a request every second, which is more than anybody talks; then the next call begins. Each kind of request is
//! timed within that traffic: beside a bare route that only checks the signature, and keeping a time beside one inserted
//! row, at the same pace with nothing else to do, and again while the same calls go on. The calendar's open times are at
//! hand, as from its cache, and bookings are made at the stand-in for Cal.com, whose time `book_appointment` alone has in
//! it.

mod conversation;
mod salon;

use super::place::Place;
use super::raw::{Raw, SINGLE};
use super::report::{Case, Report};
use super::turns::{Order, Sender, Side, Turn, compare, gathered};
use super::wire::Lines;
use anyhow::{Result, ensure};
use conversation::{Conversations, KEY, What, asks, now};
use ringbuch_adapters::retell::signature;
use ringbuch_adapters::sandbox::sign;
use ringbuch_domain::account::SignatureForm;
use salon::Salon;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use warp::Filter;

const CALLS: usize = 100;
/// From one request of a call to its next.
const PACE: Duration = Duration::from_secs(1);
/// Of a hundred calls that make five requests each, so many keep a time in a second.
const HOLDS: usize = CALLS / 5;
const BESIDE: &str = "the same row while the calls go on";
const BARE: &str = "warp route that checks the signature";

/// Something that senders do, and whether it is of the kind that is timed.
trait Traffic: Clone + Send + Sync + 'static {
    fn next(&self, sender: usize) -> impl Future<Output = Result<bool>> + Send;
}

/// Senders that do not hurry: each begins its next when its time has come, not when its last is done.
struct Paced<T>(T);

impl<T: Traffic> Side for Paced<T> {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let started = Instant::now();
        let tasks = (0..order.senders).map(|sender| {
            let side = self.0.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                let (nth, senders) = (u32::try_from(sender)?, u32::try_from(order.senders)?);
                let first = started + PACE * nth / senders;
                let mut ticks = tokio::time::interval_at(first, PACE);
                while started.elapsed() < order.length.max(PACE) {
                    ticks.tick().await;
                    let begun = Instant::now();
                    if side.next(sender).await? {
                        took.push(begun.elapsed().as_secs_f64() * 1e3);
                    }
                }
                anyhow::Ok(took)
            })
        });
        gathered(started.into_std(), tasks).await
    }
}

/// A hundred calls, of whose requests one kind is timed.
#[derive(Clone)]
struct Calls(Conversations, What);

impl Traffic for Calls {
    async fn next(&self, sender: usize) -> Result<bool> {
        Ok(self.0.next(sender).await? == Some(self.1))
    }
}

/// One row at a time.
#[derive(Clone)]
struct Rows(Raw);

impl Traffic for Rows {
    async fn next(&self, sender: usize) -> Result<bool> {
        self.0.do_one(sender).await.map(|()| true)
    }
}

/// As many rows as times are kept, while the same calls go on: what a row costs on a machine that has this to do.
#[derive(Clone)]
struct RowsBeside(Calls, Rows);

impl Traffic for RowsBeside {
    async fn next(&self, sender: usize) -> Result<bool> {
        match sender.checked_sub(CALLS) {
            Some(sender) => self.1.next(sender).await,
            None => self.0.next(sender).await.map(|_| false),
        }
    }
}

/// The same bodies, to the bare route.
#[derive(Clone)]
struct Nothing(Arc<Lines>);

impl Traffic for Nothing {
    async fn next(&self, sender: usize) -> Result<bool> {
        let body = asks(sender).to_string().into_bytes();
        let signature = sign(&body, KEY, now().as_millisecond());
        let status = self.0.post(sender, "/", &signature, &body).await?;
        ensure!(status == 200, "the bare route answered with {status}");
        Ok(true)
    }
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let stop = CancellationToken::new();
        let salon = Salon::open(&place, &stop).await?;
        let calls = Conversations::new(Arc::clone(&salon.lines));
        let (bare, bare_lines) = bare(&stop).await?;
        let case = |done: &str, peer, what| Case {
            group: "desk",
            engine: place.engine,
            done: format!("{done}, 100 calls"),
            peer,
            what,
        };
        for (what, done) in [
            (What::Availability, "check_availability"),
            (What::Ringing, "call_inbound"),
            (What::Booking, "book_appointment"),
        ] {
            let sides = (Paced(Calls(calls.clone(), what)), Paced(Nothing(Arc::clone(&bare_lines))));
            let (mut ours, mut nothing) = sides;
            let compared = compare((&mut ours, CALLS), (&mut nothing, CALLS), length).await?;
            report.times(&case(done, BARE, "answers"), &compared)?;
        }
        let calls = Calls(calls, What::Hold);
        let rows = Rows(Raw::open(&place, CALLS).await?);
        let (mut holds, mut raw) = (Paced(calls.clone()), Paced(rows.clone()));
        let compared = compare((&mut holds, CALLS), (&mut raw, CALLS), length).await?;
        report.times(&case("hold_slot", SINGLE, "holds"), &compared)?;
        let mut beside = Paced(RowsBeside(calls, rows));
        let compared = compare((&mut holds, CALLS), (&mut beside, CALLS + HOLDS), length).await?;
        report.times(&case("hold_slot", BESIDE, "holds"), &compared)?;
        stop.cancel();
        salon.server.await?;
        bare.abort();
    }
    Ok(())
}

async fn bare(stop: &CancellationToken) -> Result<(JoinHandle<()>, Arc<Lines>)> {
    let key = [SecretString::from(KEY)];
    let proven = warp::post().and(warp::header::headers_cloned()).and(warp::body::bytes()).map(
        move |headers: http::HeaderMap, body: bytes::Bytes| {
            let proof = signature::verify(&body, &headers, &key, SignatureForm::Combined, now());
            let status = if proof.is_ok() { http::StatusCode::OK } else { http::StatusCode::UNAUTHORIZED };
            warp::reply::with_status("{}", status)
        },
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let lines = Arc::new(Lines::to(listener.local_addr()?, CALLS));
    let stopped = stop.clone().cancelled_owned();
    let serving = warp::serve(proven).incoming(listener).graceful(stopped).run();
    Ok((tokio::spawn(serving), lines))
}
