//! `ringbuch account`: accounts at Retell.

use super::args::{AccountAction, AccountAdd};
use super::desk::Desk;
use super::{Exit, Failure};
use crate::wiring;
use ringbuch_domain::account::AccountOpened;
use ringbuch_projections::{Scope, directory};

pub async fn run(desk: &Desk<'_>, action: AccountAction) -> Result<Exit, Failure> {
    let AccountAction::Add(add) = action;
    self::add(desk, add).await?;
    Ok(Exit::Done)
}

async fn add(desk: &Desk<'_>, add: AccountAdd) -> Result<(), Failure> {
    if let Some(address) = &add.base_url {
        wiring::check_address(desk.config, address)?;
    }
    let AccountAdd { id, name, signature, base_url } = add;
    let name = name.unwrap_or_else(|| id.to_string());
    let opened = AccountOpened { account: id.clone(), name, signature: signature.into(), base_url };
    let added = desk.set_up().account(opened).await?;
    desk.app.catch_up().await?;
    let accounts = directory::accounts(desk.rows(), Scope::All).await?;
    let account = accounts.into_iter().find(|account| account.account == id);
    desk.told(added, &account, &format!("the account '{id}' is there"))
}
