//! Whose key it is, the teams of its owner, and who is in them.

use crate::calcom::answer::{About, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use crate::calcom::owner::{self, Owner};
use crate::calcom::sentences::ROLE_MISSING;
use ringbuch_domain::ports::{CalendarFailure, MemberThere};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    user_id: i64,
    #[serde(default)]
    accepted: bool,
    #[serde(default)]
    user: Person,
}

#[derive(Debug, Default, Deserialize)]
struct Person {
    username: Option<String>,
    name: Option<String>,
}

pub(in crate::calcom) async fn key_owner(line: &Line<'_>) -> Result<Owner, CalendarFailure> {
    let ask = Ask::get("key_owner", vec!["me"]);
    line.read(ask, |answer| Owner::deserialize(answer.data(About::List)?).map_err(|_| unreadable())).await
}

/// The numbers of the teams that the key's owner belongs to, in whichever role.
pub(in crate::calcom) async fn teams(line: &Line<'_>) -> Result<Vec<i64>, CalendarFailure> {
    line.read(Ask::get("teams", vec!["teams"]), |answer| {
        let teams = answer.data(About::List)?.as_array().ok_or_else(unreadable)?;
        teams.iter().map(|team| team.get("id").and_then(Value::as_i64).ok_or_else(unreadable)).collect()
    })
    .await
}

/// A team in which the key's owner is a mere member shows nothing of itself: it is another business's, not this company's.
pub(in crate::calcom) fn unless_not_ours<T>(
    team: i64,
    answer: Result<Vec<T>, CalendarFailure>,
) -> Result<Vec<T>, CalendarFailure> {
    match answer {
        Err(CalendarFailure::Refused { reason }) if reason == ROLE_MISSING => {
            tracing::info!(team, "a team at Cal.com is left out, since the key's owner does not run it");
            Ok(Vec::new())
        }
        answer => answer,
    }
}

/// The key's owner, and everybody in the teams that the owner runs. Who has not accepted an invitation serves nobody.
pub(in crate::calcom) async fn members(line: &Line<'_>) -> Result<Vec<MemberThere>, CalendarFailure> {
    let owner = MemberThere::from(key_owner(line).await?);
    let mut members = BTreeMap::from([(owner.host, owner)]);
    for team in teams(line).await? {
        let number = team.to_string();
        let listed = line.every(Ask::get("members", vec!["teams", &number, "memberships"])).await;
        for item in unless_not_ours(team, listed)? {
            let Membership { user_id, accepted, user } = Membership::deserialize(&item).map_err(|_| unreadable())?;
            if accepted {
                let fresh = || owner::member(user_id, user.name, user.username);
                members.entry(user_id).or_insert_with(fresh).teams.push(team);
            }
        }
    }
    Ok(members.into_values().collect())
}
