//! What an append stores, when it is refused, and that it never harms another.

use super::database::{Database, Stranger};
use super::follow::{dense, whole};
use super::write::{append, event, fill, noon, one, several, stream};
use futures_util::future::join_all;
use ringbuch_domain::ids::{CustomerId, DeliveryId};
use ringbuch_domain::ports::{AppendError, Expected};
use ringbuch_domain::recorded::{Cause, Envelope, Sealed, Subject};
use uuid::Uuid;

pub async fn an_event_reads_back_as_it_was_written(database: &Database) {
    let store = database.store().await;
    let mut sent = several("call-salon_mitte-1", Expected::NoStream, Uuid::new_v4(), &["Received", "Ended", "Sealed"]);
    sent.cause = Cause { command: Uuid::new_v4(), correlation: Uuid::new_v4(), causation: Some(Uuid::new_v4()) };
    sent.events[1].version = 7;
    sent.events[1].private =
        Some(Sealed { subject: Subject::Person(CustomerId(Uuid::new_v4())), bytes: vec![0, 255, 1] });
    sent.events[2].public = (0..5000u32).flat_map(u32::to_be_bytes).collect();
    sent.events[2].private =
        Some(Sealed { subject: Subject::Delivery(DeliveryId::new("00ff").unwrap()), bytes: vec![] });
    append(&store, sent.clone()).await.unwrap();
    let mut unowned = one("webhook-1", Expected::NoStream);
    unowned.company = None;
    append(&store, unowned).await.unwrap();

    let read = store.log.read_stream(&sent.stream, 0).await.unwrap();
    assert_eq!(read, store.log.read_all(0, 3).await.unwrap());
    assert_eq!(read.len(), 3);
    for (place, (read, sent_event)) in (1..).zip(read.iter().zip(&sent.events)) {
        assert_eq!(read.revision, place);
        assert!(!dense(&store) || read.position == place);
        assert_eq!(
            (&read.stream, read.cause, &read.company, read.time),
            (&sent.stream, sent.cause, &sent.company, noon())
        );
        assert_eq!((read.id, read.kind.as_str(), read.version), (sent_event.id, sent_event.kind, sent_event.version));
        assert_eq!((&read.public, &read.private), (&sent_event.public, &sent_event.private));
    }
    let last = store.log.read_all(read[2].position, 1).await.unwrap();
    assert_eq!(last[0].company, None);
    assert_eq!(store.log.head().await.unwrap(), last[0].position);
}

pub async fn every_expectation_meets_every_stream(database: &Database) {
    let store = database.store().await;
    fill(&store, "held", 3).await;
    for (name, expected, outcome) in [
        ("empty-1", Expected::NoStream, Ok(1)),
        ("empty-2", Expected::Any, Ok(1)),
        ("empty-3", Expected::Revision(1), Err(0)),
        ("held", Expected::NoStream, Err(3)),
        ("held", Expected::Revision(2), Err(3)),
        ("held", Expected::Revision(4), Err(3)),
        ("held", Expected::Revision(3), Ok(4)),
        ("held", Expected::Any, Ok(5)),
    ] {
        let head = store.log.head().await.unwrap();
        match (append(&store, one(name, expected)).await, outcome) {
            (Ok(stored), Ok(revision)) => {
                assert_eq!((stored.revision, stored.repeated), (revision, false));
                assert!(stored.position == head + 1 || (!dense(&store) && stored.position > head));
                assert_eq!(store.log.head().await.unwrap(), stored.position);
            }
            (Err(AppendError::Conflict { stream: said, actual }), Err(expected_actual)) => {
                assert_eq!((said, actual), (stream(name), expected_actual));
                assert_eq!(store.log.head().await.unwrap(), head, "a conflict burnt a position");
            }
            (met, _) => panic!("{name} {expected:?}: {met:?}"),
        }
    }
    whole(&store).await;
}

pub async fn of_equal_expectations_one_wins(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    for (name, expected) in [("new", Expected::NoStream), ("new", Expected::Revision(1))] {
        let appends = (0..40).map(|nth| append(if nth % 2 == 0 { &here } else { &there }, one(name, expected)));
        let outcomes = join_all(appends).await;
        let conflicts = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Conflict { .. }))).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), conflicts), (1, 39));
    }
    assert_eq!(whole(&here).await.len(), 2);
}

