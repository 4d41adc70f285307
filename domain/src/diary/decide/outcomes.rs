//! What came of a booking at the provider, and how its file is closed.

use super::{Decision, wrong_state};
use crate::diary::aggregate::Diary;
use crate::diary::booking::{Booking, Standing};
use crate::diary::command::Confirmation;
use crate::diary::event::{
    Act, BookingCompleted, BookingConfirmed, BookingFailed, BookingPending, BookingRequested, BookingSettled,
    BookingTwinCancelled, CustomerDidNotShow, DiaryEvent, OverlapSeen, Slot,
};
use crate::diary::fit::Item;
use crate::diary::rejection::Rejection;
use crate::ids::BookingId;
use crate::private::Private;
use jiff::civil::Date;

impl Diary {
    /// The first booking at the provider that is confirmed is the one that stays. A second one is a twin, whoever made
    /// it: it is not confirmed in the place of the first, so that whoever closes the file cancels it.
    pub(super) fn confirm(&self, word: Confirmation) -> Decision {
        let booking = self.known(word.booking)?;
        match booking.standing {
            Standing::Requested => {}
            Standing::Pending | Standing::Confirmed if !booking.is_named(&word.provider) => {
                return Err(Rejection::AnotherStands);
            }
            Standing::Pending if !word.pending => {}
            Standing::Pending | Standing::Confirmed => return Ok(vec![]),
            _ => return Err(wrong_state(booking, "confirmed")),
        }
        let settles = settles(booking, &word);
        let mut events = self.stands(booking.request.clone(), booking.slot, word, None);
        if settles {
            events.push(BookingSettled { booking: booking.id() }.into());
        }
        Ok(events)
    }

    /// How the booking stands by the provider's word, and whether that breaks the page's rule.
    pub(super) fn stands(
        &self,
        request: BookingRequested,
        slot: Slot,
        word: Confirmation,
        moved_from: Option<Date>,
    ) -> Vec<DiaryEvent> {
        let (booking, start, end) = (word.booking, word.start, word.end);
        let slot = Slot { start, end, ..slot };
        let staff = word.staff.as_slice();
        let item = Item { from: slot.from(), to: slot.to(), staff, fixed: true, booking: Some(booking) };
        let overlap = self.clashes(&item, None).then(|| OverlapSeen { booking: Some(booking), start, end }.into());
        std::iter::once(told(request, word, moved_from)).chain(overlap).collect()
    }

    pub(super) fn fail(&self, id: BookingId, attempt: Option<u32>, reason: String) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Failed => return Ok(vec![]),
            Standing::Requested | Standing::Pending => {}
            _ => return Err(wrong_state(booking, "given up")),
        }
        // The attempt that failed is over, and another one goes on.
        if attempt.is_some_and(|attempt| !booking.is_attempting(attempt)) {
            return Ok(vec![]);
        }
        let BookingRequested { customer, call, .. } = &booking.request;
        Ok(vec![BookingFailed { booking: id, customer: *customer, call: call.clone(), attempt, reason }.into()])
    }

    pub(super) fn twin_cancelled(&self, booking: BookingId, attempt: Option<u32>) -> Decision {
        self.known(booking)?;
        Ok(vec![BookingTwinCancelled { booking, attempt }.into()])
    }

    pub(super) fn settle(&self, id: BookingId) -> Decision {
        let booking = self.known(id)?;
        if booking.settled {
            return Ok(vec![]);
        }
        if booking.errand.is_some() {
            return Err(Rejection::AttemptUnderWay);
        }
        Ok(vec![BookingSettled { booking: id }.into()])
    }

    pub(super) fn complete(&self, id: BookingId) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Completed | Standing::NoShow => Ok(vec![]),
            Standing::Confirmed if booking.errand.is_none() => Ok(vec![BookingCompleted { booking: id }.into()]),
            _ => Err(wrong_state(booking, "completed")),
        }
    }

    /// Whoever marks somebody absent knows better than the clock that had closed the appointment.
    pub(super) fn no_show(&self, id: BookingId) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::NoShow => Ok(vec![]),
            Standing::Completed => Ok(vec![CustomerDidNotShow { booking: id }.into()]),
            Standing::Confirmed if booking.errand.is_none() => Ok(vec![CustomerDidNotShow { booking: id }.into()]),
            _ => Err(wrong_state(booking, "marked absent")),
        }
    }

    pub(super) fn showed(&self, id: BookingId) -> Decision {
        let booking = self.known(id)?;
        let absent = booking.standing == Standing::NoShow;
        Ok(absent.then(|| BookingCompleted { booking: id }.into()).into_iter().collect())
    }
}

/// With this word nothing more is open: nobody wants it cancelled, and no other attempt at booking it is in doubt.
fn settles(booking: &Booking, word: &Confirmation) -> bool {
    let doubtful = booking.bookings_in_doubt().any(|doubt| Some(doubt.attempt) != word.attempt);
    let cancelling = booking.cancel_wanted_by.is_some() || booking.act() == Some(Act::Cancel);
    !(doubtful || cancelling || booking.settled)
}

fn told(request: BookingRequested, word: Confirmation, moved_from: Option<Date>) -> DiaryEvent {
    let Confirmation { booking, attempt, pending, provider, staff, host, start, end } = word;
    let BookingRequested { customer, call, branch, event_type, .. } = request;
    let private = Private::Known(provider);
    if pending {
        return BookingPending { booking, customer, start, end, staff, attempt, private }.into();
    }
    BookingConfirmed {
        booking,
        customer,
        call,
        branch,
        event_type,
        start,
        end,
        staff,
        host,
        attempt,
        moved_from,
        private,
    }
    .into()
}
