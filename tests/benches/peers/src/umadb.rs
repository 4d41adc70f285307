//! UmaDB as its README shows it: its own server with its own defaults, in a process of its own and with a file of its own,
//! and its own client over gRPC. An event is as large as ours and carries the name of its stream as a tag.

use crate::order::{Order, Peer, Turn, crowd};
use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::sleep;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem};
use uuid::Uuid;

/// Bytes of an event's data.
const BODY: usize = 950;
/// Events appended at once to fill it.
const FILL: u64 = 1_000;
/// The server listens within a moment.
const TRIES: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(50);

/// The server with its file; both go with it.
struct Server {
    client: AsyncUmaDbClient,
    _process: Child,
    _folder: TempDir,
}

impl Server {
    async fn start(program: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let listen = format!("{}:{port}", Ipv4Addr::LOCALHOST);
        let mut process = Command::new(program)
            .args(["--listen", &listen, "--db-path"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{program} does not start"))?;
        for _ in 0..TRIES {
            if let Ok(client) = UmaDbClient::new(format!("http://{listen}")).connect_async().await {
                return Ok(Self { client, _process: process, _folder: folder });
            }
            if let Some(status) = process.try_wait()? {
                bail!("{program} has ended: {status}");
            }
            sleep(BETWEEN).await;
        }
        bail!("{program} does not answer")
    }
}

/// What an append says of its tag.
#[derive(Clone, Copy)]
pub enum Asserts {
    Nothing,
    /// As ours says that its stream is new.
    NoEventYet,
}

/// Appends one event with a tag of its own, again and again.
pub struct Appending(Arc<(Server, Asserts)>);

impl Appending {
    pub async fn open(program: &str, asserts: Asserts) -> Result<Self> {
        Ok(Self(Arc::new((Server::start(program).await?, asserts))))
    }
}

fn event(tag: &str) -> DcbEvent {
    DcbEvent::default().event_type("CallEnded").tags([tag]).data(vec![b'x'; BODY]).uuid(Uuid::now_v7())
}

fn tag() -> String {
    format!("call-bench-{}", Uuid::now_v7().simple())
}

async fn append(side: Arc<(Server, Asserts)>) -> Result<()> {
    let ((server, asserts), tag) = (&*side, tag());
    let condition = match asserts {
        Asserts::Nothing => None,
        Asserts::NoEventYet => {
            Some(DcbAppendCondition::new(DcbQuery::new().item(DcbQueryItem::new().tags([tag.as_str()]))))
        }
    };
    server.client.append(vec![event(&tag)], condition, None).await?;
    Ok(())
}

impl Peer for Appending {
    async fn turn(&self, order: Order) -> Result<Turn> {
        crowd(&self.0, order, append).await
    }
}

/// Reads every event, as the client hands it over.
pub struct Reading(Server);

impl Reading {
    /// Fills it first.
    pub async fn open(program: &str, events: u64) -> Result<Self> {
        let server = Server::start(program).await?;
        for _ in 0..events.div_ceil(FILL) {
            let some = (0..FILL).map(|_| event(&tag())).collect();
            server.client.append(some, None, None).await?;
        }
        Ok(Self(server))
    }
}

impl Peer for Reading {
    async fn turn(&self, _: Order) -> Result<Turn> {
        let (started, mut done) = (Instant::now(), 0);
        let mut events = self.0.client.read(None, None, false, None).await?;
        while let Some(event) = events.next().await {
            std::hint::black_box(event?);
            done += 1;
        }
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}
