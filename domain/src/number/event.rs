//! What can happen to a number.

use crate::ids::{BranchId, CompanyId};
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `number-<digits>`.
    pub enum NumberEvent {
        NumberAssigned v 1,
        NumberReleased v 1,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NumberAssigned {
    /// E.164.
    pub number: String,
    pub company: CompanyId,
    pub branch: BranchId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NumberReleased {
    pub number: String,
    pub company: CompanyId,
}
