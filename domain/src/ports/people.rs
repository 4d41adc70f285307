//! Who a caller is: the one place that can tie a number to a person, so that forgetting a person is forgetting a row.

use crate::ids::{CallId, CompanyId, CustomerId};
use async_trait::async_trait;
use thiserror::Error;

/// What is known of a caller before a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// E.164.
    Number(String),
    /// No usable number: a person of this one call.
    Anonymous(CallId),
}

#[derive(Debug, Error)]
#[error("the key store is not available: {0}")]
pub struct PeopleError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

#[async_trait]
pub trait People: Send + Sync {
    /// The person's id, drawn when first asked; asked again or by two at once, it is the same.
    async fn find_or_create(&self, company: &CompanyId, caller: &Caller) -> Result<CustomerId, PeopleError>;
}
