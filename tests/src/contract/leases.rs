//! Leases: of many who want to lead one does, and nobody waits for the dead for long.

use super::database::Database;
use futures_util::future::join_all;
use ringbuch_adapters::store::Store;
use std::time::{Duration, Instant};
use uuid::Uuid;

const LONG: Duration = Duration::from_mins(1);

fn names() -> Vec<String> {
    ["a", "b", "c"].map(str::to_owned).to_vec()
}

async fn held(store: &Store, holder: Uuid, lasts: Duration) -> Vec<(String, u64)> {
    let held = store.leases.hold(&names(), holder, lasts).await.unwrap();
    let mut held: Vec<_> = held.into_iter().map(|lease| (lease.name, lease.fence)).collect();
    held.sort();
    held
}

fn all(fence: u64) -> Vec<(String, u64)> {
    names().into_iter().map(|name| (name, fence)).collect()
}

pub async fn of_two_who_ask_one_leads_until_the_lease_lapses(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let short = Duration::from_millis(600);
    assert_eq!(held(&here, one, short).await, all(1));
    let since = Instant::now();
    assert_eq!(held(&there, other, short).await, []);
    // Whoever renews keeps it, with the same fence.
    assert_eq!(held(&here, one, short).await, all(1));
    while held(&there, other, LONG).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(since.elapsed() >= short, "it was taken from somebody who lives");
    assert_eq!((held(&there, other, LONG).await, held(&here, one, LONG).await), (all(2), vec![]));
}

pub async fn what_is_given_up_is_free_at_once(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    held(&here, one, LONG).await;
    there.leases.release(&names(), other).await.unwrap();
    assert_eq!(held(&there, other, LONG).await, [], "only the holder gives up");
    here.leases.release(&["a".to_owned(), "b".to_owned()], one).await.unwrap();
    assert_eq!(held(&there, other, LONG).await, all(2)[..2]);
    assert_eq!(held(&here, one, LONG).await, all(1)[2..]);
}

pub async fn many_who_ask_at_once_get_one_leader(database: &Database) {
    let stores = [database.store().await, database.store().await, database.store().await];
    for round in 0..5 {
        let holders: Vec<_> = (0..12).map(|nth| (&stores[nth % 3], Uuid::new_v4())).collect();
        let asked = join_all(holders.iter().map(|(store, holder)| held(store, *holder, LONG))).await;
        assert_eq!(asked.iter().map(Vec::len).sum::<usize>(), 3, "{asked:?}");
        for (store, holder) in holders {
            store.leases.release(&names(), holder).await.unwrap();
        }
        let fences: Vec<_> = asked.into_iter().flatten().map(|(_, fence)| fence).collect();
        assert_eq!(fences, [round + 1; 3], "every change of the holder has its number");
    }
}
