//! The engine that drives the projections, with two of its own: one that refuses a number which it has seen already, and
//! one that counts and refuses nothing.

mod node;

use super::database::Database;
use super::write::{append, one};
use node::{Node, SEEN_2, aside, bad, count, head, number, numbers, seen, squat, unsquat};
use ringbuch_domain::ports::Expected;
use ringbuch_projections::engine::{control, set_aside, standing};
use ringbuch_projections::rows::{Fence, Row, RowsError, Step, Value};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub async fn what_cannot_be_taken_is_set_aside_with_what_follows_in_its_stream(database: &Database) {
    let node = Node::on(database).await;
    squat(&node.store, "x").await;
    numbers(&node.store, &["a:1", "p:2", "p:x", "a:3", "p:4", "b:5"]).await;
    node.projector.catch_up().await.unwrap();
    assert_eq!(seen(&node.store).await, ["1", "2", "3", "5"]);
    assert_eq!(count(&node.store).await, 6, "nobody else is held up");
    assert_eq!(aside(&node.store).await, ["3 refused", "5 waits"]);
    let stands = &node.projector.standing().await.unwrap()[0];
    assert_eq!((stands.name, stands.set_aside, stands.checkpoint, stands.lag), ("seen", 2, 6, 0));

    // Another process knows of it as well.
    let later = Node::on(database).await;
    numbers(&later.store, &["p:6", "a:7"]).await;
    later.projector.catch_up().await.unwrap();
    assert_eq!(seen(&node.store).await, ["1", "2", "3", "5", "7"]);
    assert_eq!(aside(&node.store).await, ["3 refused", "5 waits", "7 waits"]);
}

pub async fn what_was_set_aside_is_tried_again_in_order(database: &Database) {
    let node = Node::on(database).await;
    squat(&node.store, "x").await;
    numbers(&node.store, &["p:1", "p:x", "q:2", "q:x2", "p:3", "p:1", "q:4", "a:5", "p:6"]).await;
    squat(&node.store, "x2").await;
    node.projector.catch_up().await.unwrap();
    node.projector.retry_set_aside(&["seen"]).await.unwrap();
    let refused = ["2 refused", "4 refused", "5 waits", "6 waits", "7 waits", "9 waits"];
    assert_eq!(aside(&node.store).await, refused, "what cannot be taken yet stays");
    let first = set_aside::list(&*node.store.rows, "seen", 0).await.unwrap();

    unsquat(&node.store, "x").await;
    node.projector.retry_set_aside(&["seen"]).await.unwrap();
    assert_eq!(seen(&node.store).await, ["1", "2", "5", "x", "3"], "in order, up to what is refused for itself");
    assert_eq!(aside(&node.store).await, ["4 refused", "6 refused", "7 waits", "9 waits"]);
    let again = set_aside::list(&*node.store.rows, "seen", 0).await.unwrap();
    assert_eq!(again[0].since, first[1].since, "it is set aside since the first time");

    unsquat(&node.store, "x2").await;
    numbers(&node.store, &["q:7"]).await;
    node.projector.catch_up().await.unwrap();
    node.projector.retry_set_aside(&["seen", "counted"]).await.unwrap();
    assert_eq!(seen(&node.store).await, ["1", "2", "5", "x", "3", "x2", "4", "7"]);
    // A stream that is whole again is taken as it comes.
    numbers(&node.store, &["q:8", "p:9"]).await;
    node.projector.catch_up().await.unwrap();
    assert_eq!(seen(&node.store).await.last().map(String::as_str), Some("8"));
    assert_eq!((count(&node.store).await, head(&node.store).await), (12, 12));
}

pub async fn what_cannot_be_read_is_set_aside(database: &Database) {
    let node = Node::on(database).await;
    numbers(&node.store, &["a:1"]).await;
    append(&node.store, one("number-a", Expected::Any)).await.unwrap();
    numbers(&node.store, &["a:2", "b:3"]).await;
    node.projector.catch_up().await.unwrap();
    assert_eq!((seen(&node.store).await, count(&node.store).await), (vec!["1".to_owned(), "3".to_owned()], 2));
    for name in ["seen", "counted"] {
        let aside = set_aside::list(&*node.store.rows, name, 0).await.unwrap();
        assert_eq!((aside.len(), aside[0].position, aside[0].kind.as_str()), (2, 2, "Noted"));
        assert!(aside[0].error.as_deref().unwrap().contains("newer Ringbuch"), "{aside:?}");
    }
}

