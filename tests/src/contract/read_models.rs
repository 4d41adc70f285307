//! Rows and checkpoint together, in one dialect on both engines.

use super::database::Database;
use futures_util::future::join_all;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::About;
use ringbuch_projections::rows::{Row, RowsError, Statement, Step, Value};
use uuid::Uuid;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at BIGINT, size DOUBLE PRECISION, note TEXT)";
const INSERT: &str = "INSERT INTO seen (id, at, size, note) VALUES ($1, $2, $3, $4)";

async fn prepared(database: &Database) -> Store {
    let store = database.store().await;
    store.rows.prepare(&[TABLE]).await.unwrap();
    store
}

fn insert(id: &str) -> Statement {
    let args = vec![id.into(), Value::Int(1), Value::Real(0.5), Value::Null];
    Statement { sql: INSERT, args }
}

fn step(from: u64, to: u64, ids: &[&str]) -> Step {
    let statements = ids.iter().map(|id| insert(id)).collect();
    Step { projection: "seen", version: 1, from, to, statements, fence: None }
}

async fn ids(store: &Store) -> Vec<String> {
    let rows = store.rows.query("SELECT id FROM seen ORDER BY id", &[]).await.unwrap();
    rows.iter().map(|row| row.text(0)).collect()
}

async fn checkpoint(store: &Store) -> u64 {
    store.rows.checkpoint("seen", 1).await.unwrap()
}

pub async fn a_failing_statement_leaves_nothing_of_its_batch(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 3, &["a"])]).await.unwrap();
    let mut other = step(0, 9, &["c"]);
    other.projection = "other";
    for failing in [step(3, 5, &["b", "a", "d"]), Step { statements: vec![insert("b"), wrong()], ..step(3, 5, &[]) }] {
        let failure = store.rows.commit(&[other.clone(), failing]).await.unwrap_err();
        assert!(matches!(failure, RowsError::Statement { .. }), "{failure}");
        assert_eq!((checkpoint(&store).await, ids(&store).await), (3, vec!["a".to_owned()]));
        assert_eq!(store.rows.checkpoint("other", 1).await.unwrap(), 0);
    }
    store.rows.commit(&[step(3, 5, &["b"]), other]).await.unwrap();
    assert_eq!((checkpoint(&store).await, ids(&store).await.len()), (5, 3));
}

fn wrong() -> Statement {
    Statement { sql: "INSERT INTO nowhere (id) VALUES ($1)", args: vec!["x".into()] }
}

pub async fn a_moved_checkpoint_fails_the_whole_batch(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 3, &["a"])]).await.unwrap();
    for from in [0, 2, 4] {
        let mut beside = step(0, 1, &["z"]);
        beside.projection = "beside";
        match store.rows.commit(&[beside, step(from, 9, &["b"])]).await {
            Err(RowsError::CheckpointMoved { projection, actual }) => {
                assert_eq!((projection.as_str(), actual), ("seen", 3));
            }
            met => panic!("{from}: {met:?}"),
        }
        assert_eq!((checkpoint(&store).await, ids(&store).await), (3, vec!["a".to_owned()]));
        assert_eq!(store.rows.checkpoint("beside", 1).await.unwrap(), 0);
    }
    let never = Step { projection: "never", ..step(2, 3, &["n"]) };
    assert!(matches!(store.rows.commit(&[never]).await, Err(RowsError::CheckpointMoved { actual: 0, .. })));
    assert_eq!(ids(&store).await, ["a"]);
}

