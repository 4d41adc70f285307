//! A user as either version tells them.

use ringbuch_domain::ports::{KeyOwner, MemberThere};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    id: i64,
    username: Option<String>,
    name: Option<String>,
    time_zone: String,
    default_schedule_id: Option<i64>,
}

impl From<Owner> for KeyOwner {
    fn from(owner: Owner) -> Self {
        Self {
            user: owner.id,
            username: owner.username,
            zone: owner.time_zone,
            default_schedule: owner.default_schedule_id,
        }
    }
}

impl From<Owner> for MemberThere {
    /// Of no team until one says so.
    fn from(owner: Owner) -> Self {
        member(owner.id, owner.name, owner.username)
    }
}

/// Who gave no name is called as their page is.
pub(super) fn member(host: i64, name: Option<String>, username: Option<String>) -> MemberThere {
    let name = name.or_else(|| username.clone()).unwrap_or_default();
    MemberThere { host, name, username, teams: Vec::new() }
}
