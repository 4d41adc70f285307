//! What is particular about a log in a KurrentDB: connections that are lost at any moment, a server that others use as
//! well, and a chain for each stream.

use super::database::Database;
use super::follow::whole;
use super::write::{append, fill, one, several, stream};
use crate::kurrent_server::Fault;
use futures_util::future::{join, join_all};
use ringbuch_adapters::chain::{Broken, Verifier};
use ringbuch_adapters::store::{OpenError, Options, Store};
use ringbuch_domain::ports::{AppendError, Expected, LogError};
use ringbuch_domain::recorded::EventHash;
use ringbuch_projections::rows::Step;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub async fn an_answer_that_was_lost_is_resolved(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    fill(&store, "held", 1).await;
    let faults = [Fault::CutBefore, Fault::CutAfter, Fault::TimeoutAfter, Fault::NotReady];
    let twice = faults.map(|fault| vec![fault, fault]);
    for (nth, faults) in faults.map(|fault| vec![fault]).into_iter().chain(twice).enumerate() {
        for (name, expected) in [(format!("new-{nth}"), Expected::NoStream), ("held".to_owned(), Expected::Any)] {
            server.next(faults.iter().copied());
            let (sent, known) = (server.appends(), whole(&store).await.len());
            let stored = append(&store, several(&name, expected, Uuid::new_v4(), &["A", "B"])).await.unwrap();
            assert!(!stored.repeated, "its own events are its own, {faults:?}");
            assert_eq!((server.faults_left(), server.appends() - sent), (0, faults.len() + 1), "{faults:?}");
            let all = whole(&store).await;
            assert_eq!((all.len(), all.last().unwrap().position), (known + 2, stored.position), "{faults:?}");
        }
    }
}

pub async fn an_answer_that_is_lost_again_and_again_is_no_answer(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    server.next([Fault::TimeoutAfter; 5]);
    let sent = several("s", Expected::NoStream, Uuid::new_v4(), &["A"]);
    assert!(matches!(append(&store, sent.clone()).await, Err(AppendError::Unavailable(_))));
    // Whoever asks again with the same command hears what became of it.
    let repeat = append(&store, sent).await.unwrap();
    assert!(repeat.repeated && repeat.revision == 1);
    assert_eq!(whole(&store).await.len(), 1);
}

pub async fn lost_connections_store_everything_once(database: &Database) {
    let (here, there, server) = (database.store().await, database.store().await, database.server());
    let done = AtomicBool::new(false);
    let appends = (0..12).map(|writer| {
        let (store, name) = (if writer % 2 == 0 { here.clone() } else { there.clone() }, format!("s-{}", writer % 4));
        tokio::spawn(async move {
            for _ in 0..15 {
                let sent = several(&name, Expected::Any, Uuid::new_v4(), &["A", "B"]);
                // Whoever hears that nothing is known asks again with the same command.
                while let Err(error) = append(&store, sent.clone()).await {
                    assert!(matches!(error, AppendError::Unavailable(_)), "{error}");
                }
            }
        })
    });
    let writing = async {
        for writer in join_all(appends).await {
            writer.unwrap();
        }
        done.store(true, Ordering::SeqCst);
    };
    let cutting = async {
        let (mut cuts, mut next, mut pause) = (0, 10, tokio::time::interval(Duration::from_millis(5)));
        while !done.load(Ordering::SeqCst) {
            pause.tick().await;
            if server.appends() >= next {
                server.next([if cuts % 2 == 0 { Fault::CutAfter } else { Fault::CutBefore }]);
                cuts += 1;
                next = server.appends() + 25;
            }
        }
        cuts
    };
    let ((), cuts) = join(writing, cutting).await;
    assert!(cuts >= 3, "too few connections were lost to prove anything");
    let all = whole(&here).await;
    assert_eq!(all.len(), 12 * 15 * 2);
    let mut verifier = Verifier::default().along(here.chain);
    assert_eq!(all.iter().try_for_each(|event| verifier.take(event)), Ok(()));
}

