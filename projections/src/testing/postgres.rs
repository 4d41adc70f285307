//! Read models in temporary tables of a PostgreSQL server, gone with the connection. Every argument has to be what the
//! server infers, without a cast on the way, so that SQL which only one driver would take does not pass.

use crate::rows::{ReadModels, Row, RowsError, Statement, Step, Value};
use async_trait::async_trait;
use std::error::Error;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls};

pub struct Postgres(Client);

impl Postgres {
    pub async fn connect(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
            .batch_execute(
                "SET search_path TO pg_temp;
                 CREATE TABLE checkpoints (projection TEXT, version BIGINT, position BIGINT NOT NULL,
                                           PRIMARY KEY (projection, version))",
            )
            .await
            .unwrap();
        Self(client)
    }

    async fn run(&self, sql: &str, args: &[Value]) -> Result<Vec<tokio_postgres::Row>, RowsError> {
        let args: Vec<_> = args.iter().map(Arg).collect();
        let borrowed: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
        self.0.query(sql, &borrowed).await.map_err(|error| RowsError::Statement {
            what: format!("{error}: {:?} in {sql}", error.as_db_error()),
            source: Some(Box::new(error)),
        })
    }

    async fn run_all(&self, statements: &[Statement]) -> Result<(), RowsError> {
        for statement in statements {
            self.run(statement.sql, &statement.args).await?;
        }
        Ok(())
    }

    async fn take_step(&self, step: &Step) -> Result<(), RowsError> {
        let actual = self.checkpoint(step.projection, step.version).await?;
        if actual != step.from {
            return Err(RowsError::CheckpointMoved { projection: step.projection.to_owned(), actual });
        }
        self.run_all(&step.statements).await?;
        let position = i64::try_from(step.to).unwrap();
        let sql = "INSERT INTO checkpoints (projection, version, position) VALUES ($1, $2, $3)
                   ON CONFLICT (projection, version) DO UPDATE SET position = excluded.position";
        self.run(sql, &[step.projection.into(), step.version.into(), position.into()]).await.map(drop)
    }
}

#[derive(Debug)]
struct Arg<'a>(&'a Value);

impl ToSql for Arg<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, wanted) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(wanted, out),
            (Value::Real(number), &Type::FLOAT8) => number.to_sql(wanted, out),
            (Value::Text(text), &Type::TEXT) => text.to_sql(wanted, out),
            (value, wanted) => Err(format!("{value:?} was given where the server infers {wanted}").into()),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

fn read(row: &tokio_postgres::Row) -> Row {
    let column = |(place, column): (usize, &tokio_postgres::Column)| match *column.type_() {
        Type::INT8 => row.get::<_, Option<i64>>(place).into(),
        Type::TEXT => row.get::<_, Option<String>>(place).into(),
        ref other => panic!("column {} is {other}, neither BIGINT nor TEXT", column.name()),
    };
    Row(row.columns().iter().enumerate().map(column).collect())
}

#[async_trait]
impl ReadModels for Postgres {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        for sql in ddl {
            self.run(sql, &[]).await?;
        }
        Ok(())
    }

    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        let sql = "SELECT position FROM checkpoints WHERE projection = $1 AND version = $2";
        let found = self.query(sql, &[projection.into(), version.into()]).await?;
        Ok(found.first().map_or(0, |row| row.int(0).try_into().unwrap()))
    }

    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        self.run("BEGIN", &[]).await?;
        for step in steps {
            if let Err(error) = self.take_step(step).await {
                self.run("ROLLBACK", &[]).await?;
                return Err(error);
            }
        }
        self.run("COMMIT", &[]).await.map(drop)
    }

    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        self.run("BEGIN", &[]).await?;
        self.run_all(statements).await?;
        self.run("COMMIT", &[]).await.map(drop)
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        Ok(self.run(sql, args).await?.iter().map(read).collect())
    }
}
