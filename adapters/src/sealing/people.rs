//! Who a caller is, by keyed hash: the store ties a fingerprint to a random id and never sees a number.

use super::index_key::IndexKey;
use super::random::{self, NoRandomness};
use crate::key_store::KeyStore;
use async_trait::async_trait;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use ringbuch_domain::ports::{Caller, People, PeopleError};
use std::sync::Arc;
use uuid::Builder;

pub struct SealedPeople {
    store: Arc<dyn KeyStore>,
    index: IndexKey,
}

impl SealedPeople {
    pub fn new(store: Arc<dyn KeyStore>, index: IndexKey) -> Self {
        Self { store, index }
    }
}

#[async_trait]
impl People for SealedPeople {
    async fn find_or_create(&self, company: &CompanyId, caller: &Caller) -> Result<CustomerId, PeopleError> {
        let fingerprint = match caller {
            Caller::Number(number) => self.index.fingerprint(company, "number", number),
            Caller::Anonymous(call) => self.index.fingerprint(company, "call", call.as_str()),
        };
        let fresh = fresh_id().map_err(|fault| PeopleError(Box::new(fault)))?;
        let person = self.store.person(company, &fingerprint, fresh).await;
        person.map_err(|fault| PeopleError(Box::new(fault)))
    }
}

/// Random, so that it says nothing about the number.
fn fresh_id() -> Result<CustomerId, NoRandomness> {
    Ok(CustomerId(Builder::from_random_bytes(random::bytes()?).into_uuid()))
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;
    use ringbuch_domain::ids::CallId;

    #[tokio::test]
    async fn a_person_is_the_same_in_one_company_and_another_in_the_next() {
        let store = Arc::new(MemoryStore::default());
        let index = IndexKey::load(store.as_ref(), &keys(OLD)).await.unwrap();
        let people = SealedPeople::new(store.clone(), index);
        let (one, two) = (CompanyId::new("one").unwrap(), CompanyId::new("two").unwrap());
        let number = Caller::Number("+493023125000".into());
        let anonymous = |call: &str| Caller::Anonymous(CallId::new(call).unwrap());

        let first = people.find_or_create(&one, &number).await.unwrap();
        assert_eq!(first.0.get_version_num(), 4);
        assert_eq!(people.find_or_create(&one, &number).await.unwrap(), first);
        assert_ne!(people.find_or_create(&two, &number).await.unwrap(), first);
        let nobody = people.find_or_create(&one, &anonymous("call_1")).await.unwrap();
        assert_eq!(people.find_or_create(&one, &anonymous("call_1")).await.unwrap(), nobody);
        assert_ne!(people.find_or_create(&one, &anonymous("call_2")).await.unwrap(), nobody);
        assert!(store.fingerprints().iter().all(|fingerprint| !fingerprint.contains("23125000")));
    }
}