pub async fn of_nodes_with_the_same_step_one_commits(database: &Database) {
    let (here, there) = (prepared(database).await, prepared(database).await);
    for round in 0..10 {
        let id = format!("id-{round}");
        let outcomes = join_all((0..6).map(|nth| {
            let (store, step) = (if nth % 2 == 0 { &here } else { &there }, step(round, round + 1, &[&id]));
            async move { store.rows.commit(&[step]).await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        // The others either see that the checkpoint moved or meet the row of whoever was faster.
        assert_eq!(
            outcomes.iter().filter(|outcome| matches!(outcome, Err(RowsError::CheckpointMoved { .. }))).count(),
            5
        );
    }
    assert_eq!((checkpoint(&here).await, ids(&here).await.len()), (10, 10));
}

pub async fn a_newer_version_keeps_older_ones_out(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 3, &["a"])]).await.unwrap();
    store.rows.commit(&[Step { version: 2, ..step(0, 7, &["b"]) }]).await.unwrap();
    assert_eq!(store.rows.checkpoint("seen", 2).await.unwrap(), 7);
    for from in [3, 0] {
        let refused = store.rows.commit(&[step(from, 8, &["c"])]).await;
        assert!(matches!(refused, Err(RowsError::Superseded { .. })), "{refused:?}");
    }
    assert_eq!((checkpoint(&store).await, ids(&store).await), (3, vec!["a".to_owned(), "b".to_owned()]));
    store.rows.commit(&[Step { version: 2, ..step(7, 8, &["c"]) }]).await.unwrap();
}

pub async fn rows_may_change_where_the_checkpoint_stands(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 0, &["a"])]).await.unwrap();
    store.rows.commit(&[step(0, 3, &["b"])]).await.unwrap();
    store.rows.commit(&[step(3, 3, &["c"])]).await.unwrap();
    assert_eq!((checkpoint(&store).await, ids(&store).await.len()), (3, 3));
    let still = Step { statements: vec![], ..step(3, 9, &[]) };
    store.rows.commit(&[still]).await.unwrap();
    let stands = ringbuch_projections::engine::standing::all(&*store.rows).await.unwrap()["seen"];
    assert_eq!((stands.version, stands.checkpoint, stands.changed), (1, 9, 3));
}

pub async fn statements_of_no_step_go_together(database: &Database) {
    let store = prepared(database).await;
    store.rows.execute(&[insert("a"), insert("b")]).await.unwrap();
    assert!(store.rows.execute(&[insert("c"), insert("a")]).await.is_err());
    assert_eq!(ids(&store).await, ["a", "b"]);
}

pub async fn arguments_go_by_their_number(database: &Database) {
    let store = prepared(database).await;
    let backwards = "INSERT INTO seen (note, size, at, id) VALUES ($4, $3, $2, $1)";
    let args = vec!["a".into(), Value::Int(7), Value::Real(1.25), "note".into()];
    let statement = Statement { sql: backwards, args: args.clone() };
    store.rows.commit(&[Step { statements: vec![statement], ..step(0, 1, &[]) }]).await.unwrap();
    let twice = "SELECT $1, at + $2, note FROM seen WHERE id = $1 AND at > $2 AND ($3 = 0 OR id = $1)";
    let rows = store.rows.query(twice, &["a".into(), Value::Int(5), Value::Int(0)]).await.unwrap();
    assert_eq!(rows, [Row(vec!["a".into(), Value::Int(12), "note".into()])]);
    // The same text with a null, then with values again.
    for arg in [Value::Null, "note".into(), Value::Null, "other".into()] {
        let found = store.rows.query("SELECT id FROM seen WHERE note = $1", std::slice::from_ref(&arg)).await.unwrap();
        assert_eq!(found.len(), usize::from(arg == "note".into()));
    }
    for missing in [&args[..1], &args[..0]] {
        let failure = store.rows.query("SELECT id FROM seen WHERE id = $1 AND at = $2", missing).await.unwrap_err();
        assert!(matches!(failure, RowsError::Statement { .. }), "{failure}");
    }
}

pub async fn answers_read_alike(database: &Database) {
    let store = prepared(database).await;
    let rows = [("a", 10, 0.5, Value::Null), ("b", 30, 2.0, "x".into()), ("ü", 5_000_000_000, -1.5, "".into())];
    let statements = rows.map(|(id, at, size, note)| Statement {
        sql: INSERT,
        args: vec![id.into(), Value::Int(at), Value::Real(size), note],
    });
    store.rows.commit(&[Step { statements: statements.into(), ..step(0, 1, &[]) }]).await.unwrap();
    let sql = "SELECT CAST(SUM(at) AS BIGINT), SUM(at), AVG(size), COUNT(*), MAX(note), MIN(id), at > 20, 1, 'x',
                      ROW_NUMBER() OVER (ORDER BY id)
               FROM seen WHERE id <= $1 GROUP BY at, id ORDER BY id LIMIT $2";
    let found = store.rows.query(sql, &["b".into(), Value::Int(2)]).await.unwrap();
    let row = |at: i64, size: f64, note: Value, id: &str, nth: i64| {
        let (at_again, large) = (Value::Int(at), Value::from(at > 20));
        Row(vec![
            Value::Int(at),
            at_again,
            Value::Real(size),
            Value::Int(1),
            note,
            id.into(),
            large,
            Value::Int(1),
            "x".into(),
            Value::Int(nth),
        ])
    };
    assert_eq!(found, [row(10, 0.5, Value::Null, "a", 1), row(30, 2.0, "x".into(), "b", 2)]);
    let sums = store.rows.query("SELECT SUM(at), AVG(at), SUM(size) FROM seen", &[]).await.unwrap();
    assert_eq!(sums[0].int(0), 5_000_000_040);
    assert!((sums[0].real(1) - 5_000_000_040.0 / 3.0).abs() < 1e-3 && (sums[0].real(2) - 1.0).abs() < 1e-9);
    let upsert = "INSERT INTO seen (id, at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET at = seen.at + excluded.at";
    let statement = Statement { sql: upsert, args: vec!["a".into(), Value::Int(1)] };
    store.rows.commit(&[Step { statements: vec![statement; 3], ..step(1, 2, &[]) }]).await.unwrap();
    let found = store.rows.query("SELECT at, note IS NULL FROM seen WHERE id = $1", &["a".into()]).await.unwrap();
    assert_eq!((found[0].int(0), found[0].bool(1)), (13, true));
}

