//! What is left of an answer that is larger than may be told.

use super::{Answer, Bounds};
use ringbuch_projections::rows::Value;
use rusqlite::types::ValueRef;

/// Why rows are missing at the end of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Rows,
    Bytes,
}

/// An answer as it grows.
pub struct Growing {
    answer: Answer,
    bounds: Bounds,
    bytes: usize,
}

impl Growing {
    pub fn new(columns: Vec<String>, bounds: Bounds) -> Self {
        Self { answer: Answer { columns, rows: vec![], cut: None }, bounds, bytes: 0 }
    }

    /// Takes a row in; false where it finds no room any more.
    pub fn take(&mut self, row: Vec<Value>) -> bool {
        self.bytes += row.iter().map(size).sum::<usize>();
        self.answer.cut = if self.answer.rows.len() == self.bounds.rows {
            Some(Cut::Rows)
        } else {
            (self.bytes > self.bounds.bytes).then_some(Cut::Bytes)
        };
        if self.answer.cut.is_none() {
            self.answer.rows.push(row);
        }
        self.answer.cut.is_none()
    }

    pub fn done(self) -> Answer {
        self.answer
    }
}

/// A value of the engine as ours; what is no text and no number is told by its length.
pub fn value(of: ValueRef<'_>) -> Value {
    match of {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Text(format!("({} bytes)", bytes.len())),
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len() + 3,
        Value::Null | Value::Int(_) | Value::Real(_) => 12,
    }
}
