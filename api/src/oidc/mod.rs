//! Signing in by a provider of identities (OIDC, the code flow with PKCE). It proves an e-mail address and nothing
//! more: who may come in, and with which role, is kept here.

mod settings;

#[cfg(feature = "oidc")]
mod flow;
#[cfg(not(feature = "oidc"))]
mod left_out;
#[cfg(feature = "oidc")]
mod pending;
#[cfg(feature = "oidc")]
mod proof;
#[cfg(feature = "oidc")]
mod provider;

#[cfg(feature = "oidc")]
pub use flow::{Answered, Begun, CALLBACK, Oidc, Vouched};
#[cfg(not(feature = "oidc"))]
pub use left_out::Oidc;
#[cfg(feature = "oidc")]
pub use pending::{COOKIE, gone};
#[cfg(feature = "oidc")]
pub use proof::Unproven;
pub use settings::{NewUsers, OidcSettings};

#[cfg(feature = "oidc")]
use ringbuch_adapters::outbound::NoClient;
#[cfg(feature = "oidc")]
use thiserror::Error;

/// Why nobody comes in.
#[cfg(feature = "oidc")]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OidcError {
    /// It was begun elsewhere, too long ago, or has been used.
    #[error("the sign-in was not begun in this browser, is too old, or was used")]
    Stale,
    /// The provider's own word for it, such as `access_denied`.
    #[error("the provider answered {0}")]
    Declined(String),
    #[error("the provider cannot be reached: {0}")]
    Away(String),
    #[error("the provider's answer proves nothing: {0}")]
    Unproven(Unproven),
    #[error("the provider names no e-mail address")]
    NoAddress,
    #[error("the provider does not say that the e-mail address is theirs")]
    Unverified,
    #[error("this machine cannot do it: {0}")]
    Machine(String),
}

#[cfg(feature = "oidc")]
impl From<NoClient> for OidcError {
    fn from(error: NoClient) -> Self {
        Self::Machine(error.to_string())
    }
}
