//! The shared budget on PostgreSQL: whoever draws holds the purse's row.

use super::Postgres;
use super::failure::Failure;
use super::read_models::writing;
use crate::budget::{BudgetError, Budgets, Draw, Drawn, Ledger, Purse};
use async_trait::async_trait;
use deadpool_postgres::Transaction;

/// A purse that nobody has drawn from is made first, so that there is a row to hold.
const MAKE: &str = "
    INSERT INTO provider_budgets (provider, key_hash, class, state) VALUES ($1, $2, $3, '')
    ON CONFLICT (provider, key_hash, class) DO NOTHING";
const STATE: &str = "
    SELECT state FROM provider_budgets WHERE provider = $1 AND key_hash = $2 AND class = $3 FOR UPDATE";
const KEEP: &str = "
    UPDATE provider_budgets SET state = $4 WHERE provider = $1 AND key_hash = $2 AND class = $3";
/// A crash of the server may forget the last draws; the provider's headers tell of them.
const LAZY: &str = "SET LOCAL synchronous_commit = off";

impl From<Failure> for BudgetError {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

#[async_trait]
impl Budgets for Postgres {
    async fn draw(&self, purse: &Purse, draw: Draw) -> Result<Drawn, BudgetError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        let stored = held(&transaction, purse).await?;
        let (state, drawn) = Ledger::draw_stored(stored.as_deref(), &draw)?;
        keep(&transaction, purse, &state).await?;
        transaction.commit().await.map_err(Failure::from)?;
        Ok(drawn)
    }
}

/// The purse as it is stored, held until the transaction ends; nothing where nobody has drawn from it.
async fn held(transaction: &Transaction<'_>, purse: &Purse) -> Result<Option<String>, Failure> {
    let (provider, key) = (purse.provider.as_str(), purse.key.to_string());
    let state = transaction.prepare_cached(STATE).await?;
    let mut row = transaction.query_opt(&state, &[&provider, &key, &purse.class]).await?;
    if row.is_none() {
        transaction.execute(MAKE, &[&provider, &key, &purse.class]).await?;
        row = transaction.query_opt(&state, &[&provider, &key, &purse.class]).await?;
    }
    let stored: Option<String> = row.map(|row| row.try_get(0)).transpose()?;
    Ok(stored.filter(|state| !state.is_empty()))
}

async fn keep(transaction: &Transaction<'_>, purse: &Purse, state: &str) -> Result<(), Failure> {
    let (provider, key) = (purse.provider.as_str(), purse.key.to_string());
    let keep = transaction.prepare_cached(KEEP).await?;
    transaction.batch_execute(LAZY).await?;
    transaction.execute(&keep, &[&provider, &key, &purse.class, &state]).await?;
    Ok(())
}
