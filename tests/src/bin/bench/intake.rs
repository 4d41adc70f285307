//! From a signed webhook to its 204, over HTTP, with the whole server at work: verified, stored durably, acknowledged.
//! What the webhooks then lead to (calls, customers, read models) is done before the other side's turn.

use super::place::Place;
use super::raw::{BODY, Raw, SINGLE};
use super::report::{Case, Report};
use super::turns::{Crowd, Sender, compare};
use super::wire::Lines;
use anyhow::{Result, ensure};
use jiff::Timestamp;
use ringbuch_adapters::sandbox::sign;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BranchOpened, CalendarApi, Command, CompanyRegistered};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use ringbuch_domain::ports::Clock;
use ringbuch_projections::intake_todo;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SENDERS: [usize; 3] = [1, 32, 128];
const NUMBER: &str = "+493023125100";
const KEY: &str = "key_bench_0123456789abcdef";

#[derive(Clone)]
struct Ours {
    app: App,
    lines: Arc<Lines>,
}

impl Sender for Ours {
    async fn do_one(&self, sender: usize) -> Result<()> {
        let body = webhook();
        let signature = sign(&body, KEY, now().as_millisecond());
        let status = self.lines.post(sender, "/api/mcp/retell/webhook", &signature, &body).await?;
        ensure!(status == 204, "a webhook was answered with {status}");
        Ok(())
    }

    async fn rest(&self) -> Result<()> {
        let rows = &*self.app.store.rows;
        loop {
            let head = self.app.journal.log().head().await?;
            let current = *self.app.projector.progress().borrow() >= head;
            if current && intake_todo::backlog(rows).await?.count == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// A call that has just begun, as long as a row of the other side.
fn webhook() -> Vec<u8> {
    let id = Uuid::now_v7().simple().to_string();
    let call = json!({
        "call_id": format!("call_{id}"), "agent_id": "agent_bench", "call_type": "phone_call", "direction": "inbound",
        "from_number": "+491713920042", "to_number": NUMBER, "call_status": "ongoing",
        "start_timestamp": now().as_millisecond(), "metadata": { "filler": "x".repeat(BODY.saturating_sub(330)) },
    });
    json!({ "event": "call_started", "call": call }).to_string().into_bytes()
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let stop = CancellationToken::new();
        let (ours, server) = start(&place, &stop).await?;
        let (mut ours, mut raw) = (Crowd(ours), Crowd(Raw::open(&place, 128).await?));
        for senders in SENDERS {
            let compared = compare((&mut ours, senders), (&mut raw, senders), length).await?;
            let case = format!("{senders} at once");
            report.add(
                &Case { group: "intake", engine: place.engine, done: case, peer: SINGLE, what: "webhooks" },
                &compared,
            )?;
        }
        stop.cancel();
        server.await?;
    }
    Ok(())
}

async fn start(place: &Place, stop: &CancellationToken) -> Result<(Ours, tokio::task::JoinHandle<()>)> {
    let store = open_store(&place.url).await?;
    let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
    let (clock, patience) = (Arc::new(SystemClock), Patience::default());
    let app = App::start(Parts { store, master, clock, patience, providers: ProviderSettings::default() }).await?;
    set_up(&app).await?;
    app.catch_up().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let lines = Arc::new(Lines::to(listener.local_addr()?, SENDERS.into_iter().max().unwrap_or(1)));
    let options = ServeOptions::plain(Duration::from_secs(20));
    let serving = serve(app.clone(), listener, options, stop.clone());
    let server = tokio::spawn(async move {
        serving.await;
    });
    Ok((Ours { app, lines }, server))
}

async fn set_up(app: &App) -> Result<()> {
    let set_up = SetUp::new(app, "bench");
    let (account, company, branch) = (AccountId::new("bench")?, CompanyId::new("bench")?, BranchId::new("mitte")?);
    let opened = AccountOpened {
        account: account.clone(),
        name: "Bench".into(),
        signature: SignatureForm::Combined,
        base_url: None,
    };
    set_up.account(opened).await?;
    set_up.retell_key(&account, KEY.to_owned().into()).await?;
    let profile = CompanyRegistered {
        company: company.clone(),
        account,
        name: "Bench".into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, None, CalendarApi::V2).await?;
    let opened = BranchOpened { branch: branch.clone(), name: "Mitte".into(), default_event_type: None };
    set_up.change(&company, Command::OpenBranch(opened)).await?;
    set_up.number(&company, NUMBER, branch).await?;
    Ok(())
}
