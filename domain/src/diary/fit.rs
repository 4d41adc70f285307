//! The rule of the book, exact: everything on the page must be servable at once. An item is a span of time and the
//! staff who could serve it; the page is sound if every item can be given one of its staff so that no two overlapping
//! items share one. What is confirmed has its one person already and only takes that person's time away.

use crate::ids::{BookingId, StaffId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// One thing on the page that takes somebody's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// Buffers included.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Who could serve it, or who does.
    pub staff: &'a [StaffId],
    /// It has its person for good; `staff` is that one.
    pub fixed: bool,
    /// Items of one booking (its old and its new place while it moves) do not stand in each other's way.
    pub booking: Option<BookingId>,
}

impl Item<'_> {
    fn overlaps(&self, other: &Item<'_>) -> bool {
        self.from < other.to && other.from < self.to && (self.booking.is_none() || self.booking != other.booking)
    }
}

/// Steps of search after which a page counts as full. A day of a large business stays far below it.
const MAX_STEPS: u32 = 20_000;

/// Whether the new item finds a place beside the others without anybody being needed twice.
pub fn fits(new: &Item<'_>, others: &[Item<'_>]) -> bool {
    let mut open = vec![Flexible::of(new, others)];
    open.extend(
        others.iter().filter(|item| !item.fixed && !item.staff.is_empty()).map(|item| Flexible::of(item, others)),
    );
    let items = touching(open);
    if overcrowded(&items) {
        return false;
    }
    let near = items.iter().map(|item| rivals(item, &items)).collect();
    let mut search = Search { chosen: vec![None; items.len()], near, items: &items, steps: MAX_STEPS };
    search.place_all()
}

/// An item that still needs somebody, with those who are not taken by a fixed one.
struct Flexible<'a> {
    item: Item<'a>,
    candidates: Vec<&'a StaffId>,
}

impl<'a> Flexible<'a> {
    fn of(item: &Item<'a>, others: &[Item<'_>]) -> Self {
        let busy = |staff: &StaffId| {
            others.iter().any(|other| other.fixed && other.overlaps(item) && other.staff.contains(staff))
        };
        Self { item: item.clone(), candidates: item.staff.iter().filter(|staff| !busy(staff)).collect() }
    }

    fn contends(&self, other: &Self) -> bool {
        self.item.overlaps(&other.item) && self.candidates.iter().any(|staff| other.candidates.contains(staff))
    }
}

/// Those that the first one can push around, directly or through others; the rest of the page is as sound as it was.
fn touching(mut open: Vec<Flexible<'_>>) -> Vec<Flexible<'_>> {
    let mut component = Vec::new();
    let mut frontier = vec![open.remove(0)];
    while let Some(item) = frontier.pop() {
        let (near, far): (Vec<_>, Vec<_>) = open.into_iter().partition(|other| item.contends(other));
        open = far;
        frontier.extend(near);
        component.push(item);
    }
    component
}

/// At the start of some item more of them run at once than there are people for all of those together. No search is
/// needed to refuse that, and it is how a full day looks.
fn overcrowded(items: &[Flexible<'_>]) -> bool {
    items.iter().any(|at| {
        let runs = |item: &&Flexible<'_>| item.item.from <= at.item.from && at.item.from < item.item.to;
        let of_a_booking: BTreeSet<_> = items.iter().filter(runs).filter_map(|item| item.item.booking).collect();
        let of_none = items.iter().filter(runs).filter(|item| item.item.booking.is_none()).count();
        let people: BTreeSet<_> = items.iter().filter(runs).flat_map(|item| item.candidates.iter().copied()).collect();
        of_a_booking.len() + of_none > people.len()
    })
}

fn rivals(item: &Flexible<'_>, items: &[Flexible<'_>]) -> Vec<usize> {
    let same = |other: &Flexible<'_>| std::ptr::eq(item, other);
    items.iter().enumerate().filter(|(_, other)| !same(other) && item.contends(other)).map(|(at, _)| at).collect()
}

/// Depth-first, the item with the fewest people left first.
struct Search<'s, 'a> {
    chosen: Vec<Option<&'a StaffId>>,
    near: Vec<Vec<usize>>,
    items: &'s [Flexible<'a>],
    steps: u32,
}

