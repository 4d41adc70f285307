//! The secrets of companies and accounts (API keys, webhook secrets): sealed in the key store, remembered in memory for
//! some seconds, since another process may set a new one at any time.

use super::master_keys::{MasterKeys, OpenFault, SealFault};
use crate::key_store::{KeyStore, KeyStoreError};
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ids::{AccountId, CompanyId, UserId};
use ringbuch_domain::ports::Clock;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// The newest and its predecessor: both are valid while a key is being replaced.
const KEEP: usize = 2;
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// More owners than this are not remembered; they are read again.
const REMEMBERED_AT_MOST: usize = 4096;

#[derive(Debug, Error)]
pub enum SecretFault {
    #[error("the secret '{name}' of {owner} does not open: {source}")]
    Open { owner: String, name: String, source: OpenFault },
    #[error("the secret '{name}' of {owner} is not text")]
    NotText { owner: String, name: String },
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// The owner of an account's secrets.
pub fn account_owner(account: &AccountId) -> String {
    format!("account:{account}")
}

/// The owner of a user's secrets.
pub fn user_owner(user: UserId) -> String {
    format!("user:{user}")
}

/// The owner of a company's secrets.
pub fn company_owner(company: &CompanyId) -> String {
    format!("company:{company}")
}

struct Remembered {
    secrets: Vec<SecretString>,
    until: Timestamp,
}

pub struct Secrets {
    store: Arc<dyn KeyStore>,
    master: Arc<MasterKeys>,
    clock: Arc<dyn Clock>,
    remembered: Mutex<HashMap<(String, String), Remembered>>,
}

impl Secrets {
    pub fn new(store: Arc<dyn KeyStore>, master: Arc<MasterKeys>, clock: Arc<dyn Clock>) -> Self {
        Self { store, master, clock, remembered: Mutex::default() }
    }

    /// Adds a secret as the newest of its owner and name; the one before it stays valid.
    pub async fn set(&self, owner: &str, name: &str, secret: SecretString, now: Timestamp) -> Result<(), SecretFault> {
        let sealed = self.master.seal(&context(owner, name), secret.expose_secret().as_bytes())?;
        self.store.put_secret(owner, name, sealed, now, KEEP).await?;
        self.remembered().remove(&(owner.to_owned(), name.to_owned()));
        Ok(())
    }

    /// Puts a secret in the place of all that went before it: what was valid is valid no more.
    pub async fn replace(&self, owner: &str, name: &str, secret: SecretString) -> Result<(), SecretFault> {
        let sealed = self.master.seal(&context(owner, name), secret.expose_secret().as_bytes())?;
        self.store.put_secret(owner, name, sealed, self.clock.now(), 1).await?;
        self.remembered().remove(&(owner.to_owned(), name.to_owned()));
        Ok(())
    }

    /// The valid secrets of that owner and name, newest first; none if none was set.
    pub async fn get(&self, owner: &str, name: &str) -> Result<Vec<SecretString>, SecretFault> {
        let key = (owner.to_owned(), name.to_owned());
        let now = self.clock.now();
        if let Some(known) = self.remembered().get(&key).filter(|known| now < known.until) {
            return Ok(known.secrets.clone());
        }
        let stored = self.store.secrets(owner, name).await?;
        let opened: Result<Vec<_>, _> =
            stored.iter().take(KEEP).map(|sealed| self.open(owner, name, &sealed.bytes)).collect();
        let secrets = opened?;
        self.remember(key, &secrets, now);
        Ok(secrets)
    }

    /// Drops what is remembered: the next question reads the store.
    pub fn forget(&self) {
        self.remembered().clear();
    }

    fn open(&self, owner: &str, name: &str, sealed: &[u8]) -> Result<SecretString, SecretFault> {
        let (of, named) = (|| owner.to_owned(), || name.to_owned());
        let opened = self.master.open(&context(owner, name), sealed);
        let bytes = opened.map_err(|source| SecretFault::Open { owner: of(), name: named(), source })?;
        let text = String::from_utf8(bytes).map_err(|_| SecretFault::NotText { owner: of(), name: named() })?;
        Ok(SecretString::from(text))
    }

