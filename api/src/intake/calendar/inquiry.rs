//! Asking the calendar what is true of a booking, each name once, and following it to the name that it has now.

use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{Calendar, CalendarFailure, ProviderBooking};
use std::collections::HashMap;

/// Moves of one booking that are followed at once; the rest is seen the next time.
const HOPS: usize = 8;

pub struct Inquiry<'a> {
    calendar: &'a dyn Calendar,
    company: &'a CompanyId,
    /// By uid; nothing where the calendar does not know it.
    answers: HashMap<String, Option<ProviderBooking>>,
}

/// Where a name has led.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// What the last name stands for, unless the calendar does not know it.
    pub last: Option<ProviderBooking>,
    /// Every name on the way.
    pub uids: Vec<String>,
}

impl<'a> Inquiry<'a> {
    pub fn new(calendar: &'a dyn Calendar, company: &'a CompanyId) -> Self {
        Self { calendar, company, answers: HashMap::new() }
    }

    /// What the calendar has under that name.
    pub async fn ask(&mut self, name: &ProviderRef) -> Result<Option<ProviderBooking>, CalendarFailure> {
        if let Some(known) = self.answers.get(&name.uid) {
            return Ok(known.clone());
        }
        if let Some(rest) = self.calendar.rests_for(self.company) {
            return Err(CalendarFailure::NotSent { reason: "resting".into(), retry_after: Some(rest) });
        }
        let answer = match self.calendar.get(self.company, name).await {
            Ok(booking) => Some(booking),
            Err(CalendarFailure::Refused { reason }) if reason == "gone" => None,
            Err(failure) => return Err(failure),
        };
        self.answers.insert(name.uid.clone(), answer.clone());
        Ok(answer)
    }

    /// As `ask`, from name to name for as long as the booking was moved.
    pub async fn follow(&mut self, name: &ProviderRef) -> Result<Trail, CalendarFailure> {
        let (mut trail, mut name) = (Trail::default(), name.clone());
        for _ in 0..HOPS {
            trail.last = self.ask(&name).await?;
            trail.uids.push(name.uid);
            let moved_to = trail.last.as_ref().filter(|last| !last.status.is_live()).and_then(|it| it.moved_to.clone());
            match moved_to.filter(|uid| !trail.uids.contains(uid)) {
                Some(uid) => name = ProviderRef { uid, number: 0 },
                None => break,
            }
        }
        Ok(trail)
    }

    /// What was answered for a name before.
    pub fn answered(&self, uid: &str) -> Option<&ProviderBooking> {
        self.answers.get(uid).and_then(Option::as_ref)
    }

    /// Has the calendar cancel it. True once it is gone there; false where it will not go however often it is asked.
    pub async fn cancel(&mut self, booking: &ProviderBooking) -> Result<bool, CalendarFailure> {
        let gone = match self.calendar.cancel(self.company, &booking.name(), "Doppelt angekommen").await {
            Ok(()) => true,
            Err(CalendarFailure::Refused { reason }) => reason == "gone",
            Err(failure) => return Err(failure),
        };
        self.answers.insert(booking.uid.clone(), None);
        Ok(gone)
    }
}