impl<'a> Search<'_, 'a> {
    fn place_all(&mut self) -> bool {
        let Some((at, free)) = self.most_constrained() else { return true };
        for staff in free {
            if self.steps == 0 {
                return false;
            }
            self.steps -= 1;
            self.choose(at, Some(staff));
            if self.place_all() {
                return true;
            }
        }
        self.choose(at, None);
        false
    }

    fn choose(&mut self, at: usize, staff: Option<&'a StaffId>) {
        if let Some(chosen) = self.chosen.get_mut(at) {
            *chosen = staff;
        }
    }

    fn most_constrained(&self) -> Option<(usize, Vec<&'a StaffId>)> {
        let open = self.chosen.iter().enumerate().filter(|(_, chosen)| chosen.is_none());
        open.map(|(at, _)| (at, self.free(at))).min_by_key(|(_, free)| free.len())
    }

    fn free(&self, at: usize) -> Vec<&'a StaffId> {
        let near = self.near.get(at).map_or(&[][..], Vec::as_slice);
        let taken: Vec<&StaffId> = near.iter().filter_map(|other| self.chosen.get(*other).copied().flatten()).collect();
        let candidates = self.items.get(at).map_or(&[][..], |item| item.candidates.as_slice());
        candidates.iter().copied().filter(|staff| !taken.contains(staff)).collect()
    }
}

