//! Read models in memory. As strict as PostgreSQL about arguments that no statement mentions.

use crate::rows::{ReadModels, Row, RowsError, Step, Value};
use async_trait::async_trait;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};
use std::sync::Mutex;

pub struct Sqlite(Mutex<Connection>);

impl Sqlite {
    pub fn in_memory() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE checkpoints (projection TEXT, version BIGINT, position BIGINT NOT NULL,
                                           PRIMARY KEY (projection, version))",
            )
            .unwrap();
        Self(Mutex::new(connection))
    }
}

fn failed(sql: &str, error: rusqlite::Error) -> RowsError {
    RowsError::Statement { what: format!("{error} in {sql}"), source: Some(Box::new(error)) }
}

fn bind(statement: &mut Statement<'_>, args: &[Value]) -> rusqlite::Result<()> {
    assert_eq!(statement.parameter_count(), args.len(), "arguments that the statement does not mention");
    for (place, arg) in args.iter().enumerate() {
        let index = statement.parameter_index(&format!("${}", place + 1))?.unwrap();
        match arg {
            Value::Null => statement.raw_bind_parameter(index, rusqlite::types::Null)?,
            Value::Int(number) => statement.raw_bind_parameter(index, number)?,
            Value::Real(number) => statement.raw_bind_parameter(index, number)?,
            Value::Text(text) => statement.raw_bind_parameter(index, text)?,
        }
    }
    Ok(())
}

fn execute(connection: &Connection, sql: &str, args: &[Value]) -> Result<usize, RowsError> {
    let run = || {
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        statement.raw_execute()
    };
    run().map_err(|error| failed(sql, error))
}

fn select(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
    let run = || {
        let mut statement = connection.prepare(sql)?;
        bind(&mut statement, args)?;
        let width = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let read = |column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => Value::Real(number),
                    ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
                    ValueRef::Blob(_) => panic!("no projection stores bytes"),
                })
            };
            found.push(Row((0..width).map(read).collect::<rusqlite::Result<_>>()?));
        }
        Ok(found)
    };
    run().map_err(|error| failed(sql, error))
}

fn checkpoint(connection: &Connection, projection: &str, version: u32) -> Result<u64, RowsError> {
    let sql = "SELECT position FROM checkpoints WHERE projection = $1 AND version = $2";
    let found = select(connection, sql, &[projection.into(), version.into()])?;
    Ok(found.first().map_or(0, |row| row.int(0).try_into().unwrap()))
}

fn take_step(connection: &Connection, step: &Step) -> Result<(), RowsError> {
    let actual = checkpoint(connection, step.projection, step.version)?;
    if actual != step.from {
        return Err(RowsError::CheckpointMoved { projection: step.projection.to_owned(), actual });
    }
    for statement in &step.statements {
        execute(connection, statement.sql, &statement.args)?;
    }
    let position = i64::try_from(step.to).unwrap();
    let sql = "INSERT INTO checkpoints (projection, version, position) VALUES ($1, $2, $3)
               ON CONFLICT (projection, version) DO UPDATE SET position = excluded.position";
    execute(connection, sql, &[step.projection.into(), step.version.into(), position.into()])?;
    Ok(())
}

#[async_trait]
impl ReadModels for Sqlite {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        let connection = self.0.lock().unwrap();
        ddl.iter().try_for_each(|sql| execute(&connection, sql, &[]).map(drop))
    }

    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        checkpoint(&self.0.lock().unwrap(), projection, version)
    }

    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        let connection = self.0.lock().unwrap();
        let transaction = connection.unchecked_transaction().unwrap();
        steps.iter().try_for_each(|step| take_step(&transaction, step))?;
        transaction.commit().map_err(|error| failed("COMMIT", error))
    }

    async fn execute(&self, statements: &[crate::rows::Statement]) -> Result<(), RowsError> {
        let connection = self.0.lock().unwrap();
        let transaction = connection.unchecked_transaction().unwrap();
        statements.iter().try_for_each(|it| execute(&transaction, it.sql, &it.args).map(drop))?;
        transaction.commit().map_err(|error| failed("COMMIT", error))
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        select(&self.0.lock().unwrap(), sql, args)
    }
}
