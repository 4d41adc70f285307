//! The key store and the counters.

use super::database::Database;
use super::write::noon;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::counters::Count;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use uuid::Uuid;

pub async fn two_who_meet_one_number_get_one_person(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let (salon, praxis) = (CompanyId::new("salon").unwrap(), CompanyId::new("praxis").unwrap());
    for round in 0..10 {
        let fingerprint = format!("f-{round}");
        let people = join_all((0..12).map(|nth| {
            let store = if nth % 2 == 0 { &here } else { &there };
            store.keys.person(&salon, &fingerprint, CustomerId(Uuid::new_v4()))
        }))
        .await;
        let people: Vec<_> = people.into_iter().map(Result::unwrap).collect();
        assert!(people.iter().all(|person| *person == people[0]));
        let later = there.keys.person(&salon, &fingerprint, CustomerId(Uuid::new_v4())).await.unwrap();
        assert_eq!(later, people[0]);
        let fresh = CustomerId(Uuid::new_v4());
        assert_eq!(here.keys.person(&praxis, &fingerprint, fresh).await.unwrap(), fresh, "another company's person");
    }
}

pub async fn a_secret_keeps_its_two_newest(database: &Database) {
    let store = database.store().await;
    let keys = &store.keys;
    assert!(keys.secrets("account:main", "retell_api_key").await.unwrap().is_empty());
    // The clock stands still, so the order can only be that of setting.
    for byte in 1..=3 {
        keys.put_secret("account:main", "retell_api_key", vec![byte; 3], noon(), 2).await.unwrap();
    }
    keys.put_secret("account:main", "other", vec![9], noon(), 2).await.unwrap();
    keys.put_secret("account:other", "retell_api_key", vec![8], noon(), 2).await.unwrap();
    let secrets = keys.secrets("account:main", "retell_api_key").await.unwrap();
    assert_eq!(secrets.iter().map(|secret| secret.bytes.clone()).collect::<Vec<_>>(), [vec![3; 3], vec![2; 3]]);
    assert!(secrets.iter().all(|secret| secret.set_at == noon()));
    assert_eq!(keys.secrets("account:main", "other").await.unwrap().len(), 1);
    join_all((0..10).map(|byte| keys.put_secret("account:main", "retell_api_key", vec![byte], noon(), 1))).await;
    assert_eq!(keys.secrets("account:main", "retell_api_key").await.unwrap().len(), 1);
}

pub async fn what_is_written_once_stays(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let values = join_all((0..10u8).map(|byte| {
        let store = if byte % 2 == 0 { &here } else { &there };
        store.keys.write_once("check", vec![byte])
    }))
    .await;
    let values: Vec<_> = values.into_iter().map(Result::unwrap).collect();
    assert!(values.iter().all(|value| *value == values[0]));
    assert_eq!(there.keys.write_once("check", vec![99]).await.unwrap(), values[0]);
    assert_eq!(there.keys.write_once("other", vec![99]).await.unwrap(), [99]);
}

pub async fn counts_add_up(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let first: Timestamp = "2025-07-02T09:00:00Z".parse().unwrap();
    let second = first + SignedDuration::from_hours(1);
    let count = |name: &str, scope: &str, hour, count| Count { name: name.into(), scope: scope.into(), hour, count };
    let added = [
        count("rejected:signature", "", first, 2),
        count("duplicate:retell", "salon", first, 1),
        count("rejected:signature", "", first, 3),
        count("rejected:signature", "", second, 1),
    ];
    let outcomes = join_all((0..8).map(|nth| if nth % 2 == 0 { &here } else { &there }.counters.add(&added))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    here.counters.add(&[]).await.unwrap();
    let expected = [
        count("duplicate:retell", "salon", first, 8),
        count("rejected:signature", "", first, 40),
        count("rejected:signature", "", second, 8),
    ];
    assert_eq!(there.counters.since(first).await.unwrap(), expected);
    assert_eq!(there.counters.since(second).await.unwrap(), expected[2..]);
}
