//! Copies of an installation that outlive it: the log in one file, the keys in another, read models in none. Both are
//! written while everything runs on.

mod erasures;
mod restore;
mod write;

pub use erasures::{mirror, read_erasures};
pub use restore::{RestoreError, Restored, import_keys, import_log, settle};
pub use write::{keys, log};

use ringbuch_adapters::backup::BackupFault;
use ringbuch_adapters::key_store::KeyStoreError;
use ringbuch_domain::ports::LogError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum BackupError {
    #[error(transparent)]
    File(#[from] BackupFault),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error.into())
    }
}
