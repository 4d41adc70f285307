//! Questions in SQL over a company's own copy.

use super::*;
use crate::http::v1::tests::world::{PRAXIS, SALON, ended, wants};
use ringbuch_domain::access::Role;

#[tokio::test]
async fn each_company_asks_its_own_copy_and_nothing_of_people_is_in_it() {
    let world = World::new().await;
    let (salon, praxis) = (world.key(SALON, Role::Viewer).await, world.key(PRAXIS, Role::Viewer).await);
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(SALON, 2, &wants("12:00")).await;
    world.call(PRAXIS, 3, &wants("11:00")).await;
    let sql = "SELECT call, outcome, began_at FROM calls ORDER BY call";
    let ours = world.done(&salon, "database", "query", json!({ "sql": sql })).await;
    assert_eq!(ours["rows"][0], json!(["call_1", "confirmed", "2025-07-01 08:01:00"]));
    assert_eq!(ours["rows"].as_array().unwrap().len(), 2);
    let theirs = world.done(&praxis, "database", "query", json!({ "sql": sql })).await;
    assert_eq!(theirs["rows"].as_array().unwrap().len(), 1);
    let schema = world.done(&salon, "database", "get_schema", json!({})).await;
    for table in schema["tables"].as_array().unwrap() {
        let sql = format!("SELECT * FROM {}", table["name"].as_str().unwrap());
        let told = world.done(&salon, "database", "query", json!({ "sql": sql })).await;
        assert_eq!(told["columns"].as_array().unwrap().len(), table["columns"].as_array().unwrap().len());
        let text = told.to_string();
        for word in ["Mustermann", "4917139200", "Ich möchte", "anna", "praxis"] {
            assert!(!text.contains(word), "{sql} tells {word}: {text}");
        }
    }
}

#[tokio::test]
async fn what_a_stranger_tries_is_refused_and_said() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for (sql, rule) in [
        ("DELETE FROM calls", "not_allowed"),
        ("SELECT 1; SELECT 2", "not_a_select"),
        ("SELECT * FROM sqlite_master", "not_allowed"),
        ("SELECT caller_number FROM calls", "unreadable"),
        ("PRAGMA query_only = OFF", "not_allowed"),
        ("EXPLAIN SELECT 1", "not_a_select"),
    ] {
        let told = world.refused(&key, "database", "query", json!({ "sql": sql })).await;
        assert!(told.contains(rule), "{sql}: {told}");
    }
    assert!(world.refused(&key, "database", "query", json!({ "sql": "x".repeat(10_001) })).await.contains("10000"));
}

#[tokio::test]
async fn a_copy_follows_the_records_and_says_of_when_it_is() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let count = json!({ "sql": "SELECT COUNT(*) FROM webhooks" });
    assert_eq!(world.done(&key, "database", "query", count.clone()).await["rows"], json!([[0]]));
    world.deliver(SALON, &ended(SALON, 1, &json!({}))).await;
    world.settle().await;
    world.clock.advance(jiff::SignedDuration::from_secs(11));
    let told = world.done(&key, "database", "query", count).await;
    assert_eq!((&told["rows"], &told["as_of"]), (&json!([[1]]), &json!("2025-07-01T06:00:11Z")));
    let long = json!({ "sql": "SELECT call, call || call || call FROM webhooks" });
    assert_eq!(world.done(&key, "database", "query", long).await["cut"], Value::Null);
}
