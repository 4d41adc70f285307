//! Users of the dashboard: who may sign in, with which role. The password's hash is elsewhere, sealed.

use crate::columns::word;
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{CompanyId, UserId};
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::user::{UserEvent, UserInvited};

pub const PROJECTION: Projection = Projection {
    name: "users",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS users (
            user_id TEXT PRIMARY KEY, company TEXT NOT NULL, email TEXT, name TEXT, role TEXT NOT NULL,
            invited_at BIGINT NOT NULL, invited_by TEXT NOT NULL, password_set_at BIGINT, signed_in_at BIGINT,
            deactivated_at BIGINT)",
        "CREATE INDEX IF NOT EXISTS users_company ON users (company, invited_at)",
        "CREATE INDEX IF NOT EXISTS users_email ON users (email)",
    ],
    tables: &["users"],
    project,
};

record! {
    pub struct User {
        pub user_id: UserId,
        /// An owner's home.
        pub company: CompanyId,
        /// Absent once somebody is deactivated: nobody signs in with it any more.
        pub email: Option<String>,
        /// Absent where none was given, or once it was erased.
        pub name: Option<String>,
        pub role: Role,
        pub invited_at: Timestamp,
        pub invited_by: String,
        /// Absent until the first link was used.
        pub password_set_at: Option<Timestamp>,
        pub signed_in_at: Option<Timestamp>,
        pub deactivated_at: Option<Timestamp>,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::User(user) = &event.data else { return };
    let at: Value = event.time.into();
    match user {
        UserEvent::UserInvited(it) => invited(it, at, rows),
        UserEvent::PasswordSet(it) => {
            rows.execute("UPDATE users SET password_set_at = $2 WHERE user_id = $1", [text(&it.user), at]);
        }
        UserEvent::UserRoleChanged(it) => {
            rows.execute("UPDATE users SET role = $2 WHERE user_id = $1", [text(&it.user), word(&it.role)]);
        }
        UserEvent::UserDeactivated(it) => {
            rows.execute("UPDATE users SET deactivated_at = $2, email = NULL WHERE user_id = $1", [text(&it.user), at]);
        }
        UserEvent::UserErased(it) => rows.execute(
            "UPDATE users SET email = NULL, name = NULL, deactivated_at = COALESCE(deactivated_at, $2)
             WHERE user_id = $1",
            [text(&it.user), at],
        ),
        UserEvent::SignedIn(it) => {
            rows.execute("UPDATE users SET signed_in_at = $2 WHERE user_id = $1", [text(&it.user), at]);
        }
        UserEvent::PasswordResetOffered(_) => {}
    }
}

fn invited(it: &UserInvited, at: Value, rows: &mut Rows) {
    let card = it.private.known();
    rows.execute(
        "INSERT INTO users (user_id, company, email, name, role, invited_at, invited_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id) DO NOTHING",
        [
            text(&it.user),
            text(&it.company),
            card.map_or(Value::Null, |card| card.email.as_str().into()),
            card.and_then(|card| card.name.as_deref()).map_or(Value::Null, Into::into),
            word(&it.role),
            at,
            it.by.as_str().into(),
        ],
    );
}

/// Users in the order in which they were invited, deactivated ones included.
pub async fn list(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<User>, RowsError> {
    Select::from("users", scope).all(rows, "ORDER BY invited_at, user_id").await
}

pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, user: UserId) -> Result<Option<User>, RowsError> {
    Select::from("users", scope).only("user_id", Some(text(&user))).one(rows).await
}

/// Whoever signs in with an address, given in small letters, and is not deactivated. It needs no scope: whoever signs in
/// has not said yet where they belong.
pub async fn by_email(rows: &dyn ReadModels, email: &str) -> Result<Option<User>, RowsError> {
    let active = Select::from("users", Scope::All).only("email", Some(email)).and("deactivated_at IS NULL");
    Ok(active.all(rows, "ORDER BY invited_at, user_id LIMIT 1").await?.into_iter().next())
}
