//! A command that comes again gets its first result.

use super::database::Database;
use super::follow::whole;
use super::write::{append, fill, several, stream};
use futures_util::future::join_all;
use ringbuch_domain::ports::{AppendError, Appended, Expected};
use uuid::Uuid;

pub async fn a_repeated_command_gets_its_first_result(database: &Database) {
    let store = database.store().await;
    fill(&store, "other", 1).await;
    let command = Uuid::new_v4();
    let first = append(&store, several("s", Expected::NoStream, command, &["A", "B"])).await.unwrap();
    let last = store.log.read_stream(&stream("s"), 1).await.unwrap();
    assert_eq!(first, Appended { revision: 2, position: last[0].position, repeated: false });
    fill(&store, "s", 2).await;
    let all = [Expected::NoStream, Expected::Revision(0), Expected::Revision(4), Expected::Revision(9), Expected::Any];
    for expected in all {
        let repeat = append(&store, several("s", expected, command, &["A", "B"])).await.unwrap();
        assert_eq!(repeat, Appended { repeated: true, ..first }, "{expected:?}");
    }
    assert_eq!(whole(&store).await.len(), 5);
}

pub async fn the_same_command_at_once_is_stored_once(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    for round in 0..10 {
        let (name, command) = (format!("s-{round}"), Uuid::new_v4());
        let appends = (0..16).map(|nth| {
            append(if nth % 2 == 0 { &here } else { &there }, several(&name, Expected::NoStream, command, &["A", "B"]))
        });
        let outcomes: Vec<_> = join_all(appends).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|stored| !stored.repeated).count(), 1);
        assert!(outcomes.iter().all(|stored| stored.revision == 2 && stored.position == outcomes[0].position));
        assert_eq!(here.log.read_stream(&stream(&name), 0).await.unwrap().len(), 2);
    }
    whole(&here).await;
}

pub async fn other_events_under_the_same_command_are_refused(database: &Database) {
    let store = database.store().await;
    let command = Uuid::new_v4();
    append(&store, several("s", Expected::NoStream, command, &["A", "B"])).await.unwrap();
    for kinds in [&["A"][..], &["A", "C"], &["B", "A"], &["A", "B", "C"]] {
        match append(&store, several("s", Expected::Any, command, kinds)).await {
            Err(AppendError::CommandReused { stream: said, command: which }) => {
                assert_eq!((said, which), (stream("s"), command));
            }
            met => panic!("{kinds:?}: {met:?}"),
        }
    }
    assert_eq!(whole(&store).await.len(), 2);
}

pub async fn a_command_is_found_in_a_long_stream(database: &Database) {
    let store = database.store().await;
    let commands: Vec<_> = (0..300).map(|_| Uuid::new_v4()).collect();
    let appends = commands.iter().map(|command| append(&store, several("s", Expected::Any, *command, &["A", "B"])));
    let first: Vec<_> = join_all(appends).await.into_iter().map(Result::unwrap).collect();
    for nth in [0, 1, 150, 298, 299] {
        for expected in [Expected::NoStream, Expected::Revision(600)] {
            let repeat = append(&store, several("s", expected, commands[nth], &["A", "B"])).await.unwrap();
            assert_eq!(repeat, Appended { repeated: true, ..first[nth] });
        }
    }
    assert_eq!(whole(&store).await.len(), 600);
}

pub async fn a_command_may_write_to_several_streams(database: &Database) {
    let store = database.store().await;
    fill(&store, "b", 1).await;
    let command = Uuid::new_v4();
    for name in ["a", "b"] {
        assert!(!append(&store, several(name, Expected::Any, command, &["A"])).await.unwrap().repeated);
        assert!(append(&store, several(name, Expected::Any, command, &["A"])).await.unwrap().repeated);
    }
    assert_eq!(whole(&store).await.len(), 3);
}
