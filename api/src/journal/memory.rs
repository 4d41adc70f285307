//! Aggregates that were used lately, so that a load reads only what is new in its stream, and a command nothing where
//! nothing is new. What lies here may be behind, never ahead: a load asks the log for the rest, and a command for what it
//! expects.

use super::{Loaded, Stored};
use ringbuch_domain::recorded::StreamId;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams kept, those in use twice as long as those that were loaded once.
const CAPACITY: usize = 1_000;

type Kept = HashMap<(TypeId, StreamId), Arc<dyn Any + Send + Sync>>;

#[derive(Default)]
struct Generations {
    young: Kept,
    old: Kept,
}

#[derive(Default)]
pub struct Memory(Mutex<Generations>);

impl Memory {
    pub fn get<A: Stored>(&self, stream: &StreamId) -> Option<Arc<Loaded<A>>> {
        let key = (TypeId::of::<A>(), stream.clone());
        let mut kept = self.lock();
        let found = kept.young.get(&key).cloned().or_else(|| {
            let found = kept.old.remove(&key)?;
            kept.young.insert(key, Arc::clone(&found));
            Some(found)
        })?;
        found.downcast().ok()
    }

    /// Of two that come at once, the newer is kept.
    pub fn put<A: Stored>(&self, stream: &StreamId, loaded: &Arc<Loaded<A>>) {
        if self.get::<A>(stream).is_some_and(|known| known.revision > loaded.revision) {
            return;
        }
        let mut kept = self.lock();
        if kept.young.len() >= CAPACITY {
            kept.old = std::mem::take(&mut kept.young);
        }
        let loaded: Arc<dyn Any + Send + Sync> = Arc::<Loaded<A>>::clone(loaded);
        kept.young.insert((TypeId::of::<A>(), stream.clone()), loaded);
    }

    /// Lets one go that will not be asked for again soon.
    pub fn drop<A: Stored>(&self, stream: &StreamId) {
        let key = (TypeId::of::<A>(), stream.clone());
        let mut kept = self.lock();
        kept.young.remove(&key);
        kept.old.remove(&key);
    }

    pub fn forget(&self) {
        *self.lock() = Generations::default();
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
