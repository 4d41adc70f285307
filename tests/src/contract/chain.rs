//! The chain: whoever writes, every event's hash follows the one before, and what is changed behind the log's back shows.

use super::database::Database;
use super::follow::whole;
use super::write::{fill, noon, one, several, stream};
use futures_util::future::join_all;
use ringbuch_adapters::chain::{Broken, Chain, Verifier};
use ringbuch_adapters::store::{Store, VerifyError};
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::ports::{Append, Expected};
use ringbuch_domain::recorded::{Cause, Envelope, NewEvent, Sealed, Subject};
use uuid::Uuid;

/// How many events hold, which is all of them.
pub async fn verified(store: &Store) -> Result<u64, Broken> {
    verified_as(store, Envelope::clone).await
}

async fn verified_in(database: &Database, store: &Store) -> Result<u64, Broken> {
    verified_as(store, |event| database.as_hashed(event)).await
}

async fn verified_as(store: &Store, hashed: impl Fn(&Envelope) -> Envelope) -> Result<u64, Broken> {
    let mut verifier = Verifier::default().along(store.chain);
    let held = whole(store).await.iter().try_for_each(|event| verifier.take(&hashed(event)));
    let held = held.map(|()| verifier.events());
    if store.chain == Chain::Log {
        for at_once in [3, 1_000] {
            assert_eq!(walked(store, at_once).await, held, "{at_once} events at once");
        }
    }
    held
}

/// As `audit verify` does it.
async fn walked(store: &Store, at_once: usize) -> Result<u64, Broken> {
    let (mut verifier, along) = (Verifier::default(), store.walk());
    loop {
        match along.next(&mut verifier, at_once).await {
            Ok(true) => {}
            Ok(false) => return Ok(verifier.events()),
            Err(VerifyError::Broken(broken)) => return Err(broken),
            Err(VerifyError::Unreadable(error)) => panic!("the log cannot be read: {error}"),
        }
    }
}

pub async fn the_chain_holds_whoever_writes(database: &Database) {
    // On SQLite one process writes; on PostgreSQL nodes take turns, so that guesses about the end are wrong again and again.
    let nodes = if database.one_process_writes() { 1 } else { 3 };
    let stores = join_all((0..nodes).map(|_| database.store())).await;
    let writing = (0..12).map(|writer: usize| {
        let store = &stores[writer % nodes];
        async move {
            for nth in 0..20 {
                let name = format!("s{writer}");
                let kinds: &[&'static str] = if nth % 3 == 0 { &["Noted", "Noted"] } else { &["Noted"] };
                store.log.append(several(&name, Expected::Any, Uuid::new_v4(), kinds)).await.unwrap();
                // What is refused leaves no mark in the chain.
                assert!(store.log.append(one(&name, Expected::NoStream)).await.is_err());
            }
        }
    });
    join_all(writing).await;
    assert_eq!(verified_in(database, &stores[0]).await, Ok(12 * 27));
}

pub async fn the_chain_covers_what_belongs_to_persons(database: &Database) {
    let store = database.store().await;
    let subject = Subject::Person(CustomerId(Uuid::new_v4()));
    let private = Some(Sealed { subject, bytes: vec![0, 159, 146, 150] });
    let event = NewEvent { id: Uuid::new_v4(), kind: "Noted", version: 7, public: b"{}".to_vec(), private };
    let cause = Cause { command: Uuid::new_v4(), correlation: Uuid::new_v4(), causation: Some(Uuid::new_v4()) };
    let append = Append {
        stream: stream("s"),
        expected: Expected::NoStream,
        cause,
        company: None,
        time: noon(),
        events: vec![event],
    };
    store.log.append(append).await.unwrap();
    assert_eq!(verified_in(database, &store).await, Ok(1));
}

pub async fn the_chain_tells_what_was_changed_behind_its_back(database: &Database) {
    let store = database.store().await;
    fill(&store, "s", 6).await;
    let unguarded = if database.is_sqlite() {
        "DROP TRIGGER events_are_not_updated; DROP TRIGGER events_are_not_deleted"
    } else {
        "DROP TRIGGER events_are_only_appended ON events"
    };
    let stranger = database.stranger().await;
    stranger.run(unguarded).await.unwrap();
    stranger.run("UPDATE events SET time = time + 1 WHERE position = 4").await.unwrap();
    assert!(matches!(verified_in(database, &store).await, Err(Broken::Changed { position: 4, .. })));
    stranger.run("UPDATE events SET time = time - 1 WHERE position = 4").await.unwrap();
    assert_eq!(verified_in(database, &store).await, Ok(6));
    stranger.run("DELETE FROM events WHERE position = 1").await.unwrap();
    let mut verifier = Verifier::default();
    let first = store.log.read_all(0, 1).await.unwrap();
    assert_eq!(verifier.take(&first[0]), Err(Broken::Gap { after: 0, found: 2 }));
}
