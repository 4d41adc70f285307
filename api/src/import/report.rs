//! What came of an import, file by file, and what was wrong with the rows that were left out.

use serde::Serialize;

/// What is wrong with one row. Values are never repeated: they may be somebody's name or number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub line: u64,
    /// Absent: the row as a whole.
    pub column: Option<&'static str>,
    /// What is wrong, and what to do where that is not plain.
    pub problem: String,
}

impl Fault {
    pub fn of(column: &'static str, problem: impl Into<String>) -> Self {
        Self { line: 0, column: Some(column), problem: problem.into() }
    }

    pub fn of_row(problem: impl Into<String>) -> Self {
        Self { line: 0, column: None, problem: problem.into() }
    }

    pub fn at(self, line: u64) -> Self {
        Self { line, ..self }
    }
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    pub file: String,
    #[serde(flatten)]
    pub fault: Fault,
}

/// One table's part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    pub file: String,
    pub rows: u64,
    /// Were news, or would be.
    pub taken: u64,
    /// Were known already.
    pub as_before: u64,
    pub left_out: u64,
    /// Columns that nothing was read from.
    pub unused_columns: Vec<String>,
}

/// Whether a row was news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Took {
    News,
    Nothing,
}

impl Took {
    pub fn either(self, other: Self) -> Self {
        if self == Self::News { self } else { other }
    }

    pub fn of(news: bool) -> Self {
        if news { Self::News } else { Self::Nothing }
    }
}

impl Part {
    pub fn count(&mut self, took: Took) {
        self.rows += 1;
        match took {
            Took::News => self.taken += 1,
            Took::Nothing => self.as_before += 1,
        }
    }

    pub fn leave_out(&mut self) {
        self.rows += 1;
        self.left_out += 1;
    }
}
