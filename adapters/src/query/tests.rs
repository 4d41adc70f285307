//! What a stranger may try, and what the engine says to it.

use super::*;
use ringbuch_projections::rows::Row;
use std::time::Instant;

fn calls(company: &str, count: i64) -> Copy {
    let row = |at: i64| Row(vec![format!("call_{company}_{at}").as_str().into(), at.into()]);
    let columns = vec![("call", "TEXT"), ("seconds", "INTEGER")];
    let calls = Table { name: "calls", columns, rows: (0..count).map(row).collect() };
    let branches = Table { name: "branches", columns: vec![("branch", "TEXT")], rows: vec![Row(vec!["mitte".into()])] };
    Copy::of(&[calls, branches]).unwrap()
}

fn ask(copy: &Copy, sql: &str) -> Result<Answer, QueryError> {
    copy.ask(sql, Bounds::default())
}

#[test]
fn what_people_want_to_know_is_answered() {
    let copy = calls("salon", 10);
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM calls", Value::Int(10)),
        ("SELECT SUM(seconds) AS s FROM calls WHERE call LIKE 'call\\_salon%' ESCAPE '\\';", Value::Int(45)),
        (
            "WITH long AS (SELECT * FROM calls WHERE seconds > 7) SELECT MAX(seconds) FROM long -- the longest",
            Value::Int(9),
        ),
        ("SELECT x FROM (SELECT seconds AS x FROM calls UNION SELECT 99) ORDER BY 1 DESC LIMIT 1", Value::Int(99)),
        (
            "SELECT seconds FROM calls CROSS JOIN branches WHERE branch = 'mitte' ORDER BY seconds LIMIT 1",
            Value::Int(0),
        ),
        ("SELECT row_number() OVER (ORDER BY seconds DESC) FROM calls LIMIT 1", Value::Int(1)),
        ("SELECT CASE WHEN AVG(seconds) > 1 THEN 'long' ELSE 'short' END FROM calls", "long".into()),
        ("SELECT strftime('%H', '2025-07-01 08:30:00')", "08".into()),
        ("/* a comment */ SELECT group_concat(branch, ', ') FROM branches;  ", "mitte".into()),
    ] {
        let answer = ask(&copy, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(answer.rows[0][0], expected, "{sql}");
        assert_eq!(answer.cut, None);
    }
}

/// Every one is refused while it is prepared, or stopped while it runs.
const HOSTILE: &[&str] = &[
    // Writing.
    "INSERT INTO calls VALUES ('x', 1)",
    "INSERT INTO calls SELECT * FROM calls RETURNING call",
    "UPDATE calls SET seconds = 0",
    "UPDATE calls SET seconds = 0 RETURNING seconds",
    "DELETE FROM calls",
    "DELETE FROM calls RETURNING *",
    "REPLACE INTO calls VALUES ('x', 1)",
    "WITH gone AS (SELECT 1) DELETE FROM calls",
    "CREATE TABLE x (a)",
    "CREATE TEMP TABLE x AS SELECT * FROM calls",
    "CREATE VIEW x AS SELECT * FROM calls",
    "CREATE TRIGGER t AFTER INSERT ON calls BEGIN DELETE FROM calls; END",
    "CREATE INDEX i ON calls (call)",
    "CREATE VIRTUAL TABLE x USING fts5(a)",
    "DROP TABLE calls",
    "ALTER TABLE calls RENAME TO gone",
    "ALTER TABLE calls ADD COLUMN x",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "VACUUM INTO '/tmp/stolen.db'",
    // Transactions and savepoints.
    "BEGIN",
    "BEGIN EXCLUSIVE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    // Several statements.
    "SELECT 1; DELETE FROM calls",
    "SELECT 1; SELECT 2",
    "SELECT 1;;; DROP TABLE calls",
    "SELECT 1 /* ; */; PRAGMA writable_schema = 1",
    "; ; DELETE FROM calls",
    // Settings.
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA table_info(calls)",
    "PRAGMA database_list",
    "PRAGMA journal_mode",
    "SELECT * FROM pragma_table_info('calls')",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_function_list",
    // Other databases and files.
    "ATTACH DATABASE '/etc/passwd' AS x",
    "ATTACH ':memory:' AS x",
    "DETACH main",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('/tmp/x', 'y')",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT edit('x')",
    "SELECT * FROM fsdir('/')",
    "SELECT fts3_tokenizer('simple', x'0000000000000000')",
    // What is not in the schema, and the schema itself.
    "SELECT * FROM sqlite_master",
    "SELECT sql FROM sqlite_schema",
    "SELECT * FROM sqlite_temp_master",
    "SELECT * FROM sqlite_stat1",
    "SELECT * FROM dbstat",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM main.sqlite_master",
    "SELECT (SELECT sql FROM sqlite_master LIMIT 1) FROM calls",
    "SELECT * FROM calls WHERE EXISTS (SELECT 1 FROM sqlite_schema)",
    "SELECT * FROM other.calls",
    "SELECT company FROM calls",
    "SELECT transcript FROM calls",
    "SELECT * FROM customers",
    "SELECT \"no such column\" FROM calls",
    // Functions that make much out of little, or tell of the machine.
    "SELECT randomblob(1000000000)",
    "SELECT zeroblob(1000000000)",
    "SELECT printf('%1000000000d', 1)",
    "SELECT format('%*d', 1000000000, 1)",
    "SELECT replace(hex(zeroblob(1000)), '0', hex(zeroblob(1000)))",
    "SELECT json_group_array(call) FROM calls",
    "SELECT * FROM json_each('[1,2,3]')",
    "SELECT * FROM generate_series(1, 1000000000)",
    "SELECT sqlite_version()",
    "SELECT sqlite_compileoption_get(1)",
    "SELECT last_insert_rowid()",
    "SELECT char(0, 65)",
    // No end.
    "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT COUNT(*) FROM t",
    "WITH RECURSIVE t(x) AS (VALUES(1) UNION SELECT x * 2 FROM t) SELECT * FROM t",
    // Not a question at all.
    "EXPLAIN SELECT * FROM calls",
    "EXPLAIN QUERY PLAN SELECT * FROM calls",
    "SELECT ?1",
    "SELECT :name, @other, $third",
    "SELEC 1",
    "SELECT 1 FROM calls WHERE",
    "SELECT 'open",
    "",
    "   -- only a comment",
    "SELECT 1\0; DELETE FROM calls",
];

