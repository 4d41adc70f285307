//! Time that is kept for somebody without being booked.

use super::Decision;
use crate::diary::aggregate::Diary;
use crate::diary::command::Hold;
use crate::diary::event::{DiaryEvent, HoldExpired, HoldReleased, Holder, SlotHeld};
use crate::diary::rejection::Rejection;
use jiff::Timestamp;

impl Diary {
    pub(super) fn hold(&self, hold: Hold) -> Decision {
        if hold.until <= hold.now {
            return Err(Rejection::HoldExpired);
        }
        let staff = self.free(&hold.slot, &hold.terms, hold.wanted.as_ref(), Some(&hold.holder), hold.now)?;
        let Hold { holder, branch, event_type, slot, until, .. } = hold;
        let kept = SlotHeld { holder, branch, event_type, slot, staff, until };
        if self.holds.contains(&kept) {
            return Ok(vec![]);
        }
        Ok(vec![kept.into()])
    }

    pub(super) fn release(&self, holder: &Holder) -> Vec<DiaryEvent> {
        let kept = self.holds.iter().find(|hold| hold.holder == *holder);
        kept.map(|hold| HoldReleased { holder: hold.holder.clone() }.into()).into_iter().collect()
    }

    /// Whoever lets a hold go late must not let go what was kept meanwhile.
    pub(super) fn release_old(&self, holder: &Holder, until: Timestamp) -> Vec<DiaryEvent> {
        let stands = self.holds.iter().any(|hold| hold.holder == *holder && hold.until == until);
        if stands { self.release(holder) } else { vec![] }
    }

    pub(super) fn expire(&self, now: Timestamp) -> Vec<DiaryEvent> {
        let over = self.holds.iter().filter(|hold| hold.until <= now);
        over.map(|hold| HoldExpired { holder: hold.holder.clone() }.into()).collect()
    }
}
