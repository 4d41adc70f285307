//! What can happen to access.

use crate::ids::{CompanyId, KeyId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::events! {
    /// The events of `access-<company>` and, where programs call tools, of `access-<company>-<day>`.
    pub enum AccessEvent {
        KeyIssued v 1,
        KeyRevoked v 1,
        PersonalDataViewed v 1,
        ToolCalled v 1,
        ToolCallsEnded v 1,
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

/// What came of a tool that a program has called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ToolOutcome {
    Ok,
    /// The rules, or what was asked for, did not allow it.
    Rejected,
    Failed,
}

/// A program with a key has called a tool; what it asked for stands nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ToolCalled {
    pub company: CompanyId,
    /// `key:…`
    pub by: String,
    pub server: String,
    pub tool: String,
    pub outcome: ToolOutcome,
    pub at: Timestamp,
    /// One run of one node, which counts the calls of a company from 1 without a gap.
    pub run: Uuid,
    pub number: u64,
}

/// A run has come to its end in order: no call after this number is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ToolCallsEnded {
    pub company: CompanyId,
    pub run: Uuid,
    pub number: u64,
}
