//! API keys: what a request's key may do. The key itself is nowhere, only its hash.

use crate::columns::{json, word};
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::{AccessEvent, Role};
use ringbuch_domain::ids::{CompanyId, KeyId};
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "keys",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS api_keys (
            key_id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, company TEXT NOT NULL, name TEXT NOT NULL,
            role TEXT NOT NULL, scopes TEXT NOT NULL, issued_at BIGINT NOT NULL, issued_by TEXT NOT NULL,
            expires_at BIGINT, revoked_at BIGINT, revoked_by TEXT)",
        "CREATE INDEX IF NOT EXISTS api_keys_company ON api_keys (company, issued_at)",
    ],
    tables: &["api_keys"],
    project,
};

record! {
    pub struct ApiKey {
        pub key_id: KeyId,
        pub company: CompanyId,
        pub name: String,
        pub role: Role,
        /// Empty: whatever the role may do.
        pub scopes: Vec<String>,
        pub issued_at: Timestamp,
        pub issued_by: String,
        pub expires_at: Option<Timestamp>,
        pub revoked_at: Option<Timestamp>,
    }
}

impl ApiKey {
    /// Neither revoked nor expired.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::Access(access) = &event.data else { return };
    match access {
        AccessEvent::KeyIssued(it) => rows.execute(
            "INSERT INTO api_keys (key_id, hash, company, name, role, scopes, issued_at, issued_by, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (key_id) DO NOTHING",
            [
                text(&it.key),
                it.hash.as_str().into(),
                text(&it.company),
                it.name.as_str().into(),
                word(&it.role),
                json(&it.scopes),
                event.time.into(),
                it.by.as_str().into(),
                it.expires_at.into(),
            ],
        ),
        AccessEvent::KeyRevoked(it) => rows.execute(
            "UPDATE api_keys SET revoked_at = $3, revoked_by = $4
             WHERE key_id = $1 AND company = $2 AND revoked_at IS NULL",
            [text(&it.key), text(&it.company), event.time.into(), it.by.as_str().into()],
        ),
        AccessEvent::PersonalDataViewed(_) | AccessEvent::ToolCalled(_) | AccessEvent::ToolCallsEnded(_) => {}
    }
}

/// The key behind a hash, usable or not. It needs no scope: the key itself says whose rows it opens.
pub async fn by_hash(rows: &dyn ReadModels, hash: &str) -> Result<Option<ApiKey>, RowsError> {
    Select::from("api_keys", Scope::All).only("hash", Some(hash)).one(rows).await
}

/// Keys in the order in which they were issued, revoked ones included.
pub async fn list(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<ApiKey>, RowsError> {
    Select::from("api_keys", scope).all(rows, "ORDER BY issued_at, key_id").await
}

pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, key: KeyId) -> Result<Option<ApiKey>, RowsError> {
    Select::from("api_keys", scope).only("key_id", Some(text(&key))).one(rows).await
}

#[cfg(test)]
mod tests;
