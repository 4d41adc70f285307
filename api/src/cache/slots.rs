//! Open times, so that a hundred callers who ask for the same day cost the calendar one request.

use super::marks::Marks;
use super::{LastKnown, Policy};
use crate::metrics::Metrics;
use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::Date;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{CalendarFailure, Clock, OpenSlot, OpenSlots, SlotQuery, Slots};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Some tens of megabytes: an open time takes 24 bytes.
const POLICY: Policy = Policy {
    name: "availability",
    fresh: SignedDuration::from_secs(45),
    stale_at_most: Duration::from_mins(15),
    capacity: 1_000_000,
};

/// Everything that the answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    company: CompanyId,
    query: SlotQuery,
}

/// The calendar's open times as it told them within the last 45 seconds, unless something has happened on those days since.
/// Where the calendar does not answer, what it told within the last quarter of an hour, marked stale.
pub struct CachedSlots {
    calendar: Arc<dyn Slots>,
    marks: Mutex<Marks>,
    known: LastKnown<Key, Arc<[OpenSlot]>, CalendarFailure>,
}

impl CachedSlots {
    pub fn new(calendar: Arc<dyn Slots>, clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
        let weight = |slots: &Arc<[OpenSlot]>| u32::try_from(slots.len()).unwrap_or(u32::MAX).saturating_add(8);
        Self { calendar, marks: Mutex::default(), known: LastKnown::new(POLICY, clock, metrics, weight) }
    }

    /// Something has changed on one day of a company, or on any of them.
    pub(super) fn forget(&self, company: &CompanyId, day: Option<Date>) {
        self.marks().company(company, day);
    }

    pub(super) fn forget_everything(&self) {
        self.marks().everything();
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Slots for CachedSlots {
    async fn slots(&self, company: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        let key = Key { company: company.clone(), query: query.clone() };
        let changes = || self.marks().newest(company, query.from..=query.to);
        let ask = || async { Ok(self.calendar.slots(company, query).await?.slots.into()) };
        let answer = self.known.get(&key, changes, ask, is_silence).await?;
        Ok(OpenSlots { slots: answer.value.to_vec(), age: answer.age, stale: answer.stale })
    }
}

/// The calendar did not answer. A refusal is its answer, and no older one changes that.
fn is_silence(failure: &CalendarFailure) -> bool {
    matches!(failure, CalendarFailure::NotSent { .. } | CalendarFailure::Unknown { .. })
}

#[cfg(test)]
mod tests;
