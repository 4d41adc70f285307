//! Opens connections, each named and set for what it is there for.

use super::failure::Failure;
use crate::store::OpenError;
use deadpool_postgres::{Connect, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::future::BoxFuture;
use std::fmt::Display;
use std::net::IpAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

const CONNECT: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection of a pool.
const WAIT: Duration = Duration::from_secs(10);

/// What a connection is there for; its name shows in `pg_stat_activity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Writer,
    Listener,
    LogReader,
    Rows,
    Migrator,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Writer => "ringbuch writer",
            Self::Listener => "ringbuch listener",
            Self::LogReader => "ringbuch log reader",
            Self::Rows => "ringbuch read models",
            Self::Migrator => "ringbuch migrate",
        }
    }

    /// The log's few statements always want their indexes, so that they are planned once and not at every call: a plan
    /// costs more than the statement, and one that was made while a table was small must not stay with a scan. A writer
    /// that froze in the middle of a transaction loses it, so that other nodes go on.
    fn settings(self) -> &'static str {
        match self {
            Self::Writer => {
                "SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_generic_plan;
                 SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
                 SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
                 SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '3s'; SET statement_timeout = '30s'"
            }
            Self::LogReader => {
                "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;
                 SET jit = off; SET default_transaction_read_only = on;
                 SET statement_timeout = '60s'"
            }
            Self::Rows => {
                "SET jit = off; SET default_transaction_read_only = on; SET client_min_messages = warning;
                 SET idle_in_transaction_session_timeout = '60s'"
            }
            Self::Listener | Self::Migrator => "SET client_min_messages = warning",
        }
    }
}

/// A server that is set to lose acknowledged commits is not allowed to lose ours.
const DURABLE: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// Where the database is and how to get there.
#[derive(Clone)]
pub(super) struct Endpoint {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Endpoint {
    pub fn new(mut config: Config) -> Result<Self, OpenError> {
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_here) {
            // Nobody listens between two processes of one machine, and a distribution's own certificate proves nothing.
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(15));
        let tls = tls(&config)?;
        Ok(Self { config, tls })
    }

    /// Host, port and database, for messages.
    pub fn place(&self) -> String {
        place(&self.config)
    }

    pub fn unreachable(&self, error: &dyn Display) -> OpenError {
        OpenError::Unreachable { place: self.place(), what: error.to_string() }
    }

    /// A connection that a task of its own drives until the client is dropped.
    pub async fn connect(&self, role: Role) -> Result<Client, Failure> {
        let (client, connection) = self.raw(role).await?;
        drive(connection);
        prepare(&client, role).await?;
        Ok(client)
    }

    /// A connection that the caller drives.
    pub async fn raw(&self, role: Role) -> Result<(Client, Connection<Socket, Stream>), Failure> {
        Ok(self.config_of(role).connect(self.tls.clone()).await?)
    }

    pub fn pool(&self, role: Role, size: usize) -> Result<Pool, OpenError> {
        let opener = Opener { tls: self.tls.clone(), role };
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(self.config_of(role), opener, recycling);
        let builder = Pool::builder(manager).max_size(size).runtime(Runtime::Tokio1);
        let timed = builder.wait_timeout(Some(WAIT)).create_timeout(Some(WAIT)).recycle_timeout(Some(WAIT));
        timed.build().map_err(|error| self.unreachable(&error))
    }

    fn config_of(&self, role: Role) -> Config {
        let mut config = self.config.clone();
        config.application_name(role.name());
        config
    }
}

struct Opener {
    tls: MakeRustlsConnect,
    role: Role,
}

impl Connect for Opener {
    fn connect(&self, config: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        let (config, tls) = (config.clone(), self.tls.clone());
        Box::pin(async move {
            let (client, connection) = config.connect(tls).await?;
            let task = drive(connection);
            prepare(&client, self.role).await?;
            Ok((client, task))
        })
    }
}

async fn prepare(client: &Client, role: Role) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(role.settings()).await?;
    client.batch_execute(DURABLE).await
}

fn drive(connection: Connection<Socket, Stream>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = %Failure::from(error), "a database connection ended");
        }
    })
}

fn tls(config: &Config) -> Result<MakeRustlsConnect, OpenError> {
    // The program installs this provider when it starts; here it only serves whoever uses a store on its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if config.get_ssl_mode() == SslMode::Disable {
        let nobody = rustls::RootCertStore::empty();
        let unused = rustls::ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth();
        return Ok(MakeRustlsConnect::new(unused));
    }
    match MakeRustlsConnect::with_native_certs() {
        Ok((tls, _)) => Ok(tls),
        Err(_) => Err(OpenError::Unreachable {
            place: place(config),
            what: "this machine has no certificate authorities to check the server by; \
                   install ca-certificates, or add sslmode=disable to the address on a network that is safe"
                .to_owned(),
        }),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}/{}", config.get_dbname().or(config.get_user()).unwrap_or_default())
}
