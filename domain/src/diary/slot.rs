//! Time on the page, and the company's terms under which it may be given away.

use super::event::Slot;
use crate::ids::StaffId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

impl Slot {
    /// Start with the buffer before it; saturates at the ends of time.
    pub fn from(&self) -> Timestamp {
        shifted(self.start, -i64::from(self.buffer_before_minutes))
    }
    /// End with the buffer after it.
    pub fn to(&self) -> Timestamp {
        shifted(self.end, i64::from(self.buffer_after_minutes))
    }
}

/// A time some minutes away, or the end of time where that lies beyond it.
pub fn shifted(time: Timestamp, minutes: i64) -> Timestamp {
    let end = if minutes < 0 { Timestamp::MIN } else { Timestamp::MAX };
    time.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(end)
}

/// What the company says about a service at a branch on one local day: the facts that the page's rules judge by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub branch_name: String,
    pub branch_active: bool,
    /// The service is offered at the branch.
    pub offered: bool,
    pub notice_minutes: u32,
    pub horizon_days: Option<u32>,
    /// The local day as instants, from midnight to midnight.
    pub day_starts: Timestamp,
    pub day_ends: Timestamp,
    /// Who serves it there, and when on that day.
    pub staff: Vec<StaffDay>,
}

/// One person's hours on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffDay {
    pub staff: StaffId,
    /// Absent: no hours are known here, and the calendar is the judge.
    pub windows: Option<Vec<Span>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Terms {
    /// Who could serve the slot by their hours.
    pub fn at_work(&self, slot: &Slot) -> Vec<StaffId> {
        let works = |day: &&StaffDay| day.windows.as_ref().is_none_or(|windows| covered(slot, windows));
        self.staff.iter().filter(works).map(|day| day.staff.clone()).collect()
    }
}

/// Windows that touch are one: whoever works from eight to twelve and from twelve to six works at noon.
fn covered(slot: &Slot, windows: &[Span]) -> bool {
    let mut windows: Vec<&Span> = windows.iter().collect();
    windows.sort_by_key(|window| window.from);
    let reach =
        |reached: Timestamp, window: &Span| if window.from <= reached { reached.max(window.to) } else { reached };
    windows.into_iter().fold(slot.start, reach) >= slot.end
}
