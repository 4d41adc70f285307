//! The chain that the commands of one errand or request belong to: each answers the newest event that was seen or made on
//! the way, so that a tree of causes leads from every event back to what came from outside.

use crate::telemetry::context::Place;
use ringbuch_domain::recorded::{Cause, Link};
use std::sync::{Mutex, PoisonError};
use tracing::{Span, field};
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

    /// What comes next answers this event, if it is one. The first is what the errand's span follows.
    pub fn saw(&self, newest: Option<Link>) {
        let Some(link) = newest else { return };
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if at.event.is_none() {
            Span::current().record("follows", field::display(Place::of_event(link)));
        }
        *at = At { correlation: link.correlation, event: Some(link.event) };
    }

    /// Why the next command is given.
    pub fn next(&self) -> Cause {
        let At { correlation, event } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Cause { command: Uuid::now_v7(), correlation, causation: event }
    }
}
