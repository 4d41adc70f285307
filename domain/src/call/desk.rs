//! What a caller asks for while they are on the line, and what staff do for them afterwards.

use super::aggregate::{AskedAtDesk, Call, Callback, Decision, Wished};
use super::event::{BookingAsked, CallEvent, CallbackNote, CallbackNoteTaken, CallbackRequested};
use crate::ids::{BookingId, CallId};
use crate::private::Private;

impl Call {
    /// What was asked for in this call, in the order in which it was.
    pub fn asked(&self) -> &[BookingAsked] {
        &self.asked
    }

    /// What was asked for under this id.
    pub fn asked_for(&self, booking: BookingId) -> Option<&BookingAsked> {
        self.asked.iter().find(|asked| asked.booking == booking)
    }

    /// It was asked for, and the diary or the calendar said no.
    pub fn was_refused(&self, booking: BookingId) -> bool {
        self.refused.contains(&booking)
    }

    /// Staff have still to call back: the caller asked for it, or went away without what they wanted.
    pub fn waits_for_callback(&self) -> bool {
        match self.callback {
            Some(callback) => callback == Callback::Requested,
            None => matches!(self.decision, Some(Decision::Refused(_))),
        }
    }

    /// The same booking is asked for once, however often the agent says so.
    pub(super) fn ask_at_desk(&self, call: CallId, desk: AskedAtDesk) -> Vec<CallEvent> {
        let AskedAtDesk { booking, branch, wished } = desk;
        let Some(customer) = self.customer.filter(|_| self.asked_for(booking).is_none()) else { return vec![] };
        let Wished { event_type, staff, start, page, wish } = wished;
        let private = Private::Known(wish);
        vec![BookingAsked { call, booking, customer, branch, event_type, start, page, staff, private }.into()]
    }

    /// Asked for again, only what is newly said is noted; what staff have done is done.
    pub(super) fn request_callback(&self, call: CallId, reason: String, note: CallbackNote) -> Vec<CallEvent> {
        if self.callback == Some(Callback::Done) {
            return vec![];
        }
        let request = self.callback.is_none().then(|| CallbackRequested { call: call.clone(), reason }.into());
        let known = self.note.as_ref().and_then(Private::known).cloned().unwrap_or_default();
        let heard = known.with(note);
        let news = (heard != known).then_some(self.customer).flatten();
        let taken = news.map(|customer| CallbackNoteTaken { call, customer, private: Private::Known(heard) }.into());
        request.into_iter().chain(taken).collect()
    }
}

impl CallbackNote {
    /// What is newly said wins; what is not said stays.
    fn with(&self, heard: Self) -> Self {
        Self {
            name: heard.name.or_else(|| self.name.clone()),
            phone: heard.phone.or_else(|| self.phone.clone()),
            text: heard.text.or_else(|| self.text.clone()),
        }
    }
}
