//! Whose rows a query may see. Every query of tenants' rows asks for one, so that none can be written without it.

use ringbuch_domain::ids::CompanyId;

/// One company's rows, or for owners the rows of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    Company(&'a CompanyId),
    All,
}
