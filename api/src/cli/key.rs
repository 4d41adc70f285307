//! `ringbuch key`: keys for the API.

use super::args::{KeyAction, KeyIssue};
use super::desk::Desk;
use super::output::{card, words};
use super::{Exit, Failure};
use jiff::Timestamp;
use ringbuch_domain::ids::KeyId;
use ringbuch_projections::Scope;
use ringbuch_projections::keys::{self, ApiKey};
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: KeyAction) -> Result<Exit, Failure> {
    match action {
        KeyAction::Issue(issue) => self::issue(desk, issue).await?,
        KeyAction::List => list(desk).await?,
        KeyAction::Revoke { id } => revoke(desk, id).await?,
    }
    Ok(Exit::Done)
}

/// A key with its text, which nobody can ask for again.
#[derive(Serialize)]
struct Issued {
    #[serde(flatten)]
    known: ApiKey,
    key: String,
}

async fn issue(desk: &Desk<'_>, issue: KeyIssue) -> Result<(), Failure> {
    let company = desk.company().await?;
    let local = desk.local(Some(company));
    let expires = issue.expires.map(|when| when.in_zone(local.zone())).transpose().map_err(Failure::usage)?;
    if expires.is_some_and(|expires| expires <= desk.now()) {
        return Err(Failure::usage("the key would have expired already").hint("give --expires a time to come"));
    }
    let made = desk.set_up().issue_key(company, &issue.name, issue.role, issue.scopes, expires).await?;
    let (id, text) = (made.0, made.1.reveal().to_owned());
    desk.app.catch_up().await?;
    let known = keys::find(desk.rows(), Scope::Company(company), id).await?;
    let known = known.ok_or_else(|| Failure::new(format!("the key {id} was made and cannot be found")))?;
    let issued = Issued { known, key: text };
    desk.output.value(&issued, || {
        let shown = card([("Key", Some(issued.key.clone())), ("Id", Some(id.to_string()))]);
        format!("{shown}\nThe key is shown this once. If it is lost, take it back and issue another.")
    })
}

async fn list(desk: &Desk<'_>) -> Result<(), Failure> {
    let keys = keys::list(desk.rows(), desk.scope()).await?;
    let columns = ["Company", "Id", "Name", "Role", "Scopes", "Issued", "State"];
    desk.output.list(&keys, &columns, |key| row(desk, key))
}

fn row(desk: &Desk<'_>, key: &ApiKey) -> Vec<String> {
    let local = desk.local(Some(&key.company));
    vec![
        key.company.to_string(),
        key.key_id.to_string(),
        key.name.clone(),
        key.role.as_str().into(),
        if key.scopes.is_empty() { "all of the role".into() } else { words(&key.scopes) },
        local.show(key.issued_at),
        state(key, desk.now(), |time| local.show(time)),
    ]
}

fn state(key: &ApiKey, now: Timestamp, show: impl Fn(Timestamp) -> String) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(revoked), _) => format!("revoked {}", show(revoked)),
        (None, Some(expires)) if expires <= now => format!("expired {}", show(expires)),
        (None, Some(expires)) => format!("valid until {}", show(expires)),
        (None, None) => "valid".into(),
    }
}

async fn revoke(desk: &Desk<'_>, id: KeyId) -> Result<(), Failure> {
    let unknown =
        || Failure::new(format!("there is no key {id}")).hint("`ringbuch key list` shows those that there are");
    let known = keys::find(desk.rows(), desk.scope(), id).await?.ok_or_else(unknown)?;
    let revoked = desk.set_up().revoke_key(&known.company, id).await?;
    desk.app.catch_up().await?;
    let stands = keys::find(desk.rows(), Scope::Company(&known.company), id).await?;
    desk.told(revoked, &stands, &format!("the key '{}' ({id}) is revoked", known.name))
}
