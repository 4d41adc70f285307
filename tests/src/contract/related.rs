//! Of a stream, what belongs to one chain or is about one booking is read without the rest.

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

pub async fn what_belongs_to_a_chain_or_is_about_a_booking_is_read_alone(database: &Database) {
    let store = database.store().await;
    // In a long stream other ways lead to an event than in a short one; at its begin and its end it is the same.
    for length in [0, 29, 30, 100] {
        let page = format!("page{length}");
        let [chain, other_chain, booking, other, strange] = std::array::from_fn(|_| Uuid::new_v4());
        let about = |id: Uuid| format!(r#"{{"page":"2025-07-02","booking":"{id}","note":"für Sie"}}"#);
        for _ in 0..length {
            tell(&store, &page, Uuid::new_v4(), &about(Uuid::new_v4())).await;
        }
        for (correlation, public) in [
            (chain, about(other)),
            (other_chain, about(booking)),
            (other_chain, about(other)),
            (other_chain, about(booking).to_uppercase()),
            (chain, r#"{"a":1}"#.to_owned()),
            (other_chain, format!(r#"{{"holder":{{"move":"{booking}"}}}}"#)),
            (other_chain, about(strange)),
            // Neither of these is about it.
            (other_chain, format!(r#"{{"booking":"{other}","move":"{booking}"}}"#)),
            (other_chain, format!(r#"{{"customer":"{booking}"}}"#)),
            (other_chain, r#"{"booking":""#.to_owned()),
        ] {
            tell(&store, &page, correlation, &public).await;
        }
        tell(&store, "another", chain, &about(booking)).await;

        let read = async |correlation, bookings: &[Uuid]| {
            let about = About { correlation, bookings: bookings.to_vec() };
            let found = store.log.read_about(&stream(&page), &about).await.unwrap();
            let whole = store.log.read_stream(&stream(&page), 0).await.unwrap();
            assert!(found.iter().all(|event| whole.contains(event)), "an event reads otherwise than in its stream");
            found.iter().map(|event| event.revision - length).collect::<Vec<_>>()
        };
        assert_eq!(read(Some(chain), &[]).await, [1, 5], "behind {length}");
        assert_eq!(read(None, &[booking]).await, [2, 6], "behind {length}");
        assert_eq!(read(Some(chain), &[booking]).await, [1, 2, 5, 6], "behind {length}");
        assert_eq!(read(Some(chain), &[booking, strange]).await, [1, 2, 5, 6, 7], "behind {length}");
        assert!(read(None, &[]).await.is_empty());
        assert!(read(Some(Uuid::nil()), &[Uuid::nil()]).await.is_empty());
    }
    let nobody = About { correlation: Some(Uuid::new_v4()), bookings: vec![Uuid::new_v4()] };
    assert!(store.log.read_about(&stream("nobody"), &nobody).await.unwrap().is_empty());
}
