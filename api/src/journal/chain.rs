//! The chain that the commands of one errand or request belong to: each answers the newest event that was seen or made on
//! the way, so that a tree of causes leads from every event back to what came from outside.

use ringbuch_domain::recorded::{Cause, Link};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

#[derive(Debug)]
pub struct Chain(Mutex<At>);

#[derive(Debug, Clone, Copy)]
struct At {
    correlation: Uuid,
    event: Option<Uuid>,
}

impl Chain {
    /// Begins with something from outside, which no event has led to.
    pub fn from_outside(correlation: Uuid) -> Self {
        Self(Mutex::new(At { correlation, event: None }))
    }

    /// What comes next answers this event, if it is one.
    pub fn saw(&self, newest: Option<Link>) {
        if let Some(Link { event, correlation }) = newest {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = At { correlation, event: Some(event) };
        }
    }

    /// Why the next command is given.
    pub fn next(&self) -> Cause {
        let At { correlation, event } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Cause { command: Uuid::now_v7(), correlation, causation: event }
    }
}
