//! Seals the private parts of events, each under the key of its subject: a person's, or a delivery's own. Which key it
//! was stands in front of the sealed bytes, so that opening and destroying need nothing else.

use super::data_key::{DataKey, Part, erased};
use super::fresh_keys::FreshKeys;
use super::key_cache::{KeyCache, Known};
use super::master_keys::MasterKeys;
use crate::key_store::{self, KeyStore, KeyStoreError};
use async_trait::async_trait;
use ringbuch_domain::event::DecodeError;
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::ports::{Clock, Codec, CodecError, SealContext, Unlocked};
use ringbuch_domain::recorded::{Sealed, Subject};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

pub struct SealingCodec {
    store: Arc<dyn KeyStore>,
    master: Arc<MasterKeys>,
    clock: Arc<dyn Clock>,
    fresh: FreshKeys,
    cache: KeyCache,
}

impl SealingCodec {
    pub fn new(store: Arc<dyn KeyStore>, master: Arc<MasterKeys>, clock: Arc<dyn Clock>) -> Self {
        let fresh = FreshKeys::new(Arc::clone(&store), Arc::clone(&master));
        Self { store, master, clock, fresh, cache: KeyCache::default() }
    }

    /// The id of the key that sealed a part; none where it was written for somebody who was erased already.
    pub fn key_of(sealed: &Sealed) -> Option<Uuid> {
        Part::read(&sealed.bytes).ok()?.key()
    }

    /// The person's key, drawn when first asked for; two who ask at once get the same.
    async fn person(&self, customer: CustomerId) -> Result<Known, CodecError> {
        let (id, now) = (customer.0, self.clock.now());
        if let Some(known) = self.cache.get(id, now) {
            return Ok(known);
        }
        let mut stored = self.store.data_keys(vec![id]).await.map_err(unavailable)?;
        if stored.is_empty() {
            let (_, wrapped) = DataKey::draw(id, &self.master).map_err(unavailable)?;
            self.store.add_data_keys(vec![(id, wrapped)]).await.map_err(unavailable)?;
            stored = self.store.data_keys(vec![id]).await.map_err(unavailable)?;
        }
        let known = stored.into_iter().map(|(id, key)| self.known(id, key)).next();
        let known = known.ok_or_else(|| unavailable(NotStored))?;
        self.cache.put([(id, known.clone())], now);
        Ok(known)
    }

    fn known(&self, id: Uuid, stored: key_store::DataKey) -> Known {
        match stored {
            key_store::DataKey::Destroyed => Known::Destroyed,
            key_store::DataKey::Wrapped(wrapped) => match DataKey::unwrap(id, &wrapped, &self.master) {
                Ok(key) => Known::Key(Arc::new(key)),
                Err(fault) => Known::Unusable(format!("its key does not open: {fault}")),
            },
        }
    }

    async fn fetch(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Known>, KeyStoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let stored = self.store.data_keys(ids).await?;
        Ok(stored.into_iter().map(|(id, key)| (id, self.known(id, key))).collect())
    }
}

#[async_trait]
impl Codec for SealingCodec {
    async fn seal(&self, context: SealContext<'_>, subject: Subject, plain: Vec<u8>) -> Result<Sealed, CodecError> {
        let bytes = match &subject {
            Subject::Delivery(_) => {
                let key = self.fresh.take(self.clock.now()).await.map_err(unavailable)?;
                key.seal(context, &subject, &plain).map_err(unavailable)?
            }
            Subject::Person(customer) => match self.person(*customer).await? {
                Known::Key(key) => key.seal(context, &subject, &plain).map_err(unavailable)?,
                Known::Destroyed => erased(),
                Known::Unusable(why) => return Err(unavailable(Unusable(why))),
            },
        };
        Ok(Sealed { subject, bytes })
    }

    async fn unlock(&self, parts: &[&Sealed]) -> Result<Box<dyn Unlocked>, CodecError> {
        let now = self.clock.now();
        let ids: HashSet<Uuid> = parts.iter().filter_map(|part| Self::key_of(part)).collect();
        let (mut keys, unknown) = self.cache.get_all(ids.into_iter(), now);
        let fetched = self.fetch(unknown).await.map_err(unavailable)?;
        self.cache.put(fetched.iter().map(|(id, known)| (*id, known.clone())), now);
        keys.extend(fetched);
        Ok(Box::new(Keyring(keys)))
    }

    async fn destroy(&self, parts: &[&Sealed]) -> Result<(), CodecError> {
        let ids: Vec<Uuid> = parts.iter().filter_map(|part| Self::key_of(part)).collect();
        self.store.destroy_data_keys(ids).await.map_err(unavailable)?;
        self.cache.forget();
        Ok(())
    }

    fn forget(&self) {
        self.cache.forget();
    }
}

struct Keyring(HashMap<Uuid, Known>);

