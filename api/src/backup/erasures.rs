//! The records of erasures, kept where a backup from before them cannot undo them.

use super::BackupError;
use ringbuch_adapters::backup::BackupFault;
use ringbuch_adapters::key_store::{Erasure, KeyRow};
use ringbuch_adapters::store::Store;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Writes all records to a file. It takes the place of the older one only once it is whole and on the disk.
pub async fn mirror(store: &Store, path: &Path) -> Result<(), BackupError> {
    let erasures = store.keys.erasures().await?;
    let beside = path.with_extension("new");
    let mut file = BufWriter::new(File::create(&beside)?);
    for erasure in erasures {
        serde_json::to_writer(&mut file, &KeyRow::Erasure(erasure)).map_err(io::Error::from)?;
        file.write_all(b"\n")?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(fs::rename(beside, path)?)
}

/// The records in such a file, or in a file of keys.
pub fn read_erasures(path: &Path) -> Result<Vec<Erasure>, BackupError> {
    let mut erasures = Vec::new();
    for (line, text) in (1..).zip(BufReader::new(File::open(path)?).lines()) {
        let unreadable = |_| BackupFault::Unreadable { line, why: "it is no row of a key store".to_owned() };
        if let KeyRow::Erasure(erasure) = serde_json::from_str(&text?).map_err(unreadable)? {
            erasures.push(erasure);
        }
    }
    Ok(erasures)
}
