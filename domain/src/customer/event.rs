//! What can happen to one person of one company.

use crate::ids::CustomerId;
use crate::private::Private;
use crate::recorded::Subject;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `customer-<random id>`.
    pub enum CustomerEvent {
        CustomerRegistered v 1 sealed for |it| Subject::Person(it.customer),
        CustomerChanged v 1 sealed for |it| Subject::Person(it.customer),
        CustomerErased v 1,
    }
}

/// What is known of a person. Absent is not known, never "none".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Card {
    pub name: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerRegistered {
    pub customer: CustomerId,
    /// Known by one call alone.
    pub anonymous: bool,
    #[serde(skip)]
    pub private: Private<Card>,
}

/// The whole card as it reads from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerChanged {
    pub customer: CustomerId,
    #[serde(skip)]
    pub private: Private<Card>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerErased {
    pub customer: CustomerId,
    /// `cli`, `key:…`
    pub by: String,
}
