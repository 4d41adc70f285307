//! Where a channel leads. Addresses are secrets: whoever knows a Slack webhook's can write there.

use super::signing::{SigningSecret, SigningSecretUnusable};
use crate::outbound::{AddressRefused, Outbound};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone)]
pub enum Destination {
    Slack { url: SecretString },
    Email { to: Vec<String> },
    Webhook { url: SecretString, secret: SigningSecret },
}

/// Why a channel cannot lead there.
#[derive(Debug, Error)]
pub enum DestinationUnusable {
    #[error("the address of the channel cannot be used: {0}")]
    Address(#[from] AddressRefused),
    #[error("an e-mail channel takes 1 to 10 addresses such as ops@example.com")]
    Mailboxes,
    #[error(transparent)]
    Secret(#[from] SigningSecretUnusable),
    #[error("what is stored for the channel cannot be read; set it again")]
    Stored,
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Slack { url: String },
    Email { to: Vec<String> },
    Webhook { url: String, secret: String },
}

impl Destination {
    pub fn slack(url: &str, outbound: &Outbound) -> Result<Self, DestinationUnusable> {
        outbound.check(url)?;
        Ok(Self::Slack { url: url.into() })
    }

    pub fn email(to: &[String]) -> Result<Self, DestinationUnusable> {
        let usable = |address: &String| address.parse::<lettre::Address>().is_ok();
        if to.is_empty() || to.len() > 10 || !to.iter().all(usable) {
            return Err(DestinationUnusable::Mailboxes);
        }
        Ok(Self::Email { to: to.to_vec() })
    }

    pub fn webhook(url: &str, secret: SigningSecret, outbound: &Outbound) -> Result<Self, DestinationUnusable> {
        outbound.check(url)?;
        Ok(Self::Webhook { url: url.into(), secret })
    }

    /// The text that is sealed and kept.
    pub fn to_stored(&self) -> Result<SecretString, DestinationUnusable> {
        let stored = match self {
            Self::Slack { url } => Stored::Slack { url: url.expose_secret().to_owned() },
            Self::Email { to } => Stored::Email { to: to.clone() },
            Self::Webhook { url, secret } => {
                Stored::Webhook { url: url.expose_secret().to_owned(), secret: secret.reveal().to_owned() }
            }
        };
        serde_json::to_string(&stored).map(SecretString::from).map_err(|_| DestinationUnusable::Stored)
    }

    pub fn from_stored(stored: &SecretString) -> Result<Self, DestinationUnusable> {
        Ok(match serde_json::from_str(stored.expose_secret()).map_err(|_| DestinationUnusable::Stored)? {
            Stored::Slack { url } => Self::Slack { url: url.into() },
            Stored::Email { to } => Self::Email { to },
            Stored::Webhook { url, secret } => {
                Self::Webhook { url: url.into(), secret: SigningSecret::parse(&secret)? }
            }
        })
    }
}
