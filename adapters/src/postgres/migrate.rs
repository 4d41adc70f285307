//! Brings a database up to date with the numbered SQL of `migrations/postgres`, one node at a time.

use super::connect::{Endpoint, Role};
use super::failure::Failure;
use crate::store::{OpenError, migrations};
use tokio_postgres::Client;

/// Held while migrating; the number only has to be ours.
const LOCK: &str = "SELECT pg_advisory_lock(5289316402773221)";

pub(crate) async fn migrate(config: tokio_postgres::Config, dry_run: bool) -> Result<Vec<String>, OpenError> {
    let endpoint = Endpoint::new(config)?;
    let mut client = endpoint.connect(Role::Migrator).await.map_err(|failure| endpoint.unreachable(&failure))?;
    if dry_run {
        return pending(&mut client, &endpoint).await;
    }
    // The lock goes with the connection.
    client.batch_execute(LOCK).await.map_err(|error| endpoint.unreachable(&Failure::from(error)))?;
    if pending(&mut client, &endpoint).await?.is_empty() {
        return Ok(Vec::new());
    }
    let report = migrations::postgres().run_async(&mut client).await.map_err(|error| failed(&endpoint, &error))?;
    Ok(migrations::names(report.applied_migrations()))
}

/// What the database lacks.
pub(super) async fn pending(client: &mut Client, endpoint: &Endpoint) -> Result<Vec<String>, OpenError> {
    let runner = migrations::postgres();
    let table = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    let row = client.query_one(table, &[]).await.map_err(|error| endpoint.unreachable(&Failure::from(error)))?;
    let applied = if row.try_get(0).unwrap_or(false) {
        runner.get_applied_migrations_async(client).await.map_err(|error| failed(endpoint, &error))?
    } else {
        Vec::new()
    };
    migrations::missing(&runner, &applied).map_err(|what| OpenError::Migration { place: endpoint.place(), what })
}

/// The migration's own error names no values: a migration holds none.
fn failed(endpoint: &Endpoint, error: &refinery::Error) -> OpenError {
    let what = match std::error::Error::source(error).and_then(|source| source.downcast_ref::<tokio_postgres::Error>())
    {
        Some(cause) => match cause.as_db_error() {
            Some(said) => format!("{error}: {} (SQLSTATE {})", said.message(), said.code().code()),
            None => format!("{error}: {cause}"),
        },
        None => error.to_string(),
    };
    OpenError::Migration { place: endpoint.place(), what }
}
