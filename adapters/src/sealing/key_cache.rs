//! Data keys that were used lately. None is remembered for longer than a minute, so that a key that another process has
//! destroyed is soon gone from here too.

use super::data_key::DataKey;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A key lives through its own generation and the next.
const GENERATION: SignedDuration = SignedDuration::from_secs(30);
/// Keys of one generation.
const CAPACITY: usize = 20_000;

/// What is known of an id.
#[derive(Clone)]
pub(super) enum Known {
    Key(Arc<DataKey>),
    Destroyed,
    /// It is there, and does not open; the text says why.
    Unusable(String),
}

#[derive(Default)]
struct Generations {
    young: HashMap<Uuid, Known>,
    old: HashMap<Uuid, Known>,
    turns_at: Option<Timestamp>,
}

#[derive(Default)]
pub(super) struct KeyCache(Mutex<Generations>);

impl KeyCache {
    pub fn get(&self, id: Uuid, now: Timestamp) -> Option<Known> {
        let kept = self.lock(now);
        kept.young.get(&id).or_else(|| kept.old.get(&id)).cloned()
    }

    /// Those of the ids that are known.
    pub fn get_all(&self, ids: impl Iterator<Item = Uuid>, now: Timestamp) -> (HashMap<Uuid, Known>, Vec<Uuid>) {
        let kept = self.lock(now);
        let (mut known, mut unknown) = (HashMap::new(), Vec::new());
        for id in ids {
            match kept.young.get(&id).or_else(|| kept.old.get(&id)) {
                Some(found) => drop(known.insert(id, found.clone())),
                None => unknown.push(id),
            }
        }
        (known, unknown)
    }

    pub fn put(&self, keys: impl IntoIterator<Item = (Uuid, Known)>, now: Timestamp) {
        let mut kept = self.lock(now);
        for (id, known) in keys {
            if kept.young.len() >= CAPACITY {
                kept.turn(now);
            }
            kept.young.insert(id, known);
        }
    }

    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Generations::default();
    }

    fn lock(&self, now: Timestamp) -> MutexGuard<'_, Generations> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.turns_at {
            // A time further ahead than one generation comes of a clock that was set back.
            Some(at) if now < at && at.duration_since(now) <= GENERATION => {}
            Some(at) if now.duration_since(at) < GENERATION && now >= at => kept.turn(now),
            None => kept.turn(now),
            Some(_) => {
                kept.turn(now);
                kept.turn(now);
            }
        }
        kept
    }
}

impl Generations {
    fn turn(&mut self, now: Timestamp) {
        self.old = std::mem::take(&mut self.young);
        self.turns_at = now.saturating_add(GENERATION).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_remembered_for_longer_than_a_minute() {
        let (cache, id) = (KeyCache::default(), Uuid::nil());
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).unwrap();
        cache.put([(id, Known::Destroyed)], at(0));
        assert!(cache.get(id, at(29)).is_some());
        assert!(cache.get(id, at(31)).is_some());
        assert!(cache.get(id, at(62)).is_none());
        cache.put([(id, Known::Destroyed)], at(62));
        assert!(cache.get(id, at(200)).is_none(), "nobody asked for two generations");
        cache.put([(id, Known::Destroyed)], at(200));
        assert!(cache.get(id, at(100)).is_none(), "the clock was set back");
        cache.put([(id, Known::Destroyed)], at(100));
        cache.forget();
        assert!(cache.get(id, at(100)).is_none());
    }

    #[test]
    fn room_is_limited() {
        let (cache, now) = (KeyCache::default(), Timestamp::UNIX_EPOCH);
        cache.put((0..50_000).map(|id| (Uuid::from_u128(id), Known::Destroyed)), now);
        let kept = cache.lock(now);
        assert!(kept.young.len() + kept.old.len() <= 2 * CAPACITY);
        drop(kept);
        assert!(cache.get(Uuid::from_u128(49_999), now).is_some());
    }
}