#[test]
fn what_a_stranger_tries_is_refused_by_the_engine() {
    let copy = calls("salon", 10);
    assert!(HOSTILE.len() >= 60);
    for sql in HOSTILE {
        let error = ask(&copy, sql).map(|answer| panic!("{sql}: {answer:?}")).unwrap_err();
        assert!(!matches!(error, QueryError::Broken), "{sql}: {error}");
    }
    assert_eq!(
        ask(&copy, "SELECT COUNT(*), SUM(seconds) FROM calls").unwrap().rows,
        [[Value::Int(10), Value::Int(45)]]
    );
}

#[test]
fn the_refusal_says_what_is_wrong() {
    let copy = calls("salon", 10);
    for (sql, expected) in [
        ("DELETE FROM calls", QueryError::NotAllowed),
        ("SELECT 1; SELECT 2", QueryError::Several),
        ("EXPLAIN SELECT 1", QueryError::NotASelect),
        ("SELECT load_extension('x')", QueryError::NotAllowed),
        ("VACUUM", QueryError::NotASelect),
    ] {
        assert_eq!(ask(&copy, sql).unwrap_err(), expected, "{sql}");
    }
    let told = ask(&copy, "SELECT secondz FROM calls").unwrap_err().to_string();
    assert!(told.contains("secondz"), "{told}");
}

#[test]
fn what_has_no_end_is_stopped_in_time() {
    let copy = calls("salon", 2_000);
    let bounds = Bounds { time: Duration::from_millis(150), ..Bounds::default() };
    for sql in [
        "SELECT COUNT(*) FROM calls a, calls b, calls c, calls d",
        "SELECT a.call FROM calls a, calls b, calls c WHERE a.seconds + b.seconds + c.seconds < 0",
        "SELECT DISTINCT a.call || b.call || c.call FROM calls a, calls b, calls c ORDER BY 1",
        "SELECT group_concat(a.call || b.call) FROM calls a, calls b, calls c GROUP BY a.seconds + b.seconds + c.seconds",
        "SELECT SUM(a.seconds) OVER (ORDER BY a.seconds + b.seconds) FROM calls a, calls b, calls c ORDER BY 1 DESC",
    ] {
        let began = Instant::now();
        let error = copy.ask(sql, bounds).unwrap_err();
        assert!(matches!(error, QueryError::TookTooLong(_) | QueryError::TooLarge), "{sql}: {error}");
        assert!(began.elapsed() < Duration::from_secs(3), "{sql}: {:?}", began.elapsed());
    }
    assert_eq!(copy.ask("SELECT COUNT(*) FROM calls", bounds).unwrap().rows, [[Value::Int(2_000)]]);
}

#[test]
fn what_is_too_much_is_cut_or_refused() {
    let copy = calls("salon", 2_000);
    let rows = ask(&copy, "SELECT * FROM calls").unwrap();
    assert_eq!((rows.rows.len(), rows.cut), (500, Some(Cut::Rows)));
    let narrow = Bounds { bytes: 1_000, ..Bounds::default() };
    let bytes = copy.ask("SELECT call FROM calls", narrow).unwrap();
    assert!(bytes.rows.len() < 100 && bytes.cut == Some(Cut::Bytes), "{}", bytes.rows.len());
    let double = |times: usize| (0..times).fold("call".to_owned(), |so_far, _| format!("({so_far} || {so_far})"));
    let long = format!("SELECT length({}) FROM calls", double(9));
    assert!(ask(&copy, &long).is_ok());
    for sql in [
        "SELECT length(group_concat(a.call || b.call || a.call || b.call)) FROM calls a, calls b".to_owned(),
        format!("SELECT {}", vec!["1"; 65].join(", ")),
        ["SELECT 1"; 9].join(" UNION ALL "),
        format!("SELECT {}1", "NOT ".repeat(2_000)),
        format!("SELECT {}", vec!["1"; 100].join(" + ")),
        format!("SELECT '{}'", "x".repeat(11_000)),
        format!("SELECT 'x' LIKE '{}'", "%a".repeat(60)),
    ] {
        let error = ask(&copy, &sql).unwrap_err();
        let bounded = matches!(
            error,
            QueryError::TooLarge | QueryError::Unreadable(_) | QueryError::NotAllowed | QueryError::TookTooLong(_)
        );
        assert!(bounded, "{}: {error}", &sql[..40]);
    }
}

#[test]
fn two_companies_never_meet() {
    let (salon, praxis) = (calls("salon", 3), calls("praxis", 5));
    let seen = |copy: &Copy| ask(copy, "SELECT group_concat(call) FROM calls").unwrap().rows[0][0].clone();
    let (Value::Text(salon), Value::Text(praxis)) = (seen(&salon), seen(&praxis)) else { panic!("texts") };
    assert_eq!((salon.matches("call_").count(), salon.contains("praxis")), (3, false));
    assert_eq!((praxis.matches("call_").count(), praxis.contains("salon")), (5, false));
}
