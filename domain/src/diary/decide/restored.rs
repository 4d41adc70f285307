//! After a restore from a backup nobody knows what was asked of the provider since the backup was made.

use crate::diary::aggregate::Diary;
use crate::diary::booking::{Booking, Phase};
use crate::diary::event::{BookingOutcomeUnknown, DiaryEvent};
use jiff::Timestamp;

impl Diary {
    /// Everything that is under way outside is in doubt: the provider is looked at before it is asked for anything.
    pub(super) fn doubt_all(&self, now: Timestamp) -> Vec<DiaryEvent> {
        self.bookings().filter_map(|booking| in_doubt(booking, now)).collect()
    }
}

fn in_doubt(booking: &Booking, now: Timestamp) -> Option<DiaryEvent> {
    let errand = booking.errand.as_ref()?;
    let attempt = match errand.phase {
        // The next one may have been made and forgotten.
        Phase::Due { .. } => booking.attempts + 1,
        Phase::Attempting { attempt, .. } => attempt,
        Phase::Unknown { .. } => return None,
    };
    let (booking, act, reason) = (booking.id(), errand.act, "restored".to_owned());
    Some(BookingOutcomeUnknown { booking, act, attempt, reason, look_up_at: now }.into())
}
