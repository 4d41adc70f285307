//! The shared budget on SQLite. The one writing connection makes every draw a thing of its own.

use super::Sqlite;
use super::writer::{Closed, Durability};
use crate::budget::{BudgetError, Budgets, Draw, Drawn, Ledger, Purse};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

const STATE: &str = "SELECT state FROM provider_budgets WHERE provider = ?1 AND key_hash = ?2 AND class = ?3";
const KEEP: &str = "
    INSERT INTO provider_budgets (provider, key_hash, class, state) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (provider, key_hash, class) DO UPDATE SET state = excluded.state";

impl From<rusqlite::Error> for BudgetError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Closed> for BudgetError {
    fn from(error: Closed) -> Self {
        Self(error.to_string())
    }
}

#[async_trait]
impl Budgets for Sqlite {
    async fn draw(&self, purse: &Purse, draw: Draw) -> Result<Drawn, BudgetError> {
        let purse = purse.clone();
        self.writer.run(Durability::Normal, move |connection| drawn(connection, &purse, &draw)).await
    }
}

fn drawn(connection: &mut Connection, purse: &Purse, draw: &Draw) -> Result<Drawn, BudgetError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (provider, key) = (purse.provider.as_str(), purse.key.to_string());
    let mut statement = transaction.prepare_cached(STATE)?;
    let stored: Option<String> =
        statement.query_row(params![provider, key, purse.class], |row| row.get(0)).optional()?;
    let (state, drawn) = Ledger::draw_stored(stored.as_deref(), draw)?;
    transaction.prepare_cached(KEEP)?.execute(params![provider, key, purse.class, state])?;
    drop(statement);
    transaction.commit()?;
    Ok(drawn)
}
