//! Which events change what the calendar would say of open times, wherever they were written.

use super::slots::CachedSlots;
use jiff::civil::Date;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{EventLog, LogError};
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Events read at once.
const BATCH: usize = 400;
/// After trouble below, before asking again.
const PAUSE: Duration = Duration::from_millis(500);

/// A day looks otherwise to the calendar. Holds are none of these: the calendar knows nothing of them.
const OF_A_DAY: &[&str] = &[
    "BookingPending",
    "BookingConfirmed",
    "BookingFailed",
    "BookingOutcomeUnknown",
    "BookingTwinCancelled",
    "BookingArrived",
    "BookingMoved",
    "BookingMoveFailed",
    "BookingCancelled",
    "ForeignBookingSeen",
    "ForeignBookingGone",
    "OverlapSeen",
];
/// All days of a company do.
const OF_A_COMPANY: &[&str] = &[
    "CalendarConnected",
    "CompanySecretSet",
    "EventTypeSynced",
    "EventTypeRulesSynced",
    "EventTypeGone",
    "StaffSynced",
    "StaffGone",
    "WorkingHoursSynced",
    "HoursPushed",
];

impl CachedSlots {
    /// Follows the log until it is told to stop, so that what other nodes and commands write is noticed here as well.
    pub async fn follow(&self, log: &dyn EventLog, shutdown: CancellationToken) {
        let mut position = None;
        loop {
            let round = async {
                match self.read_on(log, position).await {
                    Ok(read) => position = Some(read),
                    Err(error) => {
                        tracing::warn!(%error, "open times are not being kept in step with the log; trying again");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = round => {}
            }
        }
    }

    /// Takes in what the log holds behind the position, or waits for news, and gives how far it has read.
    async fn read_on(&self, log: &dyn EventLog, position: Option<u64>) -> Result<u64, LogError> {
        let Some(after) = position else {
            let head = log.head().await?;
            // What was asked before may be older than that.
            self.forget_everything();
            return Ok(head);
        };
        let events = log.read_all(after, BATCH).await?;
        let Some(last) = events.last() else {
            log.wait_for_news(after).await?;
            return Ok(after);
        };
        for (company, day) in events.iter().filter_map(changed) {
            self.forget(company, day);
        }
        Ok(last.position)
    }
}

fn changed(event: &Envelope) -> Option<(&CompanyId, Option<Date>)> {
    let company = event.company.as_ref()?;
    let kind = event.kind.as_str();
    if OF_A_COMPANY.contains(&kind) {
        return Some((company, None));
    }
    // A page that cannot be told is every page.
    OF_A_DAY.contains(&kind).then(|| (company, page(&event.stream)))
}

fn page(stream: &StreamId) -> Option<Date> {
    let (_company, day) = stream.as_str().strip_prefix("diary-")?.split_once('-')?;
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use ringbuch_domain::company::CompanyEvent;
    use ringbuch_domain::diary::DiaryEvent;
    use ringbuch_domain::event::EventFamily;

    #[test]
    fn every_name_is_that_of_an_event() {
        let known = |kinds: &[(&str, u16)], name: &str| kinds.iter().any(|(kind, _)| *kind == name);
        assert!(OF_A_DAY.iter().all(|name| known(DiaryEvent::KINDS, name)));
        assert!(OF_A_COMPANY.iter().all(|name| known(CompanyEvent::KINDS, name)));
    }

    #[test]
    fn the_page_is_the_day() {
        let stream = |name: &str| page(&StreamId::from_stored(name));
        assert_eq!(stream("diary-salon-2025-07-02"), Some(date(2025, 7, 2)));
        assert_eq!(stream("diary-salon-today"), None);
        assert_eq!(stream("company-salon"), None);
    }
}