pub async fn paused_projections_rest_and_go_on_where_they_stood(database: &Database) {
    let node = Node::on(database).await;
    let other = database.store().await;
    let running = node.run();
    numbers(&other, &["a:1"]).await;
    node.reaches(1).await;
    other.rows.execute(&[control::pause("seen", true)]).await.unwrap();
    // It is obeyed within seconds; afterwards nothing comes in any more.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    numbers(&other, &["a:2", "a:3"]).await;
    node.reaches(3).await;
    assert_eq!((seen(&other).await, count(&other).await), (vec!["1".to_owned()], 3));
    other.rows.execute(&[control::pause("seen", false)]).await.unwrap();
    node.until(async || seen(&other).await == ["1", "2", "3"]).await;
    running.end().await;
}

pub async fn of_two_nodes_one_leads_and_the_other_takes_over(database: &Database) {
    let (one, other) = (Node::on(database).await, Node::on(database).await);
    let leads = one.run();
    numbers(&one.store, &["a:1"]).await;
    one.reaches(1).await;
    let follows = other.run();
    numbers(&other.store, &["a:2", "a:3"]).await;
    other.reaches(3).await;
    let stranger = database.stranger().await;
    assert_eq!(stranger.number("SELECT COUNT(DISTINCT holder) FROM leases").await, 1);
    assert_eq!(stranger.number("SELECT COUNT(*) FROM leases").await, 2);

    // The leader dies without a word.
    leads.kill();
    let died = Instant::now();
    numbers(&other.store, &["a:4"]).await;
    other.reaches(4).await;
    assert!(died.elapsed() < Duration::from_secs(10), "taken over after {:?}", died.elapsed());
    assert_eq!(stranger.number("SELECT MIN(fence) FROM leases").await, 2);

    // The next one goes in good order.
    let third = Node::on(database).await;
    let waits = third.run();
    follows.end().await;
    let ended = Instant::now();
    numbers(&third.store, &["a:5"]).await;
    third.reaches(5).await;
    assert!(ended.elapsed() < Duration::from_secs(4), "taken over after {:?}", ended.elapsed());
    assert_eq!((seen(&one.store).await.len(), count(&one.store).await), (5, 5), "nothing came twice");
    waits.end().await;
}

pub async fn whoever_was_fenced_out_writes_nothing(database: &Database) {
    let node = Node::on(database).await;
    let store = &node.store;
    numbers(store, &["a:1"]).await;
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let names = ["lead".to_owned()];
    let long = Duration::from_mins(1);
    let fence = |number| Some(Fence { lease: "lead".to_owned(), number });
    let old = store.leases.hold(&names, one, long).await.unwrap()[0].fence;
    let row =
        |from, to, fence| Step { statements: vec![number(to, "s", &to.to_string())], fence, ..node::still(from, to) };
    store.rows.commit(&[row(0, 1, fence(old))]).await.unwrap();

    store.leases.release(&names, one).await.unwrap();
    let new = store.leases.hold(&names, other, long).await.unwrap()[0].fence;
    let refused = store.rows.commit(&[row(1, 2, fence(old))]).await;
    assert!(matches!(&refused, Err(RowsError::TakenOver { lease }) if lease == "lead"), "{refused:?}");
    store.builds.begin(&node::SEEN).await.unwrap();
    store.builds.index(&node::SEEN).await.unwrap();
    let refused = store.builds.swap(&node::SEEN, &row(1, 2, fence(old))).await;
    assert!(matches!(refused, Err(RowsError::TakenOver { .. })), "{refused:?}");
    assert_eq!(seen(store).await, ["1"]);
    store.rows.commit(&[row(1, 2, fence(new))]).await.unwrap();
    assert_eq!(seen(store).await, ["1", "2"]);
    store.builds.swap(&node::SEEN, &row(2, 3, fence(new))).await.unwrap();
    assert_eq!(seen(store).await, ["3"], "the copy with its step stands in the place of the rows");
    assert_eq!(store.rows.checkpoint("seen", 1).await.unwrap(), 3);
}

