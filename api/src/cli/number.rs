//! `ringbuch number`: telephone numbers that callers dial.

use super::args::{Bound, NumberAction};
use super::desk::{BY, Desk};
use super::output::{or_dash, table};
use super::{Exit, Failure};
use crate::pushing::{Author, Calls, Pushing, bind, bind_calls, binding};
use ringbuch_domain::company::{BoundAgent, Company};
use ringbuch_domain::ids::BranchId;
use ringbuch_domain::phone;
use ringbuch_domain::ports::NumberThere;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::{Scope, directory};
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: NumberAction) -> Result<Exit, Failure> {
    match action {
        NumberAction::Assign { number, branch } => assign(desk, number, branch).await?,
        NumberAction::Release { number } => release(desk, &number).await?,
        NumberAction::Show { number } => {
            let company = desk.company().await?;
            tell(desk, binding(&Pushing { app: &desk.app, company }, &e164(&number)?).await?)?;
        }
        NumberAction::Bind { number, agents, why } => answer(desk, &e164(&number)?, typed(agents), why).await?,
        NumberAction::BindOutbound { number, agents, read, why } => {
            let pushing = Pushing { app: &desk.app, company: desk.company().await? };
            let (number, author) = (e164(&number)?, Author { by: BY.into(), why });
            let there = bind_calls(&pushing, &number, Calls::Outgoing, &typed(agents), &typed(read), author).await?;
            desk.app.catch_up().await?;
            tell(desk, there)?;
        }
    }
    Ok(Exit::Done)
}

async fn assign(desk: &Desk<'_>, number: String, branch: BranchId) -> Result<(), Failure> {
    let company = desk.company().await?;
    let changed = desk.set_up().number(company, &number, branch.clone()).await?;
    desk.app.catch_up().await?;
    let number = phone::normalise(&number).unwrap_or(number);
    let stands = directory::phone_number(desk.rows(), Scope::Company(company), &number).await?;
    desk.told(changed, &stands, &format!("{number} is answered for the branch '{branch}' of '{company}'"))
}

async fn release(desk: &Desk<'_>, number: &str) -> Result<(), Failure> {
    let company = desk.company().await?;
    let changed = desk.set_up().release_number(company, number).await?;
    desk.app.catch_up().await?;
    let number = e164(number)?;
    desk.told(changed, &number, &format!("{number} is no longer answered for '{company}'"))
}

/// What was read from Retell last is what whoever types this has before their eyes.
async fn answer(desk: &Desk<'_>, number: &str, agents: Vec<BoundAgent>, why: String) -> Result<(), Failure> {
    let company = desk.company().await?;
    let known = desk.app.journal.load::<Company>(&StreamId::company(company)).await?;
    let read = known.aggregate.numbers_there.get(number).map(|it| it.inbound.clone());
    let read = read.ok_or_else(|| {
        Failure::new(format!("{number} was never read from Retell")).hint("run `ringbuch sync retell` first")
    })?;
    let author = Author { by: BY.into(), why };
    let there = bind(&Pushing { app: &desk.app, company }, number, agents, &read, author).await?;
    desk.app.catch_up().await?;
    tell(desk, there)
}

/// Who has to do with a number, in calls to it and in calls from it.
#[derive(Debug, Serialize)]
struct Bindings {
    number: String,
    inbound: Vec<BoundAgent>,
    outbound: Vec<BoundAgent>,
}

fn tell(desk: &Desk<'_>, there: NumberThere) -> Result<(), Failure> {
    let bindings = Bindings { number: there.number, inbound: there.inbound, outbound: there.outbound };
    desk.output.value(&bindings, || {
        let inbound = bindings.inbound.iter().map(|it| row("to it", it));
        let rows = inbound.chain(bindings.outbound.iter().map(|it| row("from it", it)));
        table(&["Calls", "Agent", "Version", "Of 1000"], rows)
    })
}

fn row(calls: &str, it: &BoundAgent) -> Vec<String> {
    vec![calls.to_owned(), it.agent.clone(), or_dash(it.version.as_ref()), it.weight.to_string()]
}

fn typed(agents: Vec<Bound>) -> Vec<BoundAgent> {
    agents.into_iter().map(|bound| bound.0).collect()
}

fn e164(number: &str) -> Result<String, Failure> {
    let told = || Failure::usage(format!("'{number}' is no telephone number; write it like +493023125001"));
    phone::normalise(number).ok_or_else(told)
}
