//! `ringbuch number`: telephone numbers that callers dial.

use super::args::NumberAction;
use super::desk::Desk;
use super::{Exit, Failure};
use ringbuch_domain::phone;
use ringbuch_projections::{Scope, directory};

pub async fn run(desk: &Desk<'_>, action: NumberAction) -> Result<Exit, Failure> {
    let NumberAction::Assign { number, branch } = action;
    let company = desk.company().await?;
    let changed = desk.set_up().number(company, &number, branch.clone()).await?;
    desk.app.catch_up().await?;
    let number = phone::normalise(&number).unwrap_or(number);
    let stands = directory::phone_number(desk.rows(), Scope::Company(company), &number).await?;
    desk.told(changed, &stands, &format!("{number} is answered for the branch '{branch}' of '{company}'"))?;
    Ok(Exit::Done)
}
