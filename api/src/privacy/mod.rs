//! What a person may ask for: to see everything that is kept about them, and to be forgotten.

mod erase;
mod export;
mod forgotten;
mod traces;

pub use erase::{EraseError, Erasing, Remainder, Report, Standing};
pub use export::{Export, ExportError, export};
pub use forgotten::{ForgetError, apply, apply_all, follow};
pub use traces::Traces;

use crate::journal::{Journal, JournalError};
use ringbuch_domain::ids::{CompanyId, CustomerId};
use ringbuch_domain::recorded::StreamId;

/// The company that a person belongs to; none if nobody has this id.
pub async fn company_of(journal: &Journal, customer: CustomerId) -> Result<Option<CompanyId>, JournalError> {
    let events = journal.log().read_stream(&StreamId::customer(customer), 0).await?;
    Ok(events.into_iter().find_map(|event| event.company))
}
