//! `ringbuch user`: who may sign in to the dashboard.

use super::args::{Somebody, UserAction, UserAdd};
use super::customer::confirm;
use super::desk::{BY, Desk};
use super::output::card;
use super::{Exit, Failure};
use crate::backup;
use crate::http::auth::Token;
use crate::users::{Invitation, UserError, Users};
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{CompanyId, UserId};
use ringbuch_projections::Scope;
use ringbuch_projections::users::{self, User};
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: UserAction) -> Result<Exit, Failure> {
    match action {
        UserAction::Add(add) => self::add(desk, add).await?,
        UserAction::List => list(desk).await?,
        UserAction::Reset { user, url } => reset(desk, &user, url.as_deref()).await?,
        UserAction::Deactivate { user } => deactivate(desk, &user).await?,
        UserAction::Erase { user, yes } => erase(desk, &user, yes).await?,
    }
    Ok(Exit::Done)
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::new(error.to_string())
    }
}

/// A user with the link that lets them choose a password.
#[derive(Serialize)]
struct Invited {
    #[serde(flatten)]
    known: User,
    link: String,
}

async fn add(desk: &Desk<'_>, add: UserAdd) -> Result<(), Failure> {
    let company = home(desk, add.role).await?;
    let UserAdd { role, email, name, url } = add;
    let users = Users::new(&desk.app);
    let (id, link) = users.invite(Invitation { company, role, email, name, by: BY.into() }).await?;
    desk.app.catch_up().await?;
    tell_link(desk, known(desk, id).await?, &link, url.as_deref())
}

/// The company that is named; an owner may be of any, so the first will do.
async fn home(desk: &Desk<'_>, role: Role) -> Result<CompanyId, Failure> {
    let known = desk.app.directory.known();
    let first = known.companies().first().map(|it| it.company.clone());
    match (role, desk.scope(), first) {
        (Role::Owner, Scope::All, Some(first)) => Ok(first),
        _ => desk.company().await.cloned(),
    }
}

async fn known(desk: &Desk<'_>, id: UserId) -> Result<User, Failure> {
    let found = users::find(desk.rows(), Scope::All, id).await?;
    found.ok_or_else(|| Failure::new(format!("the user {id} was invited and cannot be found")))
}

fn tell_link(desk: &Desk<'_>, known: User, link: &Token, url: Option<&str>) -> Result<(), Failure> {
    let base = url.map_or_else(|| format!("http://{}", desk.config.listen), |url| url.trim_end_matches('/').to_owned());
    let invited = Invited { known, link: format!("{base}/welcome/{}", link.reveal()) };
    desk.output.value(&invited, || {
        let (id, link) = (invited.known.user_id.to_string(), invited.link.clone());
        let shown = card([("User", invited.known.email.clone()), ("Id", Some(id)), ("Link", Some(link))]);
        format!("{shown}\nThe link is good for one time and for a day: whoever opens it chooses the password.")
    })
}

async fn list(desk: &Desk<'_>) -> Result<(), Failure> {
    let all = users::list(desk.rows(), desk.scope()).await?;
    let columns = ["Company", "Id", "E-mail", "Name", "Role", "Invited", "Last signed in", "State"];
    desk.output.list(&all, &columns, |user| row(desk, user))
}

fn row(desk: &Desk<'_>, user: &User) -> Vec<String> {
    let local = desk.local(Some(&user.company));
    let state = match (user.deactivated_at, user.password_set_at.or(user.signed_in_at)) {
        (Some(at), _) => format!("deactivated {}", local.show(at)),
        (None, None) => "invited".into(),
        (None, Some(_)) => "active".into(),
    };
    vec![
        user.company.to_string(),
        user.user_id.to_string(),
        user.email.clone().unwrap_or_default(),
        user.name.clone().unwrap_or_default(),
        user.role.as_str().into(),
        local.show(user.invited_at),
        user.signed_in_at.map(|at| local.show(at)).unwrap_or_default(),
        state,
    ]
}

/// By id or by address, among those that the command is about.
async fn somebody(desk: &Desk<'_>, who: &Somebody) -> Result<User, Failure> {
    let found = match who {
        Somebody::Id(id) => users::find(desk.rows(), desk.scope(), *id).await?,
        Somebody::Email(email) => users::by_email(desk.rows(), email).await?.filter(|user| desk.covers(&user.company)),
    };
    found.ok_or_else(|| Failure::new("there is no such user").hint("`ringbuch user list` shows those that there are"))
}

async fn reset(desk: &Desk<'_>, who: &Somebody, url: Option<&str>) -> Result<(), Failure> {
    let user = somebody(desk, who).await?;
    let link = Users::new(&desk.app).offer_reset(&user, BY).await?;
    tell_link(desk, user, &link, url)
}

async fn deactivate(desk: &Desk<'_>, who: &Somebody) -> Result<(), Failure> {
    let user = somebody(desk, who).await?;
    let done = Users::new(&desk.app).deactivate(&user, BY).await?;
    desk.app.catch_up().await?;
    let stands = known(desk, user.user_id).await?;
    desk.told(done, &stands, &format!("the user {} is deactivated and signed out everywhere", user.user_id))
}

async fn erase(desk: &Desk<'_>, who: &Somebody, yes: bool) -> Result<(), Failure> {
    let user = somebody(desk, who).await?;
    if !yes {
        confirm(desk, user.user_id)?;
    }
    Users::new(&desk.app).erase(&user, BY).await?;
    desk.app.catch_up().await?;
    desk.app.store.leave_no_trace(false).await?;
    if let Some(ledger) = &desk.config.erasures_ledger {
        backup::mirror(&desk.app.store, ledger).await?;
    }
    let stands = known(desk, user.user_id).await?;
    desk.told(true, &stands, &format!("the user {} is forgotten and signed out everywhere", user.user_id))
}