pub async fn text_sorts_by_its_bytes(database: &Database) {
    let store = prepared(database).await;
    let names = ["a", "B", "ä", "Z", "z", "_", "1", "a b", "ab"];
    store.rows.commit(&[step(0, 1, &names)]).await.unwrap();
    let mut sorted = names.map(str::to_owned);
    sorted.sort();
    assert_eq!(ids(&store).await, sorted);
    let after = store.rows.query("SELECT COUNT(*) FROM seen WHERE id > $1", &["a".into()]).await.unwrap();
    assert_eq!(after[0].int(0), 4);
}

pub async fn preparing_at_once_is_safe(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let ddl =
        [TABLE, "CREATE INDEX IF NOT EXISTS seen_at ON seen (at)", "CREATE TABLE IF NOT EXISTS other (id BIGINT)"];
    let outcomes = join_all((0..8).map(|nth| if nth % 2 == 0 { &here } else { &there }.rows.prepare(&ddl))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert!(matches!(here.rows.prepare(&["CREATE TABLE"]).await, Err(RowsError::Statement { .. })));
    here.rows.commit(&[step(0, 1, &["a"])]).await.unwrap();
}

pub async fn a_changed_table_is_read_anew(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 1, &["a"])]).await.unwrap();
    let all = || store.rows.query("SELECT * FROM seen", &[]);
    // Often enough that every connection has the statement prepared.
    join_all((0..16).map(|_| all())).await;
    store.rows.prepare(&["ALTER TABLE seen ADD COLUMN more BIGINT"]).await.unwrap();
    for rows in join_all((0..16).map(|_| all())).await {
        assert_eq!(rows.unwrap()[0].0.len(), 5);
    }
}

pub async fn queries_do_not_write(database: &Database) {
    let store = prepared(database).await;
    let refused = store.rows.query("INSERT INTO seen (id) VALUES ($1) RETURNING id", &["a".into()]).await;
    assert!(refused.is_err());
    assert!(ids(&store).await.is_empty());
}

pub async fn a_large_batch_is_one_step(database: &Database) {
    let store = prepared(database).await;
    let names: Vec<_> = (0..3000).map(|nth| format!("id-{nth:05}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    store.rows.commit(&[step(0, 3000, &names)]).await.unwrap();
    assert_eq!((checkpoint(&store).await, ids(&store).await.len()), (3000, 3000));
}

/// PostgreSQL's texts hold none; an event that came with one must not be missing from the rows for that.
pub async fn a_text_with_a_nul_is_kept_and_found(database: &Database) {
    let store = prepared(database).await;
    store.rows.commit(&[step(0, 1, &["a\0b"])]).await.unwrap();
    let found = store.rows.query("SELECT id FROM seen WHERE id = $1", &["a\0b".into()]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(store.rows.query("SELECT id FROM seen WHERE id = $1", &["\0".into()]).await.unwrap().is_empty());
    let strange = super::write::stream("\0");
    assert!(store.log.read_stream(&strange, 0).await.unwrap().is_empty());
    let anything = About { correlation: Some(Uuid::nil()), bookings: vec![] };
    assert!(store.log.read_about(&strange, &anything).await.unwrap().is_empty());
}
