//! Another writer holds the log and has not committed yet: the moment at which what others ask for is most easily lost,
//! doubled or answered wrongly.

use super::database::Database;
use super::follow::whole;
use super::write::{append, fill, one, several, stream};
use futures_util::future::join_all;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::{Append, AppendError, Appended, Expected};
use std::time::Duration;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Long enough for everything to have come as far as it can.
const A_WHILE: Duration = Duration::from_millis(300);

type Outcome = JoinHandle<Result<Appended, AppendError>>;

/// Starts appends on both nodes in turn, and sees that none is answered while the log is held.
async fn waiting(nodes: [&Store; 2], appends: Vec<Append>) -> Vec<Outcome> {
    let start = |(nth, sent): (usize, Append)| {
        let node = nodes[nth % 2].clone();
        tokio::spawn(async move { append(&node, sent).await })
    };
    let started: Vec<Outcome> = appends.into_iter().enumerate().map(start).collect();
    tokio::time::sleep(A_WHILE).await;
    assert!(
        started.iter().all(|it| !it.is_finished()),
        "an append was answered before the one before it was committed"
    );
    started
}

async fn answers(waiting: Vec<Outcome>) -> Vec<Result<Appended, AppendError>> {
    join_all(waiting).await.into_iter().map(Result::unwrap).collect()
}

pub async fn of_appends_behind_a_parked_writer_all_are_stored_or_told(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let stranger = database.stranger().await;
    stranger.park("s", 1).await;
    let expectations = [Expected::NoStream, Expected::Any, Expected::Revision(1)];
    let sent: Vec<Append> = (0..60).map(|nth| one("s", expectations[nth % 3])).collect();
    let waiting = waiting([&here, &there], sent.clone()).await;
    stranger.run("COMMIT").await.unwrap();
    let mut stored = Vec::new();
    for (sent, outcome) in sent.iter().zip(answers(waiting).await) {
        match (sent.expected, outcome) {
            // Whoever believed that there was nothing was overtaken, and is told so.
            (Expected::NoStream | Expected::Revision(_), Err(AppendError::Conflict { actual, .. })) => {
                assert!(actual >= 1);
            }
            (Expected::Any, Ok(place)) => stored.push((place.position, sent.events[0].id)),
            (Expected::Revision(1), Ok(place)) => {
                assert_eq!(place.revision, 2);
                stored.push((place.position, sent.events[0].id));
            }
            (expected, met) => panic!("{expected:?}: {met:?}"),
        }
    }
    // The losers have burnt nothing, and the winners are there, each where it was told.
    let log = whole(&here).await;
    stored.sort_unstable();
    assert_eq!(log.iter().skip(1).map(|event| (event.position, event.id)).collect::<Vec<_>>(), stored);
    assert!((20..=21).contains(&stored.len()));
}

pub async fn retries_behind_a_parked_writer_get_one_result(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    fill(&here, "s", 1).await;
    let stranger = database.stranger().await;
    stranger.park("parked", 2).await;
    let command = Uuid::new_v4();
    // Whoever has waited too long asks again, on this node or another, before the first attempt was answered.
    let sent = (0..8).map(|_| several("s", Expected::Revision(1), command, &["A", "B"])).collect();
    let waiting = waiting([&here, &there], sent).await;
    stranger.run("COMMIT").await.unwrap();
    let answers: Vec<Appended> = answers(waiting).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|it| (it.revision, it.position) == (3, 4)), "{answers:?}");
    assert_eq!(answers.iter().filter(|it| !it.repeated).count(), 1, "it was carried out once");
    assert_eq!(whole(&here).await.len(), 4);
}

pub async fn head_and_rows_are_read_of_one_state(database: &Database) {
    let (store, reader) = (database.store().await, database.store().await);
    fill(&store, "s", 2).await;
    let stranger = database.stranger().await;
    stranger.park("parked", 3).await;
    let late = waiting([&store, &store], vec![one("late", Expected::NoStream)]).await;
    // However the two are read one after the other while the commits come in, no row is above a head read later, and
    // below a head read before no row is missing.
    let reading = async {
        let (mut rounds, mut behind) = (0, 0);
        while behind < 4 {
            let before = reader.log.head().await.unwrap();
            let rows = reader.log.read_all(0, 10).await.unwrap();
            let after = reader.log.head().await.unwrap();
            let positions: Vec<u64> = rows.iter().map(|event| event.position).collect();
            assert_eq!(positions, (1..=rows.len() as u64).collect::<Vec<_>>());
            assert!(before <= rows.len() as u64 && rows.len() as u64 <= after, "{before} {positions:?} {after}");
            let of_stream = reader.log.read_stream(&stream("late"), 0).await.unwrap();
            assert!(of_stream.is_empty() || reader.log.head().await.unwrap() == 4);
            behind = before;
            rounds += 1;
        }
        rounds
    };
    let commit = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stranger.run("COMMIT").await.unwrap();
    };
    let (rounds, ()) = tokio::join!(reading, commit);
    assert!(rounds > 2, "it was read before and after");
    assert_eq!(answers(late).await[0].as_ref().unwrap().position, 4);
}