pub async fn with_any_expectation_all_are_stored(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let sent: Vec<_> = (0..60).map(|_| several("busy", Expected::Any, Uuid::new_v4(), &["A", "B"])).collect();
    let appends =
        sent.iter().enumerate().map(|(nth, sent)| append(if nth % 3 == 0 { &here } else { &there }, sent.clone()));
    let outcomes = join_all(appends).await;
    let events = whole(&here).await;
    assert_eq!(events.len(), 120);
    for (sent, outcome) in sent.iter().zip(outcomes) {
        let stored = outcome.unwrap();
        assert!(!stored.repeated);
        let is_own = |event: &&Envelope| event.cause.command == sent.cause.command;
        let own: Vec<_> = events.iter().filter(is_own).collect();
        assert_eq!(own.iter().map(|event| event.id).collect::<Vec<_>>(), [sent.events[0].id, sent.events[1].id]);
        assert_eq!((own[1].revision, own[1].position), (stored.revision, stored.position));
        let first = events.iter().position(|event| is_own(&event)).unwrap();
        assert_eq!(&events[first + 1], own[1], "the events of one append stand together");
    }
}

pub async fn conflicts_do_not_hurt_their_neighbours(database: &Database) {
    let store = database.store().await;
    fill(&store, "held", 1).await;
    let appends = (0..200).map(|nth| {
        let good = nth % 2 == 0;
        let name = if good { format!("own-{nth}") } else { "held".to_owned() };
        append(&store, one(&name, Expected::NoStream))
    });
    for (nth, outcome) in join_all(appends).await.into_iter().enumerate() {
        match outcome {
            Ok(stored) => assert!(nth % 2 == 0 && stored.revision == 1),
            Err(AppendError::Conflict { actual, .. }) => assert!(nth % 2 == 1 && actual == 1),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(whole(&store).await.len(), 101);
}

pub async fn a_poisonous_append_fails_alone(database: &Database) {
    let store = database.store().await;
    let stranger = database.stranger().await;
    let trap = match stranger {
        Stranger::Sqlite(_) => {
            "CREATE TRIGGER trap BEFORE INSERT ON events WHEN NEW.kind = 'Poison'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        }
        Stranger::Postgres(_) => {
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;
             CREATE TRIGGER trap BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'Poison')
             EXECUTE FUNCTION trap()"
        }
    };
    stranger.run(trap).await.unwrap();
    let appends = (0..100).map(|nth| {
        let kind = if nth % 33 == 7 { "Poison" } else { "Noted" };
        append(&store, several(&format!("s-{nth}"), Expected::NoStream, Uuid::new_v4(), &["Noted", kind]))
    });
    for (nth, outcome) in join_all(appends).await.into_iter().enumerate() {
        match outcome {
            Ok(stored) => assert!(nth % 33 != 7 && !stored.repeated),
            Err(AppendError::Unavailable(_)) => assert_eq!(nth % 33, 7),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(whole(&store).await.len(), 97 * 2);
}

pub async fn what_cannot_be_stored_is_refused_by_name(database: &Database) {
    let store = database.store().await;
    let nothing = several("s", Expected::Any, Uuid::new_v4(), &[]);
    let mut much = several("s", Expected::Any, Uuid::new_v4(), &[]);
    much.events = (0..1001).map(|_| event("Noted")).collect();
    for unusable in
        [nothing, much, one("", Expected::Any), one("a\0b", Expected::Any), one(&"x".repeat(513), Expected::Any)]
    {
        assert!(matches!(append(&store, unusable).await, Err(AppendError::Unusable { .. })));
    }
    let mut many = several(&"x".repeat(512), Expected::Any, Uuid::new_v4(), &[]);
    many.events = (0..1000).map(|_| event("Noted")).collect();
    let stored = append(&store, many).await.unwrap();
    assert_eq!(stored.revision, 1000);
    assert_eq!(store.log.head().await.unwrap(), stored.position);
    assert_eq!(whole(&store).await.len(), 1000);
}

pub async fn events_are_never_changed(database: &Database) {
    let store = database.store().await;
    fill(&store, "s", 3).await;
    let before = whole(&store).await;
    let stranger = database.stranger().await;
    for statement in
        ["UPDATE events SET kind = 'Other'", "UPDATE events SET time = 0 WHERE position = 2", "DELETE FROM events"]
    {
        let refusal = stranger.run(statement).await.unwrap_err();
        assert!(refusal.contains("events are never"), "{statement}: {refusal}");
    }
    let also = match stranger {
        Stranger::Sqlite(_) => vec![
            "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2",
            "REPLACE INTO events (position, stream, revision, id, command, correlation, time, kind, version, public)
             SELECT 4, stream, revision, id, command, correlation, time, kind, version, public FROM events
             WHERE position = 1",
        ],
        Stranger::Postgres(_) => vec!["TRUNCATE events", "TRUNCATE events CASCADE"],
    };
    for statement in also {
        let refusal = stranger.run(statement).await.unwrap_err();
        assert!(refusal.contains("events are never"), "{statement}: {refusal}");
    }
    assert_eq!(whole(&store).await, before);
}
