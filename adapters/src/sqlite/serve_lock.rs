//! One `serve` for a SQLite file: a lock of the operating system on a file beside it, gone with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Held for as long as it lives.
#[derive(Debug)]
pub struct ServeLock {
    _file: Option<File>,
}

#[derive(Debug, Error)]
pub enum ServeLockError {
    #[error("{} is served by another process already; only one may serve a SQLite file", path.display())]
    Taken { path: PathBuf },
    #[error("the lock file {} cannot be used", path.display())]
    Unusable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl ServeLock {
    /// Locks `<database>-lock`. The file stays when the lock goes: removing it would let two processes lock two files.
    pub(crate) fn take(database: &Path) -> Result<Self, ServeLockError> {
        let mut name = database.as_os_str().to_owned();
        name.push("-lock");
        let path = PathBuf::from(name);
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let file = opened.map_err(|source| ServeLockError::Unusable { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(ServeLockError::Taken { path: database.to_owned() }),
            Err(TryLockError::Error(source)) => Err(ServeLockError::Unusable { path, source }),
        }
    }

    pub(crate) fn not_needed() -> Self {
        Self { _file: None }
    }
}