/// A command that reaches two nodes makes the same events on both. The server would call both appends done; only one of
/// them was the first.
pub async fn of_equal_events_at_once_one_is_the_first(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    for round in 0..20 {
        let sent = several(&format!("s-{round}"), Expected::NoStream, Uuid::new_v4(), &["A"]);
        let (one, other) = join(append(&here, sent.clone()), append(&there, sent)).await;
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.repeated != other.repeated && one.position == other.position, "{one:?} {other:?}");
    }
    assert_eq!(whole(&here).await.len(), 20);
}

pub async fn a_server_that_was_down_is_found_again(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    fill(&store, "s", 1).await;
    server.down(true);
    assert!(store.log.head().await.is_err());
    assert!(store.log.read_all(0, 10).await.is_err());
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { append(&store, one("s", Expected::Any)).await }
    });
    // An append waits for a while, so that a server that starts again is no reason to turn a webhook away.
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.down(false);
    assert_eq!(waiting.await.unwrap().unwrap().revision, 2);
    assert_eq!(whole(&store).await.len(), 2);
}

pub async fn news_come_again_after_the_subscription_was_cut(database: &Database) {
    let (reader, writer, server) = (database.store().await, database.store().await, database.server());
    for _ in 0..2 {
        server.cut();
        // Long enough for the subscription to be made anew, and no longer than a wait lasts.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let head = reader.log.head().await.unwrap();
        let waiting = tokio::spawn({
            let reader = reader.clone();
            async move { reader.log.wait_for_news(head).await.map(|()| Instant::now()) }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        fill(&writer, "s", 1).await;
        let written = Instant::now();
        let woken = waiting.await.unwrap().unwrap();
        assert!(woken.saturating_duration_since(written) < Duration::from_secs(1), "woken too late");
    }
}

pub async fn what_others_keep_there_is_left_out(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    fill(&store, "s", 40).await;
    let mut theirs = 0;
    server.tamper(|records| theirs = records.iter().filter(|record| record.stream != "s").count());
    assert!(theirs >= 40, "too little of others to prove anything");
    // Many of them in a row, and at the end, hide nothing.
    server.tamper(|records| {
        let foreign = records.iter().find(|record| record.stream == "another-application").unwrap().clone();
        let end = records.last().unwrap().position;
        records.extend((1..200).map(|nth| crate::kurrent_server::Record { position: end + nth, ..foreign.clone() }));
    });
    let all = whole(&store).await;
    assert_eq!(all.len(), 40);
    assert!(all.iter().all(|event| event.stream == stream("s")));
    assert_eq!(store.log.head().await.unwrap(), all[39].position);
    assert!(store.log.read_all(all[39].position, 10).await.unwrap().is_empty());
    assert_eq!(store.log.read_back(u64::MAX, 3).await.unwrap(), all[37..]);
    assert!(store.log.read_back(all[39].position + 7, 1).await.unwrap().is_empty(), "no event stands there");
    assert_eq!(store.log.behind(0).await.unwrap(), 40);
    assert!(store.log.read_stream(&stream("$settings"), 0).await.unwrap().is_empty());
    assert!(matches!(append(&store, one("$ours", Expected::Any)).await, Err(AppendError::Unusable { .. })));
}

pub async fn what_is_too_large_is_refused_by_name(database: &Database) {
    let store = database.store().await;
    let mut large = one("s", Expected::NoStream);
    large.events[0].public = vec![b'0'; 13 << 20];
    match append(&store, large).await {
        Err(AppendError::Unusable { why, .. }) => assert!(why.contains("MaxAppendSize"), "{why}"),
        met => panic!("{met:?}"),
    }
    fill(&store, "s", 1).await;
}

async fn verified(store: &Store, known: &[(u64, EventHash)]) -> Result<u64, Broken> {
    let mut verifier = Verifier::against(known.iter().copied()).along(store.chain);
    let all = store.log.read_all(0, 1000).await.unwrap();
    all.iter().try_for_each(|event| verifier.take(event))?;
    verifier.end().map(|_| verifier.events())
}

pub async fn what_was_changed_behind_its_back_shows(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    for _ in 0..3 {
        fill(&store, "a", 2).await;
        fill(&store, "b", 1).await;
    }
    let third = store.log.read_stream(&stream("a"), 2).await.unwrap()[0].position;
    assert_eq!(verified(&store, &[]).await, Ok(9));
    let mut kept = Vec::new();
    server.tamper(|records| {
        kept.clone_from(records);
        let event = records.iter_mut().find(|record| record.position == third).unwrap();
        event.data = br#"{"a":2}"#.to_vec();
    });
    assert!(matches!(verified(&store, &[]).await, Err(Broken::Changed { position, .. }) if position == third));
    server.tamper(|records| {
        records.clone_from(&kept);
        records.retain(|record| record.position != third);
    });
    let missing = verified(&store, &[]).await;
    assert!(matches!(missing, Err(Broken::StreamGap { after: 2, found: 4, .. })), "{missing:?}");
    // Something that claims to be ours and cannot be read is told, and not left out.
    server.tamper(|records| {
        records.clone_from(&kept);
        let event = records.iter_mut().find(|record| record.position == third).unwrap();
        event.custom_metadata = br#"{"ringbuch":1}"#.to_vec();
    });
    let unreadable: LogError = store.log.read_all(0, 1000).await.unwrap_err();
    assert!(unreadable.to_string().contains(&third.to_string()), "{unreadable}");
}

/// A whole stream, or the end of one, can go without its chain telling; a checkpoint covers the whole log.
pub async fn what_only_a_checkpoint_shows(database: &Database) {
    let (store, server) = (database.store().await, database.server());
    for _ in 0..3 {
        fill(&store, "a", 2).await;
        fill(&store, "b", 1).await;
    }
    let mut verifier = Verifier::default().along(store.chain);
    whole(&store).await.iter().try_for_each(|event| verifier.take(event)).unwrap();
    let known = [verifier.end().unwrap()];
    fill(&store, "c", 1).await;
    assert_eq!(verified(&store, &known).await, Ok(10));
    let mut kept = Vec::new();
    server.tamper(|records| {
        kept.clone_from(records);
        records.retain(|record| record.stream != "b");
    });
    assert_eq!(verified(&store, &[]).await, Ok(7), "its chain does not tell");
    assert!(matches!(verified(&store, &known).await, Err(Broken::Gap { .. })));
    server.tamper(|records| {
        records.clone_from(&kept);
        let end = records.iter().rposition(|record| record.stream == "a").unwrap();
        records.remove(end);
    });
    assert_eq!(verified(&store, &[]).await, Ok(9), "its chain does not tell");
    assert!(matches!(verified(&store, &known).await, Err(Broken::Replaced { .. })));
    server.tamper(|records| {
        records.clone_from(&kept);
        records.truncate(3);
    });
    assert!(matches!(verified(&store, &known).await, Err(Broken::CutOff { .. })));
}

/// What the read models of one log have come to says nothing of another.
pub async fn a_database_follows_one_log(database: &Database) {
    let elsewhere = database.store().await;
    fill(&elsewhere, "s", 1).await;
    let open = async || Store::open(&database.url, Options::default()).await.unwrap();
    let untouched = open().await.with_own_log().await.unwrap();
    let followed = ringbuch_projections::all().first().unwrap();
    let to = elsewhere.log.head().await.unwrap();
    let step =
        Step { projection: followed.name, version: followed.version, from: 0, to, statements: vec![], fence: None };
    untouched.rows.commit(&[step]).await.unwrap();
    assert!(matches!(open().await.with_own_log().await, Err(OpenError::LogIsElsewhere)));

    let own = Database::sqlite().await;
    let here = own.store().await;
    fill(&here, "s", 1).await;
    let here = here.with_own_log().await.unwrap();
    assert!(matches!(here.with_log_at(&database.server().url).await, Err(OpenError::LogIsHere)));
}
