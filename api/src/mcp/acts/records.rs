//! Questions in SQL, and what they can be about.

use crate::http::auth::Permission;
use crate::mcp::answer::fits;
use crate::mcp::copies::{DAYS, Kept, MOST_ROWS, REST};
use crate::mcp::turn::Turn;
use crate::problem::Problem;
use ringbuch_adapters::query::{Answer, Bounds, Cut, FUNCTIONS, QueryError};
use ringbuch_projections::rows::Value as Stored;
use ringbuch_projections::views::{self, Column, Kind};
use serde_json::{Value, json};

pub async fn query(turn: &Turn) -> Result<Value, Problem> {
    turn.needs(&Permission::READ)?;
    let (app, company) = (&turn.mcp.app, &turn.caller.company);
    let (answer, as_of) = turn.mcp.copies.ask(app, company, turn.given("sql"), Bounds::default()).await?;
    Ok(told(&answer, &json!(as_of)))
}

/// The rows that fit into what a client reads.
fn told(answer: &Answer, as_of: &Value) -> Value {
    let rows: Vec<Value> = answer.rows.iter().map(|row| row.iter().map(value).collect()).collect();
    let mut most = rows.len();
    loop {
        let shown = rows.get(..most).unwrap_or(&rows);
        let cut = cut(answer.cut, most, rows.len());
        let told = json!({ "columns": answer.columns, "rows": shown, "cut": cut, "as_of": as_of });
        if most <= 1 || fits(&told.to_string()) {
            return told;
        }
        most = most * 4 / 5;
    }
}

fn cut(cut: Option<Cut>, told: usize, found: usize) -> Option<String> {
    let more = format!("Only the first {told} rows are told; go on with LIMIT and OFFSET {told}.");
    (cut.is_some() || told < found).then_some(more)
}

fn value(stored: &Stored) -> Value {
    match stored {
        Stored::Null => Value::Null,
        Stored::Int(number) => json!(number),
        Stored::Real(number) => json!(number),
        Stored::Text(text) => json!(text),
    }
}

pub async fn schema(turn: &Turn) -> Result<Value, Problem> {
    turn.needs(&Permission::READ)?;
    let kept = turn.mcp.copies.of(&turn.mcp.app, &turn.caller.company).await?;
    let Kept { zone, as_of, .. } = &*kept;
    let tables: Vec<Value> = views::ALL
        .iter()
        .map(|view| {
            let (rows, complete) = kept.reach_of(view.name);
            let columns: Vec<Value> = view.columns.iter().map(column).collect();
            json!({ "name": view.name, "about": view.about, "rows": rows, "complete": complete, "columns": columns })
        })
        .collect();
    Ok(json!({
        "tables": tables,
        "functions": FUNCTIONS,
        "notes": [
            format!("Times are texts such as '2026-03-01 09:30:00' in the zone {zone}, so that substr(began_at, 1, 10) is the day."),
            format!("A table holds the last {DAYS} days, and of these at most the newest {MOST_ROWS} rows; where that leaves \
                     something out, complete is false."),
            format!("The copy that is asked is at most {} seconds older than the records.", REST.as_secs()),
            "0 and 1 stand for false and true.".to_owned(),
        ],
        "as_of": as_of,
        "zone": zone,
    }))
}

fn column(column: &Column) -> Value {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Whole => "integer",
        Kind::Truth => "0 or 1",
        Kind::Time => "local time",
    };
    json!({ "name": column.name, "type": kind, "about": column.about })
}

/// A question that got no answer, as it is told to whoever asked.
pub fn refused(error: &QueryError) -> Problem {
    match error {
        QueryError::Broken => Problem::internal(),
        QueryError::TookTooLong(_) | QueryError::TooLarge => Problem::unusable("too_much", sentence(error)),
        QueryError::NotAllowed => Problem::unusable("not_allowed", sentence(error)),
        QueryError::NotASelect | QueryError::Several => Problem::unusable("not_a_select", sentence(error)),
        QueryError::Unreadable(_) => Problem::unusable("unreadable", sentence(error)),
    }
}

fn sentence(error: &QueryError) -> String {
    crate::http::v1::sentence(error)
}
