//! What can happen to an account.

use crate::ids::AccountId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `account-<id>`.
    pub enum AccountEvent {
        AccountOpened v 1,
        AccountSecretSet v 1,
        SyntheticHistoryBegun v 1,
    }
}

/// How the provider signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureForm {
    /// `X-Retell-Signature: v=<ms>,d=<hex>`, what Retell sends today.
    #[default]
    Combined,
    /// `X-Retell-Signature: <hex>` beside `X-Retell-Timestamp: <ms>`, for senders that still do so.
    TwoHeaders,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccountOpened {
    pub account: AccountId,
    pub name: String,
    pub signature: SignatureForm,
    /// Another address than the provider's own.
    pub base_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccountSecretSet {
    pub account: AccountId,
    /// `retell_api_key`.
    pub secret: String,
}

/// From here on the log tells of calls that never were, for trials and benchmarks. It is the first event of such a log, and
/// stands in none that tells of real ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SyntheticHistoryBegun {
    pub account: AccountId,
    pub calls: u64,
    pub companies: u32,
    pub seed: u64,
}
