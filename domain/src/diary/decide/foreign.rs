//! What others have put into the calendar: recorded as it is, even where it breaks the page's rule.

use crate::diary::aggregate::Diary;
use crate::diary::event::{DiaryEvent, ForeignBookingGone, ForeignBookingSeen, OverlapSeen, Slot};
use crate::ids::StaffId;

impl Diary {
    pub(super) fn see_foreign(&self, foreign: String, slot: Slot, staff: Vec<StaffId>) -> Vec<DiaryEvent> {
        let seen = ForeignBookingSeen { foreign, slot, staff };
        if self.foreign.get(&seen.foreign) == Some(&seen) {
            return vec![];
        }
        let overlap = self.clashes(&seen.item(), Some(&seen.foreign));
        let mut events: Vec<DiaryEvent> = vec![seen.into()];
        if overlap {
            events.push(OverlapSeen { booking: None, start: slot.start, end: slot.end }.into());
        }
        events
    }

    pub(super) fn forget_foreign(&self, foreign: String) -> Vec<DiaryEvent> {
        if !self.foreign.contains_key(&foreign) {
            return vec![];
        }
        vec![ForeignBookingGone { foreign }.into()]
    }
}
