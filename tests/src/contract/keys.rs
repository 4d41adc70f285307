//! The key store and the counters.

use super::database::Database;
use super::write::noon;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::counters::Count;
use ringbuch_adapters::key_store::{DataKey, Erasure, KeyRow};
use ringbuch_adapters::store::Store;
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId};
use std::collections::BTreeMap;
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

fn key(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

fn erasure(customer: u128, keys: &[u128]) -> Erasure {
    Erasure {
        company: CompanyId::new("salon").unwrap(),
        customer: CustomerId(key(customer)),
        calls: vec![CallId::new("call_1").unwrap()],
        keys: keys.iter().map(|id| key(*id)).collect(),
        erased_at: noon(),
        by: "cli".into(),
    }
}

async fn found(store: &Store, ids: &[u128]) -> BTreeMap<Uuid, DataKey> {
    store.keys.data_keys(ids.iter().map(|id| key(*id)).collect()).await.unwrap().into_iter().collect()
}

pub async fn of_data_keys_made_at_once_the_first_stays(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    join_all((0..10u8).map(|byte| {
        let store = if byte % 2 == 0 { &here } else { &there };
        store.keys.add_data_keys(vec![(key(1), vec![byte]), (key(100 + u128::from(byte)), vec![byte])])
    }))
    .await
    .into_iter()
    .for_each(Result::unwrap);
    let one = found(&here, &[1, 2]).await;
    assert_eq!((&one, one.len()), (&found(&there, &[1, 2]).await, 1));
    here.keys.add_data_keys(vec![(key(1), vec![99])]).await.unwrap();
    assert_eq!(found(&there, &[1, 2]).await, one);
    assert_eq!(found(&there, &(100..110).collect::<Vec<_>>()).await.len(), 10);
}

pub async fn what_is_destroyed_stays_destroyed(database: &Database) {
    let store = database.store().await;
    let salon = CompanyId::new("salon").unwrap();
    store.keys.add_data_keys((1..=5).map(|id| (key(id), vec![7])).collect()).await.unwrap();
    store.keys.person(&salon, "f", CustomerId(key(1))).await.unwrap();
    store.keys.person(&salon, "g", CustomerId(key(2))).await.unwrap();
    store.keys.erase(erasure(1, &[3, 4, 9])).await.unwrap();
    let wrapped = DataKey::Wrapped(vec![7]);
    let gone = [1, 3, 4, 9].map(|id| (key(id), DataKey::Destroyed));
    let expected: BTreeMap<_, _> = gone.into_iter().chain([2, 5].map(|id| (key(id), wrapped.clone()))).collect();
    for _ in 0..2 {
        assert_eq!(found(&store, &[1, 2, 3, 4, 5, 9]).await, expected);
        // Neither a new key nor one from an older copy takes the place of what was destroyed.
        store.keys.add_data_keys((1..=9).map(|id| (key(id), vec![8])).collect()).await.unwrap();
        let rows = [1, 3, 9].map(|id| KeyRow::DataKey { id: key(id), wrapped: Some(vec![7]) });
        store.keys.import(rows.to_vec()).await.unwrap();
    }
    let fresh = CustomerId(key(77));
    assert_eq!(store.keys.person(&salon, "f", fresh).await.unwrap(), fresh, "the number leads to nobody known");
    assert_eq!(store.keys.person(&salon, "g", fresh).await.unwrap(), CustomerId(key(2)));
    assert_eq!(store.keys.erasures().await.unwrap(), [erasure(1, &[3, 4, 9])]);
    assert_eq!(store.keys.erasure_count().await.unwrap(), 1);
}

async fn exported(store: &Store) -> Vec<KeyRow> {
    let mut rows = store.keys.export().await.unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.recv().await {
        all.push(row.unwrap());
    }
    all
}

pub async fn everything_goes_out_and_comes_back(database: &Database) {
    let store = database.store().await;
    let salon = CompanyId::new("salon").unwrap();
    for byte in 1..=2 {
        store.keys.put_secret("account:main", "retell_api_key", vec![byte], noon(), 2).await.unwrap();
    }
    store.keys.write_once("check", vec![5]).await.unwrap();
    store.keys.person(&salon, "f", CustomerId(key(2))).await.unwrap();
    store.keys.add_data_keys((1..=2_500).map(|id| (key(id), vec![7; 60])).collect()).await.unwrap();
    store.keys.erase(erasure(1, &[3])).await.unwrap();
    let rows = exported(&store).await;
    assert_eq!(rows.len(), 2 + 1 + 1 + 2_500 + 1);
    let json: Vec<KeyRow> =
        rows.iter().map(|row| serde_json::from_str(&serde_json::to_string(row).unwrap()).unwrap()).collect();
    assert_eq!(json, rows);

    let other = database.fresh().await;
    Store::migrate(&other.url, false).await.unwrap();
    let copy = other.store().await;
    for _ in 0..2 {
        copy.keys.import(rows.clone()).await.unwrap();
        assert_eq!(exported(&copy).await, rows, "and again, with nothing twice");
    }
    assert_eq!(copy.keys.secrets("account:main", "retell_api_key").await.unwrap()[0].bytes, [2]);
    copy.close().await;
}

pub async fn sealed_anew_only_where_it_stands_as_it_was_read(database: &Database) {
    let store = database.store().await;
    store.keys.put_secret("account:main", "retell_api_key", vec![1], noon(), 2).await.unwrap();
    store.keys.write_once("check", vec![1]).await.unwrap();
    store.keys.add_data_keys(vec![(key(1), vec![1]), (key(2), vec![1])]).await.unwrap();
    let rows = exported(&store).await;
    // Meanwhile one key is destroyed and a newer secret is set.
    store.keys.erase(erasure(2, &[])).await.unwrap();
    store.keys.put_secret("account:main", "retell_api_key", vec![3], noon(), 2).await.unwrap();
    store.keys.reseal(rows.into_iter().map(|row| (row, vec![2])).collect()).await.unwrap();
    let secrets: Vec<_> =
        store.keys.secrets("account:main", "retell_api_key").await.unwrap().into_iter().map(|it| it.bytes).collect();
    assert_eq!(secrets, [[3], [2]]);
    assert_eq!(store.keys.write_once("check", vec![9]).await.unwrap(), [2]);
    let expected = [(key(1), DataKey::Wrapped(vec![2])), (key(2), DataKey::Destroyed)];
    assert_eq!(found(&store, &[1, 2]).await, expected.into_iter().collect());
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
    here.counters.forget("rejected:", second).await.unwrap();
    let left = [expected[0].clone(), expected[2].clone()];
    assert_eq!(there.counters.since(first).await.unwrap(), left, "of other names, and from that hour on, all stays");
}
