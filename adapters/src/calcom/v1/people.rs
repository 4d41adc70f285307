//! Whose key it is, and who else it shows: for all but an administrator's, nobody.

use crate::calcom::answer::{About, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use crate::calcom::owner::Owner;
use ringbuch_domain::ports::{CalendarFailure, KeyOwner, MemberThere};
use serde::Deserialize;
use serde_json::Value;

pub(in crate::calcom) async fn key_owner(line: &Line<'_>) -> Result<KeyOwner, CalendarFailure> {
    let ask = Ask::get("key_owner", vec!["me"]);
    line.read(ask, |answer| owner(answer.under("user", About::List)?).map(KeyOwner::from)).await
}

pub(in crate::calcom) async fn members(line: &Line<'_>) -> Result<Vec<MemberThere>, CalendarFailure> {
    line.read(Ask::get("members", vec!["users"]), |answer| {
        answer.list_under("users")?.iter().map(|user| owner(user).map(MemberThere::from)).collect()
    })
    .await
}

/// The numbers of the teams that the key's owner belongs to.
pub(super) async fn teams(line: &Line<'_>) -> Result<Vec<i64>, CalendarFailure> {
    line.read(Ask::get("teams", vec!["teams"]), |answer| {
        let teams = answer.list_under("teams")?.iter();
        teams.map(|team| team.get("id").and_then(Value::as_i64).ok_or_else(unreadable)).collect()
    })
    .await
}

fn owner(data: &Value) -> Result<Owner, CalendarFailure> {
    Owner::deserialize(data).map_err(|_| unreadable())
}
