//! The check at every start that the master keys are the ones of this installation: values sealed when the installation
//! (and each key) was first seen must still open.

use super::master_keys::{MasterKeys, OpenFault, SealFault};
use crate::key_store::{KeyStore, KeyStoreError};
use thiserror::Error;

/// Sealed under the key that was first when the installation began.
pub(super) const FIRST: &str = "master_key_check";
pub(super) const CONTEXT: &[u8] = b"ringbuch master key check";
const PLAIN: &[u8] = b"ringbuch";

/// Why this process must not start with these master keys.
#[derive(Debug, Error)]
pub enum CheckFault {
    #[error("this installation was set up with the master key '{id}'; add it to the list of master keys")]
    KeyMissing { id: String },
    #[error("the master key '{id}' is not the one that this installation knows under that id")]
    WrongKey { id: String },
    #[error("the stored check value of the master keys cannot be read; restore it from a backup of the keys")]
    Unreadable,
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// Refuses keys that are not those of the store. The installation's own value is looked at before a new key leaves its
/// mark, so that a wrong key changes nothing.
pub async fn check(store: &dyn KeyStore, keys: &MasterKeys) -> Result<(), CheckFault> {
    check_one(store, keys, FIRST, keys.sealing_id()).await?;
    for id in keys.ids() {
        // Two nodes could have different new keys under one id: the second of them to start is refused.
        check_one(store, keys, &format!("{FIRST}:{id}"), id).await?;
    }
    Ok(())
}

async fn check_one(store: &dyn KeyStore, keys: &MasterKeys, name: &str, id: &str) -> Result<(), CheckFault> {
    let fresh = keys.seal_with(id, CONTEXT, PLAIN).ok_or_else(|| CheckFault::KeyMissing { id: id.to_owned() })??;
    let stored = store.write_once(name, fresh).await?;
    match keys.open(CONTEXT, &stored) {
        Ok(plain) if plain == PLAIN => Ok(()),
        Ok(_) | Err(OpenFault::NotSealed) => Err(CheckFault::Unreadable),
        Err(OpenFault::KeyMissing { id }) => Err(CheckFault::KeyMissing { id }),
        Err(OpenFault::NotAuthentic { id }) => Err(CheckFault::WrongKey { id }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;

    #[tokio::test]
    async fn the_same_keys_pass_again_and_again() {
        let store = MemoryStore::default();
        for _ in 0..3 {
            check(&store, &keys(OLD)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn another_key_under_the_same_id_is_refused() {
        let store = MemoryStore::default();
        check(&store, &keys(OLD)).await.unwrap();
        let fault = check(&store, &keys(&NEW.replace("new", "old"))).await.unwrap_err();
        assert!(matches!(&fault, CheckFault::WrongKey { id } if id == "old"), "{fault}");
        assert!(!fault.to_string().contains("ICEi"));
    }

    #[tokio::test]
    async fn a_key_of_another_installation_is_refused_and_leaves_no_mark() {
        let store = MemoryStore::default();
        check(&store, &keys(OLD)).await.unwrap();
        let before = store.names();
        let fault = check(&store, &keys(NEW)).await.unwrap_err();
        assert!(matches!(&fault, CheckFault::KeyMissing { id } if id == "old"), "{fault}");
        assert_eq!(store.names(), before);
    }

    #[tokio::test]
    async fn a_rotation_passes_and_fixes_the_new_key() {
        let store = MemoryStore::default();
        check(&store, &keys(OLD)).await.unwrap();
        check(&store, &keys(&format!("{NEW},{OLD}"))).await.unwrap();
        let other_new = "new:QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";
        let fault = check(&store, &keys(&format!("{other_new},{OLD}"))).await.unwrap_err();
        assert!(matches!(&fault, CheckFault::WrongKey { id } if id == "new"), "{fault}");
    }
}
