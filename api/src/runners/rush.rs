//! How many webhooks stand at the door. Their senders wait for an answer, and nobody waits for what follows from them: while
//! there are any, work in the background makes room. It never stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Clone, Default)]
pub struct Rush(Arc<AtomicUsize>);

/// One webhook at the door, until this is dropped.
#[derive(Debug)]
pub struct AtTheDoor(Rush);

impl Rush {
    pub fn enter(&self) -> AtTheDoor {
        self.0.fetch_add(1, Ordering::Relaxed);
        AtTheDoor(self.clone())
    }

    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for AtTheDoor {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_when_the_last_has_left() {
        let rush = Rush::default();
        let (first, second) = (rush.enter(), rush.clone().enter());
        drop(first);
        assert!(rush.is_on());
        drop(second);
        assert!(!rush.is_on());
    }
}
