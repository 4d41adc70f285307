//! What can happen to a user.

use crate::access::Role;
use crate::ids::{CompanyId, CustomerId, UserId};
use crate::private::Private;
use crate::recorded::Subject;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `user-<random id>`.
    pub enum UserEvent {
        UserInvited v 1 sealed for |it| subject(it.user),
        PasswordSet v 1,
        PasswordResetOffered v 1,
        UserRoleChanged v 1,
        UserDeactivated v 1,
        UserErased v 1,
        SignedIn v 1,
    }
}

/// A user's key is kept as any person's: both ids are random, so one is never the other.
pub fn subject(user: UserId) -> Subject {
    Subject::Person(CustomerId(user.0))
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserCard {
    /// Small letters; what the user signs in with.
    pub email: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserInvited {
    pub user: UserId,
    /// An owner's home; an owner sees the others as well.
    pub company: CompanyId,
    pub role: Role,
    /// `cli`, `key:…`, `user:…`
    pub by: String,
    #[serde(skip)]
    pub private: Private<UserCard>,
}

/// The user chose a password, through a link that is good for one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PasswordSet {
    pub user: UserId,
}

/// A new link was made; the old password is good until it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PasswordResetOffered {
    pub user: UserId,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserRoleChanged {
    pub user: UserId,
    pub role: Role,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserDeactivated {
    pub user: UserId,
    pub by: String,
}

/// Nothing says any more who it was; the key of the name and the address is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserErased {
    pub user: UserId,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SignedIn {
    pub user: UserId,
}
