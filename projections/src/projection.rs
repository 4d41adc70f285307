//! What a read model is made of, so that one runner can drive them all.

use crate::rows::{Rows, Step};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::recorded::Recorded;

/// One read model. A changed one gets the next version; its tables keep their names, since the new ones are filled beside
/// the old ones and then take their place.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    pub name: &'static str,
    pub version: u32,
    /// Tables and indexes; running them again changes nothing.
    pub ddl: &'static [&'static str],
    /// The names of the tables that `ddl` makes.
    pub tables: &'static [&'static str],
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
        Some(Step { statements: rows.statements, ..self.still(from, to) })
    }

    /// A step that changes no row.
    pub fn still(&self, from: u64, to: u64) -> Step {
        Step { projection: self.name, version: self.version, from, to, statements: vec![], fence: None }
    }

    /// What makes the tables; the rest of `ddl` makes their indexes.
    pub fn table_ddl(&self) -> impl Iterator<Item = &'static str> {
        self.ddl.iter().copied().filter(|sql| !is_index(sql))
    }

    pub fn index_ddl(&self) -> impl Iterator<Item = &'static str> {
        self.ddl.iter().copied().filter(|sql| is_index(sql))
    }
}

fn is_index(sql: &str) -> bool {
    sql.starts_with("CREATE INDEX ")
}
