//! What the client must know of an account before it can ask.

use async_trait::async_trait;
use ringbuch_domain::ids::AccountId;
use secrecy::SecretString;

/// Retell's own base address.
pub const RETELL_BASE_URL: &str = "https://api.retellai.com";

/// One account at Retell.
#[derive(Debug, Clone)]
pub struct RetellSettings {
    /// Without a version in it: every path brings its own.
    pub base_url: String,
    pub api_key: SecretString,
}

#[async_trait]
pub trait AccountSettings: Send + Sync {
    /// Nothing if the account is unknown or has no key.
    async fn retell(&self, account: &AccountId) -> Option<RetellSettings>;
}
