//! Of a long stream, what belongs to one chain or names one thing is read without the rest.

use super::database::Database;
use super::write::{append, one, stream};
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::{About, Expected};
use uuid::Uuid;

/// Appends one event of a chain to a stream, with this public part.
async fn tell(store: &Store, name: &str, correlation: Uuid, public: &str) {
    let mut told = one(name, Expected::Any);
    told.cause.correlation = correlation;
    told.events[0].public = public.as_bytes().to_vec();
    append(store, told).await.unwrap();
}

pub async fn what_belongs_to_a_chain_or_names_an_id_is_read_alone(database: &Database) {
    let store = database.store().await;
    let [chain, other_chain, booking, other, strange] = std::array::from_fn(|_| Uuid::new_v4());
    let names = |id: Uuid| format!(r#"{{"page":"2025-07-02","booking":"{id}","note":"für Sie"}}"#);
    let shouted = names(booking).to_uppercase();
    for (correlation, public) in [
        (chain, names(other)),
        (other_chain, names(booking)),
        (other_chain, names(other)),
        (other_chain, shouted),
        (chain, r#"{"a":1}"#.to_owned()),
        (other_chain, format!(r#"{{"holder":{{"move":"{booking}"}}}}"#)),
        (other_chain, names(strange)),
    ] {
        tell(&store, "page", correlation, &public).await;
    }
    tell(&store, "another", chain, &names(booking)).await;

    let read = async |correlation, ids: &[Uuid]| {
        let about = About { correlation, ids: ids.to_vec() };
        let found = store.log.read_about(&stream("page"), &about).await.unwrap();
        let whole = store.log.read_stream(&stream("page"), 0).await.unwrap();
        assert!(found.iter().all(|event| whole.contains(event)), "an event reads otherwise than in its stream");
        found.iter().map(|event| event.revision).collect::<Vec<_>>()
    };
    assert_eq!(read(Some(chain), &[]).await, [1, 5]);
    assert_eq!(read(None, &[booking]).await, [2, 6]);
    assert_eq!(read(Some(chain), &[booking]).await, [1, 2, 5, 6]);
    assert_eq!(read(Some(chain), &[booking, strange]).await, [1, 2, 5, 6, 7]);
    assert!(read(None, &[]).await.is_empty());
    assert!(read(Some(Uuid::nil()), &[Uuid::nil()]).await.is_empty());
    let nobody = About { correlation: Some(chain), ids: vec![booking] };
    assert!(store.log.read_about(&stream("nobody"), &nobody).await.unwrap().is_empty());
}
