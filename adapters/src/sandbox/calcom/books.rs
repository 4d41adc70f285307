//! The books: every booking ever made, with the indexes that keep a check of availability from reading them all.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::{
    booking::{Booking, Status},
    instants::Span,
};

#[derive(Default)]
pub(super) struct Books {
    all: Vec<Booking>,
    by_uid: HashMap<String, usize>,
    by_start: BTreeSet<(Timestamp, usize)>,
    /// Live bookings by host and UTC day; one that crosses midnight stands on both days.
    live: HashMap<(u64, i64), Vec<usize>>,
    /// Cal.com's unique key: identical intervals of one host, set when a booking is accepted at once.
    keys: HashMap<(u64, Timestamp, Timestamp), usize>,
    last_booked: HashMap<u64, usize>,
}

/// Another booking has the same host, start and end.
#[derive(Debug)]
pub(super) struct KeyTaken;

impl Books {
    pub(super) fn insert(&mut self, booking: Booking) -> Result<Booking, KeyTaken> {
        let index = self.all.len();
        let key = (booking.host(), booking.start, booking.end);
        if booking.status == Status::Accepted {
            if self.keys.contains_key(&key) {
                return Err(KeyTaken);
            }
            self.keys.insert(key, index);
        }
        for place in places(&booking) {
            self.live.entry(place).or_default().push(index);
        }
        self.last_booked.extend(booking.hosts.iter().map(|host| (*host, index)));
        self.by_uid.insert(booking.uid.clone(), index);
        self.by_start.insert((booking.start, index));
        self.all.push(booking.clone());
        Ok(booking)
    }

    pub(super) fn get(&self, uid: &str) -> Option<&Booking> {
        self.by_uid.get(uid).and_then(|index| self.all.get(*index))
    }

    /// Changes a booking and returns it as it is then. Cancelling and rejecting frees its time and its unique key.
    pub(super) fn change(&mut self, uid: &str, now: Timestamp, change: impl FnOnce(&mut Booking)) -> Option<Booking> {
        let index = *self.by_uid.get(uid)?;
        let booking = self.all.get_mut(index)?;
        change(booking);
        booking.updated_at = now;
        let changed = booking.clone();
        if !changed.status.is_live() {
            self.free(index, &changed);
        }
        Some(changed)
    }

    /// In one step, as Cal.com's transaction: the old booking gives way to the new one, whatever has become of the
    /// old one meanwhile.
    pub(super) fn replace(&mut self, old: &str, booking: Booking, now: Timestamp) -> Result<Booking, KeyTaken> {
        let holder = self.keys.get(&(booking.host(), booking.start, booking.end));
        let other = holder.is_some() && holder != self.by_uid.get(old);
        if other && booking.status == Status::Accepted {
            return Err(KeyTaken);
        }
        self.change(old, now, |old| {
            old.status = Status::Cancelled;
            old.rescheduled_to = Some(booking.uid.clone());
            old.rescheduling_reason.clone_from(&booking.rescheduling_reason);
        });
        self.insert(booking)
    }

    fn free(&mut self, index: usize, booking: &Booking) {
        for place in places(booking) {
            if let Some(there) = self.live.get_mut(&place) {
                there.retain(|other| *other != index);
            }
        }
        let key = (booking.host(), booking.start, booking.end);
        if self.keys.get(&key) == Some(&index) {
            self.keys.remove(&key);
        }
    }

    pub(super) fn all(&self) -> &[Booking] {
        &self.all
    }

    /// All bookings that start inside the bounds, by start.
    pub(super) fn starting(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = &Booking> {
        self.by_start.range((from, 0)..=(to, usize::MAX)).filter_map(|(_, index)| self.all.get(*index))
    }

    /// The host's live bookings that touch the span, each once.
    pub(super) fn live_of(&self, host: u64, span: Span) -> Vec<&Booking> {
        let mut seen = HashSet::new();
        let days = day(span.start)..=day(span.end);
        let there = days.filter_map(|day| self.live.get(&(host, day))).flatten();
        let once = there.filter(|index| seen.insert(**index)).filter_map(|index| self.all.get(*index));
        once.filter(|booking| booking.span().overlaps(span)).collect()
    }

    /// Grows with every booking of the host; nothing before the first.
    pub(super) fn last_booked(&self, host: u64) -> Option<usize> {
        self.last_booked.get(&host).copied()
    }

    /// Pairs of live bookings that share a host and a moment; each pair counts once.
    pub(super) fn overlapping(&self) -> u64 {
        let mut by_host: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (_, index) in &self.by_start {
            if let Some(booking) = self.all.get(*index).filter(|booking| booking.status.is_live()) {
                for host in &booking.hosts {
                    by_host.entry(*host).or_default().push(*index);
                }
            }
        }
        let mut pairs = HashSet::new();
        for bookings in by_host.values() {
            self.pairs(bookings, &mut pairs);
        }
        pairs.len() as u64
    }

    /// `sorted` is by start, so that a booking need be compared only with those that start before it ends.
    fn pairs(&self, sorted: &[usize], pairs: &mut HashSet<(usize, usize)>) {
        for (place, first) in sorted.iter().enumerate() {
            let Some(booking) = self.all.get(*first) else { continue };
            let later = sorted.iter().skip(place + 1).filter_map(|index| Some((*index, self.all.get(*index)?)));
            for (second, _) in later.take_while(|(_, other)| other.start < booking.end) {
                pairs.insert((*first.min(&second), *first.max(&second)));
            }
        }
    }
}

fn places(booking: &Booking) -> Vec<(u64, i64)> {
    let days = day(booking.start)..=day(booking.end);
    booking.hosts.iter().flat_map(|host| days.clone().map(|day| (*host, day))).collect()
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}
