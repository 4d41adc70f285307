//! Where both sides work: a SQLite file in a temporary folder, or a database of our own on a PostgreSQL server that was
//! made for tests.

use anyhow::{Context, Result};
use ringbuch_adapters::store::Store;
use std::path::{Path, PathBuf};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const SERVER: &str = "RINGBUCH_TEST_POSTGRES_URL";

pub struct Place {
    pub engine: &'static str,
    /// Ringbuch's database, up to date and empty.
    pub url: String,
    /// The peer's, empty: for SQLite a file that is not there yet.
    pub peer_url: String,
    server: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// SQLite, and PostgreSQL if `RINGBUCH_TEST_POSTGRES_URL` names a server.
    pub async fn all() -> Result<Vec<Self>> {
        let mut places = vec![Self::sqlite().await?];
        places.extend(Self::postgres().await?);
        Ok(places)
    }

    pub async fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        let (url, peer_url) = (url("ours.db"), url("peer.db"));
        Store::migrate(&url, false).await?;
        Ok(Self { engine: "sqlite", url, peer_url, server: None, _folder: Some(folder) })
    }

    pub async fn postgres() -> Result<Option<Self>> {
        let Ok(server) = std::env::var(SERVER) else { return Ok(None) };
        let admin = connect(&server).await?;
        admin.query_one("SELECT 1 FROM pg_database WHERE datname = 'ringbuch_test_marker'", &[]).await?;
        let url = create(&admin, &server).await?;
        let peer_url = create(&admin, &server).await?;
        Store::migrate(&url, false).await?;
        Ok(Some(Self { engine: "postgres", url, peer_url, server: Some(server), _folder: None }))
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// The peer's file on SQLite.
    pub fn peer_file(&self) -> PathBuf {
        Path::new(self.peer_url.trim_start_matches("sqlite:")).to_owned()
    }

    /// One more empty database on the same server, for another peer.
    pub async fn another(&self) -> Result<String> {
        let server = self.server.as_deref().context("only a server has more than one database")?;
        create(&connect(server).await?, server).await
    }
}

async fn create(admin: &Client, server: &str) -> Result<String> {
    let name = format!("bench_{}", Uuid::new_v4().simple());
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    Ok(format!("{}/{name}", server.rsplit_once('/').context("an address with a database")?.0))
}

pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