    /// An absent secret is not remembered: setting the first one has effect at once.
    fn remember(&self, key: (String, String), secrets: &[SecretString], now: Timestamp) {
        if secrets.is_empty() {
            return;
        }
        let mut remembered = self.remembered();
        if remembered.len() >= REMEMBERED_AT_MOST {
            remembered.retain(|_, known| now < known.until);
        }
        if remembered.len() < REMEMBERED_AT_MOST {
            let until = now.saturating_add(REMEMBERED_FOR).unwrap_or(now);
            remembered.insert(key, Remembered { secrets: secrets.to_vec(), until });
        }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<(String, String), Remembered>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Neither owner nor name can hold the separator in a way that makes two places one: the owner goes in by its length.
pub(super) fn context(owner: &str, name: &str) -> Vec<u8> {
    format!("secret {} {owner} {name}", owner.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;
    use crate::outbound::fake::TestClock;
    use std::sync::atomic::Ordering;

    const OWNER: &str = "account:main";
    const NAME: &str = "retell_api_key";

    struct Setting {
        store: Arc<MemoryStore>,
        clock: Arc<TestClock>,
        secrets: Secrets,
    }

    fn setting() -> Setting {
        let (store, clock) = (Arc::new(MemoryStore::default()), TestClock::shared());
        let secrets = Secrets::new(store.clone(), Arc::new(keys(OLD)), clock.clone());
        Setting { store, clock, secrets }
    }

    impl Setting {
        async fn set(&self, secret: &str) {
            self.secrets.set(OWNER, NAME, SecretString::from(secret), self.clock.now()).await.unwrap();
        }
        async fn get(&self) -> Vec<String> {
            let found = self.secrets.get(OWNER, NAME).await.unwrap();
            found.iter().map(|secret| secret.expose_secret().to_owned()).collect()
        }
        fn reads(&self) -> usize {
            self.store.secret_reads.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn the_newest_comes_first_and_two_are_valid() {
        let setting = setting();
        assert!(setting.get().await.is_empty());
        for secret in ["one", "two", "three"] {
            setting.set(secret).await;
        }
        assert_eq!(setting.get().await, ["three", "two"]);
    }

    #[tokio::test]
    async fn it_is_remembered_for_some_seconds_and_forgotten_on_demand() {
        let setting = setting();
        setting.set("one").await;
        setting.get().await;
        setting.get().await;
        assert_eq!(setting.reads(), 1);
        setting.clock.advance(SignedDuration::from_secs(9));
        setting.get().await;
        assert_eq!(setting.reads(), 1);
        setting.clock.advance(SignedDuration::from_secs(1));
        setting.get().await;
        assert_eq!(setting.reads(), 2);
        setting.secrets.forget();
        setting.get().await;
        assert_eq!(setting.reads(), 3);
        setting.set("two").await;
        assert_eq!(setting.get().await, ["two", "one"]);
    }

    #[tokio::test]
    async fn what_is_stored_is_sealed_and_opens_in_its_own_place_only() {
        let setting = setting();
        setting.set("key_test_1").await;
        let stored = setting.store.secrets(OWNER, NAME).await.unwrap();
        assert!(!stored[0].bytes.windows(8).any(|part| part == b"key_test"));
        setting.store.move_secret((OWNER, NAME), ("account:other", NAME));
        let fault = setting.secrets.get("account:other", NAME).await.unwrap_err();
        assert!(matches!(&fault, SecretFault::Open { source: OpenFault::NotAuthentic { .. }, .. }), "{fault}");
    }

    #[tokio::test]
    async fn without_its_master_key_the_fault_names_the_key_and_not_the_secret() {
        let setting = setting();
        setting.set("key_test_1").await;
        let elsewhere = Secrets::new(setting.store.clone(), Arc::new(keys(NEW)), setting.clock.clone());
        let fault = elsewhere.get(OWNER, NAME).await.unwrap_err().to_string();
        assert!(fault.contains("'old'") && fault.contains(OWNER) && !fault.contains("key_test_1"), "{fault}");
    }

    #[test]
    fn owners_are_told_apart_by_kind() {
        assert_eq!(account_owner(&AccountId::new("main").unwrap()), "account:main");
        assert_eq!(company_owner(&CompanyId::new("main").unwrap()), "company:main");
    }
}