impl Unlocked for Keyring {
    fn open(&self, context: SealContext<'_>, sealed: &Sealed) -> Result<Option<Vec<u8>>, DecodeError> {
        let private = |why: String| DecodeError::Private { event: context.event, why };
        let part = Part::read(&sealed.bytes).map_err(|fault| private(fault.to_string()))?;
        let Part::Sealed { key, nonce, cipher } = part else { return Ok(None) };
        match self.0.get(&key) {
            Some(Known::Destroyed) => Ok(None),
            Some(Known::Key(key)) => {
                let plain = key.open(context, &sealed.subject, nonce, cipher);
                plain.map(Some).map_err(|fault| private(fault.to_string()))
            }
            Some(Known::Unusable(why)) => Err(private(why.clone())),
            None => {
                Err(private("its key is not in the key store; restore the keys that belong to this log".to_owned()))
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a key that was just stored is not there")]
struct NotStored;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unusable(String);

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> CodecError {
    CodecError(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;
    use crate::key_store::Erasure;
    use crate::outbound::fake::TestClock;
    use ringbuch_domain::ids::{CompanyId, DeliveryId};
    use ringbuch_domain::recorded::StreamId;

    struct Setting {
        store: Arc<MemoryStore>,
        stream: StreamId,
    }

    impl Setting {
        fn new() -> Self {
            Self { store: Arc::default(), stream: StreamId::from_stored("customer-1") }
        }
        fn codec(&self, master: &str) -> SealingCodec {
            SealingCodec::new(self.store.clone(), Arc::new(keys(master)), TestClock::shared())
        }
        fn place(&self) -> SealContext<'_> {
            SealContext { company: None, stream: &self.stream, event: Uuid::nil(), kind: "CustomerRegistered" }
        }
        async fn open(&self, codec: &SealingCodec, sealed: &Sealed) -> Result<Option<Vec<u8>>, DecodeError> {
            codec.unlock(&[sealed]).await.unwrap().open(self.place(), sealed)
        }
        async fn erase(&self, customer: CustomerId, keys: Vec<Uuid>) {
            let company = CompanyId::new("salon").unwrap();
            let erased_at = jiff::Timestamp::UNIX_EPOCH;
            let erasure = Erasure { company, customer, calls: vec![], keys, erased_at, by: "cli".into() };
            self.store.erase(erasure).await.unwrap();
        }
    }

    fn person() -> CustomerId {
        CustomerId(Uuid::from_u128(7))
    }

    #[tokio::test]
    async fn another_process_opens_what_this_one_sealed_until_the_person_is_erased() {
        let setting = Setting::new();
        let (here, there) = (setting.codec(OLD), setting.codec(OLD));
        let sealed = here.seal(setting.place(), Subject::Person(person()), b"Max".to_vec()).await.unwrap();
        assert_eq!(setting.open(&there, &sealed).await.unwrap(), Some(b"Max".to_vec()));
        setting.erase(person(), vec![]).await;
        there.forget();
        assert_eq!(setting.open(&there, &sealed).await.unwrap(), None);

        let late = there.seal(setting.place(), Subject::Person(person()), b"Max".to_vec()).await.unwrap();
        assert_eq!(setting.open(&there, &late).await.unwrap(), None, "no new key is made for the erased");
        assert_eq!(late.bytes.len(), 1);
    }

    #[tokio::test]
    async fn a_delivery_has_a_key_of_its_own() {
        let setting = Setting::new();
        let codec = setting.codec(OLD);
        let delivery = |id: &str| Subject::Delivery(DeliveryId::new(id).unwrap());
        let one = codec.seal(setting.place(), delivery("01"), b"one".to_vec()).await.unwrap();
        let two = codec.seal(setting.place(), delivery("02"), b"two".to_vec()).await.unwrap();
        setting.erase(person(), vec![SealingCodec::key_of(&one).unwrap()]).await;
        codec.forget();
        assert_eq!(setting.open(&codec, &one).await.unwrap(), None);
        assert_eq!(setting.open(&codec, &two).await.unwrap(), Some(b"two".to_vec()));
    }

    #[tokio::test]
    async fn what_cannot_be_opened_says_why_and_nothing_of_what_it_holds() {
        let setting = Setting::new();
        let codec = setting.codec(OLD);
        let sealed = codec.seal(setting.place(), Subject::Person(person()), b"Max".to_vec()).await.unwrap();
        let changed = Sealed { bytes: [&sealed.bytes[..], b"x"].concat(), ..sealed.clone() };
        let plain = Sealed { bytes: b"{\"name\":\"Max\"}".to_vec(), ..sealed.clone() };
        let other_keys = Setting::new();
        let cases = [
            (setting.open(&codec, &changed).await, "changed"),
            (setting.open(&codec, &plain).await, "form"),
            (setting.open(&setting.codec(NEW), &sealed).await, "'old'"),
            (other_keys.open(&other_keys.codec(OLD), &sealed).await, "restore the keys"),
        ];
        for (outcome, word) in cases {
            let told = outcome.unwrap_err().to_string();
            assert!(told.contains(word) && !told.contains("Max"), "{told}");
        }
    }
}
