//! Reads put together from fixed pieces: a table, whose rows, and the filters that were given. Values travel only as
//! arguments.

use crate::page::{Cursor, Page, Paging, Span};
use crate::record::{Columns, Record};
use crate::rows::{ReadModels, Row, RowsError, Value};
use crate::scope::Scope;

pub(crate) struct Select {
    table: &'static str,
    conditions: Vec<String>,
    args: Vec<Value>,
}

impl Select {
    /// Rows of a table that has a column `company`.
    pub fn from(table: &'static str, scope: Scope<'_>) -> Self {
        let all = Self { table, conditions: vec!["1 = 1".into()], args: Vec::new() };
        match scope {
            Scope::Company(company) => all.only("company", Some(company.as_str())),
            Scope::All => all,
        }
    }

    /// Keeps rows whose column has the value, if one is given.
    pub fn only(self, column: &str, value: Option<impl Into<Value>>) -> Self {
        self.compare(column, "=", value)
    }

    /// Keeps rows whose time lies in the span.
    pub fn within(self, column: &str, span: Span) -> Self {
        self.compare(column, ">=", span.since).compare(column, "<", span.until)
    }

    /// Keeps rows from a time on.
    pub fn since(self, column: &str, time: jiff::Timestamp) -> Self {
        self.compare(column, ">=", Some(time))
    }

    fn compare(mut self, column: &str, operator: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.args.push(value.into());
            self.conditions.push(format!("{column} {operator} ${}", self.args.len()));
        }
        self
    }

    /// Adds a condition without arguments.
    pub fn and(mut self, condition: &str) -> Self {
        self.conditions.push(condition.to_owned());
        self
    }

    fn sql(&self, columns: &str, ending: &str) -> String {
        format!("SELECT {columns} FROM {} WHERE {} {ending}", self.table, self.conditions.join(" AND "))
    }

    /// Computed columns, grouped or ordered as the ending says.
    pub async fn computed(self, rows: &dyn ReadModels, columns: &str, ending: &str) -> Result<Vec<Row>, RowsError> {
        rows.search(&self.sql(columns, ending), &self.args).await
    }

    /// Every row that is left.
    pub async fn all<T: Record>(self, rows: &dyn ReadModels, ending: &str) -> Result<Vec<T>, RowsError> {
        let found = rows.query(&self.sql(&T::columns().join(", "), ending), &self.args).await?;
        found.iter().map(|row| T::read(&mut Columns::of(row))).collect()
    }

    /// The row that is left; where ids are unique within a company only, the first company's.
    pub async fn one<T: Record>(self, rows: &dyn ReadModels) -> Result<Option<T>, RowsError> {
        Ok(self.all(rows, "ORDER BY company LIMIT 1").await?.into_iter().next())
    }

    pub async fn count(self, rows: &dyn ReadModels) -> Result<i64, RowsError> {
        let found = rows.search(&self.sql("COUNT(*)", ""), &self.args).await?;
        Ok(found.first().map_or(0, |row| row.int(0)))
    }

    /// One page, newest first by the time column `at` and, where times are equal, by place in the log.
    pub async fn page<T: Record>(
        mut self,
        rows: &dyn ReadModels,
        at: &str,
        paging: Paging,
    ) -> Result<Page<T>, RowsError> {
        if let Some(after) = paging.after {
            let next = self.args.len() + 1;
            self.conditions.push(format!("({at}, position) < (${next}, ${})", next + 1));
            self.args.extend([Value::Int(after.at), Value::Int(after.position)]);
        }
        let limit = paging.bounded_limit();
        let columns = format!("{at}, position, {}", T::columns().join(", "));
        let ending = format!("ORDER BY {at} DESC, position DESC LIMIT {}", limit + 1);
        let mut found = rows.search(&self.sql(&columns, &ending), &self.args).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|row| Cursor { at: row.int(0), position: row.int(1) });
        let items = found.iter().map(|row| T::read(&mut Columns::after(row, 2))).collect::<Result<_, _>>()?;
        Ok(Page { items, next: last.filter(|_| more) })
    }
}
