//! For tests of what stands above: a budget without a database.

use super::{BudgetError, Budgets, Draw, Drawn, Ledger, Purse};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Default)]
pub struct Alone(Mutex<BTreeMap<Purse, Ledger>>);

#[async_trait]
impl Budgets for Alone {
    async fn draw(&self, purse: &Purse, draw: Draw) -> Result<Drawn, BudgetError> {
        Ok(self.0.lock().unwrap().entry(purse.clone()).or_default().draw(&draw))
    }
}
