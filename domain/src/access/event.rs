//! What can happen to access.

use crate::ids::{CompanyId, KeyId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `access-<company>`.
    pub enum AccessEvent {
        KeyIssued v 1,
        KeyRevoked v 1,
        PersonalDataViewed v 1,
    }
}

/// What somebody may do. An owner stands above all companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Operator,
    Admin,
    Auditor,
    Owner,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(value: &str) -> Result<Self, String> {
        match value {
            "viewer" => Ok(Self::Viewer),
            "operator" => Ok(Self::Operator),
            "admin" => Ok(Self::Admin),
            "auditor" => Ok(Self::Auditor),
            "owner" => Ok(Self::Owner),
            _ => Err(format!("role '{value}' is none of viewer, operator, admin, auditor, owner")),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KeyIssued {
    pub key: KeyId,
    pub company: CompanyId,
    pub name: String,
    pub role: Role,
    /// SHA-256 of the whole key in hex; the key itself is shown once and kept nowhere.
    pub hash: String,
    /// Empty: whatever the role may do.
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KeyRevoked {
    pub key: KeyId,
    pub company: CompanyId,
    pub by: String,
}

/// Somebody looked at what belongs to a person: a transcript, a card, the body of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PersonalDataViewed {
    pub company: CompanyId,
    /// `user:…`, `key:…`
    pub by: String,
    /// `call`, `customer`, `webhook`
    pub what: String,
    /// Its id.
    pub id: String,
}
