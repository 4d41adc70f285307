//! A booking is to go: at once where nothing was ever asked for it, otherwise when the provider has let it go.

use super::{Decision, wrong_state};
use crate::diary::aggregate::Diary;
use crate::diary::booking::Standing;
use crate::diary::event::{Act, BookingCancelFailed, BookingCancelRequested, BookingCancelled, CancelReason};
use crate::diary::rejection::Rejection;
use crate::ids::BookingId;
use crate::private::Private;

impl Diary {
    pub(super) fn request_cancel(&self, id: BookingId, by: String, reason: Option<String>) -> Decision {
        let booking = self.known(id)?;
        let on_its_way = booking.act() == Some(Act::Cancel) || booking.cancel_wanted_by.is_some();
        if booking.standing == Standing::Cancelled || on_its_way {
            return Ok(vec![]);
        }
        if !matches!(booking.standing, Standing::Requested | Standing::Pending | Standing::Confirmed) {
            return Err(wrong_state(booking, "cancelled"));
        }
        // Of two places it would be cancelled at one only.
        if booking.act() == Some(Act::Move) {
            return Err(Rejection::AttemptUnderWay);
        }
        let (customer, private) = (booking.request.customer, Private::Known(CancelReason { text: reason }));
        let mut events = vec![BookingCancelRequested { booking: id, customer, by: by.clone(), private }.into()];
        if booking.standing == Standing::Requested && booking.doubts.is_empty() {
            events.push(BookingCancelled { booking: id, by }.into());
        }
        Ok(events)
    }

    pub(super) fn cancel_failed(&self, id: BookingId, attempt: Option<u32>, reason: String) -> Decision {
        let booking = self.known(id)?;
        let over = attempt.is_some_and(|attempt| !booking.is_attempting(attempt));
        if booking.act() != Some(Act::Cancel) || over {
            return Ok(vec![]);
        }
        Ok(vec![BookingCancelFailed { booking: id, attempt, reason }.into()])
    }

    /// The provider says that it is cancelled.
    pub(super) fn cancelled(&self, id: BookingId, by: String) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Cancelled => Ok(vec![]),
            standing if standing.is_live() => Ok(vec![BookingCancelled { booking: id, by }.into()]),
            _ => Err(wrong_state(booking, "cancelled")),
        }
    }
}
