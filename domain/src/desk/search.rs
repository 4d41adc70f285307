//! Where times can be had. Offering, holding and booking ask the same question: the page's own rule, and what the
//! calendar has told of itself.

use super::ranking::{Candidate, Wanted};
use crate::company::{Company, EventTypeSynced};
use crate::diary::{Diary, Holder, Rejection, Slot, Terms};
use crate::ids::{BranchId, StaffId};
use crate::ports::OpenSlot;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Who could serve it then, or why it cannot be had. Without the calendar's open times, which may not be at hand, the page
/// alone is asked; the calendar is asked in any case when it is to book.
pub fn bookable(
    page: &Diary,
    (slot, terms): (&Slot, &Terms),
    wanted: Option<&StaffId>,
    open: Option<&[OpenSlot]>,
    holder: Option<&Holder>,
    now: Timestamp,
) -> Result<Vec<StaffId>, Rejection> {
    let free = page.free(slot, terms, wanted, holder, now)?;
    let listed = open.is_none_or(|open| open.iter().any(|open| open.start == slot.start));
    if listed { Ok(free) } else { Err(Rejection::SlotTaken) }
}

/// So many of the nearest open times are tried before others are asked for.
const NEAREST: usize = 48;

/// A search for times.
pub struct Search<'a> {
    pub company: &'a Company,
    pub service: &'a EventTypeSynced,
    pub wanted: Wanted,
    /// Whose hold does not stand in the way.
    pub holder: Option<Holder>,
    pub now: Timestamp,
}

impl Search<'_> {
    /// The open times nearest to what is wanted, with the pages that they stand on. Of a week that would do as a whole some
    /// of each day, or its first days would leave no room for the others.
    pub fn nearest(&self, open: &[OpenSlot]) -> Vec<(Date, OpenSlot)> {
        let zone = self.company.zone();
        let day = |open: &OpenSlot| open.start.to_zoned(zone.clone()).date();
        let ahead = open.iter().copied().filter(|open| open.start >= self.now);
        let (within, mut outside): (Vec<OpenSlot>, Vec<OpenSlot>) =
            ahead.partition(|open| self.wanted.distance(open.start) == 0);
        let mut days: BTreeMap<Date, Vec<OpenSlot>> = BTreeMap::new();
        for open in within {
            days.entry(day(&open)).or_default().push(open);
        }
        let of_each = NEAREST / days.len().max(1);
        let mut near: Vec<OpenSlot> = days.values().flat_map(|open| evenly(open, of_each.max(1))).collect();
        outside.sort_by_key(|open| (self.wanted.distance(open.start), open.start));
        near.extend(outside.into_iter().take(NEAREST.saturating_sub(near.len())));
        near.into_iter().map(|open| (day(&open), open)).collect()
    }

    /// What could be booked of them: as it was wanted, with others, and at other branches.
    pub fn candidates(&self, near: &[(Date, OpenSlot)], pages: &BTreeMap<Date, &Diary>) -> Vec<Candidate> {
        let mut terms: BTreeMap<(Date, &BranchId), Option<Terms>> = BTreeMap::new();
        let mut found = Vec::new();
        for (day, open) in near {
            let Some(page) = pages.get(day) else { continue };
            for branch in self.company.branches.keys() {
                let known = terms.entry((*day, branch)).or_insert_with(|| self.terms(branch, *day));
                if let Some(terms) = known {
                    found.extend(self.at(branch, open.start, page, terms));
                }
            }
        }
        found
    }

    fn terms(&self, branch: &BranchId, day: Date) -> Option<Terms> {
        let terms = self.company.terms(branch, self.service.event_type, day).ok()?;
        (terms.branch_active && terms.offered).then_some(terms)
    }

    /// With the person who was wanted, or with whoever else is free.
    fn at(&self, branch: &BranchId, start: Timestamp, page: &Diary, terms: &Terms) -> Option<Candidate> {
        let slot = self.service.slot_at(start);
        let free = page.free(&slot, terms, None, self.holder.as_ref(), self.now).ok()?;
        let Some(wanted) = &self.wanted.staff else {
            return Some(Candidate { branch: branch.clone(), staff: None, start });
        };
        let with = |staff: &StaffId| page.free(&slot, terms, Some(staff), self.holder.as_ref(), self.now).is_ok();
        let others = || free.iter().find(|staff| with(staff));
        let staff = if free.contains(wanted) && with(wanted) { Some(wanted) } else { others() };
        staff.map(|staff| Candidate { branch: branch.clone(), staff: Some(staff.clone()), start })
    }
}

/// At most so many of them, from the first on, as far apart as they can be.
fn evenly(open: &[OpenSlot], most: usize) -> Vec<OpenSlot> {
    let taken = open.len().min(most);
    (0..taken).filter_map(|at| open.get(at * open.len() / taken).copied()).collect()
}
