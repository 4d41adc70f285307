//! `ringbuch branch`: branches of a company.

use super::args::{BranchAction, BranchAdd, BranchHolidays};
use super::desk::Desk;
use super::output::{card, words};
use super::{Exit, Failure};
use ringbuch_domain::company::{BranchOpened, Command, Holidays, HolidaysChange};
use ringbuch_domain::ids::{BranchId, CompanyId};
use ringbuch_projections::{Scope, directory};

pub async fn run(desk: &Desk<'_>, action: BranchAction) -> Result<Exit, Failure> {
    let company = desk.company().await?;
    let (branch, changed, sentence) = match action {
        BranchAction::Add(add) => (add.id.clone(), self::add(desk, company, add).await?, "is open"),
        BranchAction::Activate { id: branch } => {
            let command = Command::ActivateBranch { branch: branch.clone() };
            (branch, desk.set_up().change(company, command).await?, "takes bookings")
        }
        BranchAction::Deactivate { id: branch } => {
            let command = Command::DeactivateBranch { branch: branch.clone() };
            (branch, desk.set_up().change(company, command).await?, "takes no bookings")
        }
        BranchAction::Holidays(asked) => return holidays(desk, company, asked).await,
        BranchAction::Default { id: branch, event_type } => {
            let command = Command::SetDefault { branch: branch.clone(), event_type: event_type.0 };
            (branch, desk.set_up().change(company, command).await?, "books that service where none is named")
        }
    };
    tell(desk, company, &branch, changed, sentence).await?;
    Ok(Exit::Done)
}

async fn add(desk: &Desk<'_>, company: &CompanyId, add: BranchAdd) -> Result<bool, Failure> {
    let BranchAdd { id: branch, name, default_event_type } = add;
    let default = default_event_type.map(|event_type| event_type.0);
    let opened = BranchOpened { branch: branch.clone(), name, default_event_type: default };
    let added = desk.set_up().change(company, Command::OpenBranch(opened)).await?;
    // A branch that was there before keeps its default unless another is wanted now.
    let Some(event_type) = default else { return Ok(added) };
    let set = desk.set_up().change(company, Command::SetDefault { branch, event_type }).await?;
    Ok(added || set)
}

async fn tell(
    desk: &Desk<'_>,
    company: &CompanyId,
    branch: &BranchId,
    changed: bool,
    sentence: &str,
) -> Result<(), Failure> {
    desk.app.catch_up().await?;
    let stands = directory::branch(desk.rows(), Scope::Company(company), branch).await?;
    desk.told(changed, &stands, &format!("the branch '{branch}' of '{company}' {sentence}"))
}

async fn holidays(desk: &Desk<'_>, company: &CompanyId, asked: BranchHolidays) -> Result<Exit, Failure> {
    let BranchHolidays { id: branch, state, open_on, closed_on, as_usual } = asked;
    let change = HolidaysChange { state, open_on, closed_on, as_usual };
    let (kept, _) = desk.set_up().holidays(company, branch.clone(), change).await?;
    desk.output.value(&kept, || told_holidays(&kept))?;
    Ok(Exit::Done)
}

fn told_holidays(kept: &Holidays) -> String {
    let state = kept.state.map_or_else(|| "none".to_owned(), |state| state.code().to_owned());
    card([
        ("holidays of", Some(state)),
        ("open on", Some(words(&kept.open_on))),
        ("closed on", Some(words(&kept.closed_on))),
    ])
}
