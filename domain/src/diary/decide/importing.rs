//! A booking that another system had made: taken down as it stood, whatever the rules would have said.

use crate::diary::aggregate::Diary;
use crate::diary::booking::{Booking, Standing};
use crate::diary::event::{
    BookingCancelled, BookingCompleted, BookingImported, BookingRequested, CustomerDidNotShow, DiaryEvent, OverlapSeen,
};
use crate::diary::fit::Item;
use crate::private::Private;

/// Who has changed it, as the log names them.
const BY: &str = "import";

impl Diary {
    pub(super) fn import(&self, booking: BookingImported) -> Vec<DiaryEvent> {
        if let Some(known) = self.booking(booking.booking) {
            return follow(known, booking.standing);
        }
        let overlap = self.overlaps(&booking).then_some(OverlapSeen {
            booking: Some(booking.booking),
            start: booking.slot.start,
            end: booking.slot.end,
        });
        std::iter::once(booking.into()).chain(overlap.map(DiaryEvent::from)).collect()
    }

    fn overlaps(&self, booking: &BookingImported) -> bool {
        let BookingImported { slot, staff, standing, booking, .. } = booking;
        let item =
            Item { from: slot.from(), to: slot.to(), staff: staff.as_slice(), fixed: true, booking: Some(*booking) };
        standing.is_live() && self.clashes(&item, None)
    }
}

/// A later export may say what has come of it since. What was heard from the calendar meanwhile is never taken back.
fn follow(known: &Booking, standing: Standing) -> Vec<DiaryEvent> {
    let booking = known.id();
    match (known.standing, standing) {
        (Standing::Pending | Standing::Confirmed, Standing::Cancelled) => {
            vec![BookingCancelled { booking, by: BY.to_owned() }.into()]
        }
        (Standing::Confirmed, Standing::Completed) => vec![BookingCompleted { booking }.into()],
        (Standing::Confirmed | Standing::Completed, Standing::NoShow) => vec![CustomerDidNotShow { booking }.into()],
        _ => vec![],
    }
}

impl From<BookingImported> for BookingRequested {
    fn from(imported: BookingImported) -> Self {
        let BookingImported { booking, customer, call, branch, event_type, team, slot, .. } = imported;
        let BookingImported { staff, zone, language, requested_at, private, .. } = imported;
        Self {
            booking,
            customer,
            call,
            source: BY.to_owned(),
            branch,
            event_type,
            team,
            slot,
            staff: staff.into_iter().collect(),
            zone,
            language,
            requested_at,
            private: match private {
                Private::Known(taken) => Private::Known(taken.contact),
                Private::Erased => Private::Erased,
            },
        }
    }
}
