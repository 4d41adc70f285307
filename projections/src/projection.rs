//! What a read model is made of, so that one runner can drive them all.

use crate::rows::{Rows, Step};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::recorded::Recorded;

/// One read model. A changed one gets the next version and tables with another name, so that it can catch up beside the
/// old one.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    pub name: &'static str,
    pub version: u32,
    /// Tables and indexes; running them again changes nothing.
    pub ddl: &'static [&'static str],
    /// Empties the tables.
    pub clear: &'static [&'static str],
    /// Pure: an event to statements.
    pub project: fn(&Recorded<AnyEvent>, &mut Rows),
}

impl Projection {
    /// The step over a batch of events that follow the checkpoint `from`; nothing for an empty batch.
    pub fn step(&self, from: u64, events: &[Recorded<AnyEvent>]) -> Option<Step> {
        let to = events.last()?.position;
        let mut rows = Rows::default();
        for event in events {
            (self.project)(event, &mut rows);
        }
        Some(Step { projection: self.name, version: self.version, from, to, statements: rows.statements })
    }
}
