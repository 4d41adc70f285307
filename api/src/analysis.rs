//! What came of one phone call, from its events in the log and its transcript.

use crate::app::App;
use crate::trace::{TraceError, events_of};
use ringbuch_domain::analysis::{Analysis, Facts, analyse};
use ringbuch_domain::ids::{CallId, CompanyId};

/// Reads the call's stream and the pages of its bookings; for a call that the log does not know nearly all is unknown.
pub async fn of_call(app: &App, company: &CompanyId, call: &CallId) -> Result<Analysis, TraceError> {
    let mut events = events_of(app, company, call).await?;
    events.sort_by_key(|(envelope, _)| envelope.position);
    let mut facts = Facts::new(call.clone());
    for (envelope, event) in &events {
        if let Ok(event) = event {
            facts.take(envelope.time, event);
        }
    }
    Ok(analyse(&facts))
}