pub async fn a_newer_version_is_built_beside_the_old_one(database: &Database) {
    let old = Node::on(database).await;
    // The second of two equal numbers is refused in every version.
    numbers(&old.store, &["a:1", "b:22", "c:22", "c:4", "d:333"]).await;
    let old_runs = old.run();
    old.reaches(5).await;
    let new = Node::with(database, &SEEN_2).await;
    let new_runs = new.run();
    let mut nth = 1000;
    let stands = async || standing::all(&*new.store.rows).await.unwrap()["seen"].version == 2;
    while !stands().await {
        assert!(seen(&old.store).await.len() >= 3, "the old rows are there until the new ones are");
        numbers(&old.store, &[&format!("e:{nth}")]).await;
        nth += 1;
    }
    numbers(&old.store, &["f:55555"]).await;
    let all = head(&new.store).await;
    new.until(async || standing::all(&*new.store.rows).await.unwrap()["seen"].checkpoint == all).await;
    let length = "SELECT number, length FROM seen WHERE number IN ('1', '22', '333', '55555') ORDER BY position";
    let found = new.store.rows.query(length, &[]).await.unwrap();
    let row = |number: &str, length| Row(vec![number.into(), Value::Int(length)]);
    assert_eq!(found, [row("1", 1), row("22", 2), row("333", 3), row("55555", 5)]);
    assert_eq!(seen(&new.store).await.len() as u64, all - 2, "each but the refused one and what waits behind it");
    assert_eq!(aside(&new.store).await, ["3 refused", "4 waits"]);
    old.until(async || count(&old.store).await.cast_unsigned() == all).await;
    old_runs.end().await;
    new_runs.end().await;
}

pub async fn a_build_that_broke_off_is_built_again(database: &Database) {
    let node = Node::on(database).await;
    squat(&node.store, "x").await;
    numbers(&node.store, &["a:1", "b:x", "c:3"]).await;
    node.projector.catch_up().await.unwrap();
    let left_over = async |node: &Node| {
        node.store.builds.begin(&node::SEEN).await.unwrap();
        let row = Row(vec![Value::Int(1), "a".into(), "half".into(), Value::Int(0)]);
        node.store.builds.load(&node::SEEN, "seen", vec![row]).await.unwrap();
        node.store.rows.execute(&[control::built("seen", 1)]).await.unwrap();
    };
    left_over(&node).await;
    // Whoever leads next clears it away, if nobody asks for it any more.
    node.projector.catch_up().await.unwrap();
    assert_eq!(node::beside(database).await, 0);
    assert_eq!(seen(&node.store).await, ["1", "3"]);

    left_over(&node).await;
    node.projector.rebuild(&["seen"], |_| ()).await.unwrap();
    assert_eq!(node::beside(database).await, 0);
    assert_eq!(
        (seen(&node.store).await, aside(&node.store).await.len()),
        (vec!["1".into(), "x".into(), "3".into()], 0)
    );
    // And once more, now that the indexes have other names.
    numbers(&node.store, &["b:4"]).await;
    node.projector.rebuild(&["seen", "counted"], |_| ()).await.unwrap();
    assert_eq!((seen(&node.store).await.len(), count(&node.store).await), (4, 4));
    let standing = node.projector.standing().await.unwrap();
    assert!(standing.iter().all(|it| it.rebuilt.is_none() && it.lag == 0), "{standing:?}");
}

pub async fn whoever_reads_the_old_rows_for_long_holds_up_no_events(database: &Database) {
    let node = Node::on(database).await;
    numbers(&node.store, &["a:1"]).await;
    let running = node.run();
    node.reaches(1).await;
    // PostgreSQL cannot drop what somebody reads.
    let reader = database.stranger().await;
    reader.run("BEGIN; SELECT number FROM seen").await.unwrap();
    let command = Node::on(database).await;
    let rebuild = tokio::spawn(async move { command.projector.rebuild(&["seen"], |_| ()).await.map(drop) });
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(rebuild.is_finished(), database.is_sqlite());
    numbers(&node.store, &["a:2", "b:3"]).await;
    node.reaches(3).await;
    assert_eq!(seen(&node.store).await, ["1", "2", "3"]);
    reader.run("COMMIT").await.unwrap();
    rebuild.await.unwrap().unwrap();
    assert_eq!(seen(&node.store).await, ["1", "2", "3"]);
    running.end().await;
}

pub async fn a_writer_parked_before_its_commit_is_not_passed_over(database: &Database) {
    let node = Node::on(database).await;
    numbers(&node.store, &["a:1", "a:2"]).await;
    let running = node.run();
    node.reaches(2).await;
    let stranger = database.stranger().await;
    stranger.park("number-parked", 3).await;
    let store = database.store().await;
    let late = tokio::spawn(async move { numbers(&store, &["a:4"]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(*node.projector.progress().borrow(), 2, "nobody goes past what is not committed");
    stranger.run("COMMIT").await.unwrap();
    late.await.unwrap();
    node.reaches(4).await;
    assert_eq!(seen(&node.store).await, ["1", "2", "4"]);
    assert_eq!(bad(&node.store).await, [3], "what was parked is met, and cannot be read");
    running.end().await;
}
