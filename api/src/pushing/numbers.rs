//! Who answers a number: agents with versions and weights, as the voice provider holds them.

use super::{Author, PushError, Pushing};
use ringbuch_domain::company::{BoundAgent, Command, NumberBound, OutboundBound};
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::NumberThere;
use ringbuch_projections::{Scope, directory};
use serde_json::json;

/// Which of a number's calls are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    Incoming,
    /// Those that are made from it; nobody need speak in them.
    Outgoing,
}

impl Calls {
    pub fn of(self, number: &NumberThere) -> &[BoundAgent] {
        match self {
            Self::Incoming => &number.inbound,
            Self::Outgoing => &number.outbound,
        }
    }
}

/// The parts of a number's calls, in thousandths.
const WHOLE: u32 = 1_000;

/// As it stands at the provider.
pub async fn binding(pushing: &Pushing<'_>, number: &str) -> Result<NumberThere, PushError> {
    let account = known(pushing, number).await?;
    Ok(pushing.app.agents.number(&account, number).await?)
}

/// Replaces who answers. `read` is what the author had before their eyes.
pub async fn bind(
    pushing: &Pushing<'_>,
    number: &str,
    inbound: Vec<BoundAgent>,
    read: &[BoundAgent],
    author: Author,
) -> Result<NumberThere, PushError> {
    bind_calls(pushing, number, Calls::Incoming, &inbound, read, author).await
}

/// Replaces who answers, or who speaks in calls from a number.
pub async fn bind_calls(
    pushing: &Pushing<'_>,
    number: &str,
    calls: Calls,
    agents: &[BoundAgent],
    read: &[BoundAgent],
    author: Author,
) -> Result<NumberThere, PushError> {
    let silent = calls == Calls::Outgoing && agents.is_empty();
    if !silent {
        check(pushing, agents).await?;
    }
    let account = known(pushing, number).await?;
    let there = pushing.app.agents.number(&account, number).await?;
    if calls.of(&there) != read {
        return Err(PushError::ChangedMeanwhile { there: json!(calls.of(&there)) });
    }
    let (Author { by, why }, number) = (author, number.to_owned());
    let after = match calls {
        Calls::Incoming => pushing.app.agents.bind(&account, &number, agents).await?,
        Calls::Outgoing => pushing.app.agents.bind_outbound(&account, &number, agents).await?,
    };
    pushing
        .note(match calls {
            Calls::Incoming => {
                let (before, inbound) = (there.inbound, after.inbound.clone());
                Command::NoteBound(NumberBound { number, before, inbound, by, why })
            }
            Calls::Outgoing => {
                let (before, outbound) = (there.outbound, after.outbound.clone());
                Command::NoteOutboundBound(OutboundBound { number, before, outbound, by, why })
            }
        })
        .await?;
    Ok(after)
}

async fn known(pushing: &Pushing<'_>, number: &str) -> Result<AccountId, PushError> {
    let rows = &*pushing.app.store.rows;
    let ours = directory::phone_number(rows, Scope::Company(pushing.company), number).await?;
    ours.ok_or(PushError::Unknown("number"))?;
    pushing.account().await
}

async fn check(pushing: &Pushing<'_>, inbound: &[BoundAgent]) -> Result<(), PushError> {
    let sum: u64 = inbound.iter().map(|it| u64::from(it.weight)).sum();
    if inbound.iter().any(|it| it.weight == 0) || sum != u64::from(WHOLE) {
        let told = format!("the weights are thousandths of a number's calls, each at least 1, and sum up to {WHOLE}");
        return Err(PushError::Refused(told));
    }
    let set_up = pushing.set_up().await?;
    let company = &set_up.aggregate;
    let ours = |agent: &str| company.agents.contains_key(agent) || company.agents_there.contains_key(agent);
    match inbound.iter().find(|it| !ours(&it.agent)) {
        Some(stranger) => Err(PushError::Refused(format!(
            "agent '{}' is none of this company; `agent assign` makes it one",
            stranger.agent
        ))),
        None => Ok(()),
    }
}
