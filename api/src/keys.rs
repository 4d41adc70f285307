//! API keys, looked up by their hash in the read model.

use crate::http::auth::{KeyLookup, KeysUnavailable, Principal, Who};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_projections::keys;
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;

pub struct KeysByHash {
    rows: Arc<dyn ReadModels>,
}

impl KeysByHash {
    pub fn new(rows: Arc<dyn ReadModels>) -> Self {
        Self { rows }
    }
}

#[async_trait]
impl KeyLookup for KeysByHash {
    async fn by_hash(&self, hash: &str, now: Timestamp) -> Result<Option<Principal>, KeysUnavailable> {
        let found = keys::by_hash(&*self.rows, hash).await.map_err(|error| {
            tracing::error!(%error, "API keys cannot be looked up");
            KeysUnavailable
        })?;
        let usable = found.filter(|key| key.is_usable(now));
        Ok(usable.map(|key| Principal {
            who: Who::Key(key.key_id),
            company: key.company,
            role: key.role,
            scopes: key.scopes,
        }))
    }
}