/// Pairs of fixed items that need one person at the same time: what truly stands in the calendar may break the rule.
pub fn clashes(items: &[Item<'_>]) -> usize {
    let mut by_staff: BTreeMap<&StaffId, Vec<&Item<'_>>> = BTreeMap::new();
    for item in items.iter().filter(|item| item.fixed) {
        for staff in item.staff {
            by_staff.entry(staff).or_default().push(item);
        }
    }
    by_staff
        .values()
        .map(|items| {
            let later = |at: usize| items.iter().skip(at + 1);
            items
                .iter()
                .enumerate()
                .map(|(at, item)| later(at).filter(|other| item.overlaps(other)).count())
                .sum::<usize>()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    struct Sketch {
        from: i64,
        minutes: i64,
        staff: Vec<StaffId>,
        fixed: bool,
        booking: Option<BookingId>,
    }

    fn staff(number: u8) -> StaffId {
        StaffId::new(&format!("s{number}")).expect("a usable id")
    }

    fn item(sketch: &Sketch) -> Item<'_> {
        let at = |minute: i64| Timestamp::from_second(1_800_000_000 + minute * 60).expect("in range");
        Item {
            from: at(sketch.from),
            to: at(sketch.from + sketch.minutes),
            staff: &sketch.staff,
            fixed: sketch.fixed,
            booking: sketch.booking,
        }
    }

    /// Tries every assignment.
    fn solvable(items: &[Item<'_>], chosen: &mut Vec<StaffId>) -> bool {
        let Some(next) = items.get(chosen.len()) else { return true };
        next.staff.iter().any(|staff| {
            let clash = items.iter().zip(chosen.iter()).any(|(other, held)| held == staff && other.overlaps(next));
            if clash {
                return false;
            }
            chosen.push(staff.clone());
            let done = solvable(items, chosen);
            chosen.pop();
            done
        })
    }

    fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
        let people = prop::collection::btree_set(0_u8..4, 1..4);
        let booking = prop::option::weighted(0.3, (0_u128..3).prop_map(|id| BookingId(uuid::Uuid::from_u128(id))));
        let one = (0_i64..16, 1_i64..6, people, prop::bool::weighted(0.3), booking);
        let sketch = one.prop_map(|(from, quarters, set, fixed, booking)| {
            let mut staff: Vec<StaffId> = set.into_iter().map(staff).collect();
            if fixed {
                staff.truncate(1);
            }
            Sketch { from: from * 15, minutes: quarters * 15, staff, fixed, booking }
        });
        prop::collection::vec(sketch, 1..9)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

        /// The page is filled one by one, as in life; each answer must be what trying everything would say.
        #[test]
        fn never_accepts_an_unsolvable_page_and_never_refuses_a_solvable_one(sketches in sketches()) {
            let mut page: Vec<Item<'_>> = Vec::new();
            for sketch in &sketches {
                let new = item(sketch);
                let mut whole = page.clone();
                whole.push(new.clone());
                let truth = solvable(&whole, &mut Vec::new());
                prop_assert_eq!(fits(&new, &page), truth);
                if truth {
                    page = whole;
                }
            }
        }
    }

    #[test]
    fn two_may_be_served_at_once_by_two_people_but_a_third_finds_nobody() {
        let both = Sketch { from: 0, minutes: 30, staff: vec![staff(1), staff(2)], fixed: false, booking: None };
        let item = item(&both);
        assert!(fits(&item, &[]));
        assert!(fits(&item, std::slice::from_ref(&item)));
        assert!(!fits(&item, &[item.clone(), item.clone()]));
    }

    #[test]
    fn what_ends_when_the_next_begins_does_not_overlap() {
        let first = Sketch { from: 0, minutes: 30, staff: vec![staff(1)], fixed: true, booking: None };
        let second = Sketch { from: 30, ..first.clone() };
        assert!(fits(&item(&second), &[item(&first)]));
    }

    #[test]
    fn an_earlier_one_steps_aside_when_somebody_else_can_serve_it() {
        let flexible = Sketch { from: 0, minutes: 60, staff: vec![staff(1), staff(2)], fixed: false, booking: None };
        let only_first = Sketch { from: 15, minutes: 15, staff: vec![staff(1)], fixed: false, booking: None };
        assert!(fits(&item(&only_first), &[item(&flexible)]));
    }

    #[test]
    fn two_confirmed_ones_that_clash_do_not_poison_the_rest_of_the_day() {
        let clash = Sketch { from: 0, minutes: 30, staff: vec![staff(1)], fixed: true, booking: None };
        let page = [item(&clash), item(&clash)];
        assert_eq!(clashes(&page), 1);
        let later = Sketch { from: 60, ..clash.clone() };
        assert!(fits(&item(&Sketch { fixed: false, ..later }), &page));
    }

    #[test]
    fn nobody_serves_an_item_without_staff() {
        let nobody = Sketch { from: 0, minutes: 30, staff: vec![], fixed: false, booking: None };
        assert!(!fits(&item(&nobody), &[]));
    }

    #[test]
    fn a_full_hour_is_refused_without_searching() {
        let everybody: Vec<StaffId> = (0..39).map(staff).collect();
        let crowd: Vec<Sketch> = (0..40)
            .map(|_| Sketch { from: 0, minutes: 30, staff: everybody.clone(), fixed: false, booking: None })
            .collect();
        let page: Vec<Item<'_>> = crowd.iter().map(item).collect();
        assert!(!fits(&page[0], &page[1..]));
        assert!(fits(&page[0], &page[2..]));
    }

    /// Everybody's times are free one by one, but each of the pairs needs the same two people twice: only the search
    /// can tell, and it says no whether it ends by having tried everything or by its bound.
    #[test]
    fn a_page_too_tangled_to_decide_counts_as_full() {
        let three: Vec<StaffId> = (0..3).map(staff).collect();
        let mut crowd: Vec<Sketch> = (0..24)
            .map(|at| Sketch { from: at * 15, minutes: 45, staff: three.clone(), fixed: false, booking: None })
            .collect();
        crowd.push(Sketch { from: 5 * 15, minutes: 15, staff: three, fixed: false, booking: None });
        let page: Vec<Item<'_>> = crowd.iter().map(item).collect();
        assert!(!fits(&page[24], &page[..24]));
    }
}
