//! A tool that reads beside the same answer through REST: the same server, the same key, the same rows. What the protocol
//! adds is reading and writing its envelope, the answer a second time as text, and a note of the call in the log.

use super::place::Place;
use super::report::{Case, Report};
use super::turns::{Crowd, Sender, compare};
use super::wire::Lines;
use anyhow::{Context, Result, ensure};
use ringbuch_adapters::sandbox::sign;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::access::Role;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BranchOpened, CalendarApi, Command, CompanyRegistered};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const SENDERS: [usize; 2] = [1, 16];
const WEBHOOKS: usize = 200;
const NUMBER: &str = "+493023125100";
const KEY: &str = "key_bench_0123456789abcdef";
const REVISION: &str = "2026-07-28";

/// What is asked: a tool with its arguments, and the address that gives the same.
const READS: [(&str, &str, &str, &str); 2] = [
    ("webhook", "list_webhooks", r#"{"limit":20}"#, "/api/v1/webhooks?limit=20"),
    ("retell", "get_call_stats", "{}", "/api/v1/stats/calls"),
];

#[derive(Clone)]
struct Reader {
    lines: Arc<Lines>,
    asks: String,
    headers: String,
    body: String,
}

impl Sender for Reader {
    async fn do_one(&self, sender: usize) -> Result<()> {
        let (status, _) = self.lines.request(sender, &self.asks, &self.headers, self.body.as_bytes()).await?;
        ensure!(status == 200, "{} was answered with {status}", self.asks);
        Ok(())
    }
}

impl Reader {
    fn rest(lines: &Arc<Lines>, key: &str, address: &str) -> Self {
        let headers = format!("authorization: Bearer {key}");
        Self { lines: Arc::clone(lines), asks: format!("GET {address}"), headers, body: String::new() }
    }

    fn tool(lines: &Arc<Lines>, key: &str, server: &str, tool: &str, arguments: &str) -> Result<Self> {
        let arguments: Value = serde_json::from_str(arguments)?;
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": REVISION,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
        let headers = format!(
            "authorization: Bearer {key}\r\naccept: application/json, text/event-stream\r\n\
             mcp-protocol-version: {REVISION}\r\nmcp-method: tools/call\r\nmcp-name: {tool}"
        );
        Ok(Self { lines: Arc::clone(lines), asks: format!("POST /mcp/{server}"), headers, body })
    }

    async fn answer(&self) -> Result<Value> {
        let (_, answer) = self.lines.request(0, &self.asks, &self.headers, self.body.as_bytes()).await?;
        Ok(serde_json::from_slice(&answer)?)
    }
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let stop = CancellationToken::new();
        let (server, lines, key) = start(&place, &stop).await?;
        for (part, tool, arguments, address) in READS {
            let ours = Reader::tool(&lines, &key, part, tool, arguments)?;
            let peer = Reader::rest(&lines, &key, address);
            alike(&ours, &peer).await?;
            for senders in SENDERS {
                let (mut ours, mut peer) = (Crowd(ours.clone()), Crowd(peer.clone()));
                let compared = compare((&mut ours, senders), (&mut peer, senders), length).await?;
                let done = format!("{tool}, {senders} at once");
                let case =
                    Case { group: "mcp", engine: place.engine, done, peer: "the same through REST", what: "answers" };
                report.add(&case, &compared)?;
            }
        }
        stop.cancel();
        server.await?;
    }
    Ok(())
}

/// Both sides tell the same, but for the moment that they speak of.
async fn alike(tool: &Reader, rest: &Reader) -> Result<()> {
    let (told, same) = (tool.answer().await?, rest.answer().await?);
    let told = told.pointer("/result/structuredContent").with_context(|| format!("no answer: {told}"))?;
    let items = |answer: &Value| Some(answer.get("items")?.as_array()?.len());
    ensure!(items(told) == items(&same) && told.get("calls") == same.get("calls"), "{told}\n{same}");
    Ok(())
}

async fn start(place: &Place, stop: &CancellationToken) -> Result<(JoinHandle<()>, Arc<Lines>, String)> {
    let store = open_store(&place.url).await?;
    let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
    let (clock, patience) = (Arc::new(SystemClock), Patience::default());
    let app = App::start(Parts { store, master, clock, patience, providers: ProviderSettings::default() }).await?;
    let key = set_up(&app).await?;
    app.catch_up().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let lines = Arc::new(Lines::to(listener.local_addr()?, SENDERS.into_iter().max().unwrap_or(1)));
    let serving = serve(app.clone(), listener, ServeOptions::plain(Duration::from_secs(20)), stop.clone());
    let server = tokio::spawn(async move {
        serving.await;
    });
    for at in 0..WEBHOOKS {
        deliver(&lines, at).await?;
    }
    let head = app.journal.log().head().await?;
    app.projector.absorbed(head).await;
    Ok((server, lines, key))
}

async fn deliver(lines: &Lines, at: usize) -> Result<()> {
    let now = SystemClock.now().as_millisecond();
    let call = json!({
        "call_id": format!("call_bench_{at:04}"), "agent_id": "agent_bench", "call_type": "phone_call",
        "direction": "inbound", "from_number": format!("+4917139200{:02}", at % 100), "to_number": NUMBER,
        "call_status": "ended", "start_timestamp": now - 60_000, "end_timestamp": now - 30_000,
        "disconnection_reason": "user_hangup", "transcript": "User: Guten Tag.",
    });
    let body = json!({ "event": "call_ended", "call": call }).to_string().into_bytes();
    let status = lines.post(0, "/api/mcp/retell/webhook", &sign(&body, KEY, now), &body).await?;
    ensure!(status == 204, "a webhook was answered with {status}");
    Ok(())
}

/// A company that takes webhooks, and a key of its own.
async fn set_up(app: &App) -> Result<String> {
    let set_up = SetUp::new(app, "bench");
    let (account, company, branch) = (AccountId::new("bench")?, CompanyId::new("bench")?, BranchId::new("mitte")?);
    let signature = SignatureForm::Combined;
    let opened = AccountOpened { account: account.clone(), name: "Bench".into(), signature, base_url: None };
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
    let (_, key) = set_up.issue_key(&company, "bench", Role::Viewer, vec![], None).await?;
    Ok(key.reveal().to_owned())
}
