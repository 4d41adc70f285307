//! The read side: one file a read model, with its tables, what it makes of events, and its queries.

pub mod rows;
