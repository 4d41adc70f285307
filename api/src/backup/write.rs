//! Writing the two files.

use super::BackupError;
use jiff::Timestamp;
use ringbuch_adapters::backup::{BackupWriter, End};
use ringbuch_adapters::store::Store;
use std::io::{self, Write};

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

/// Writes the log as far as it goes when this begins.
pub async fn log<W: Write>(
    store: &Store,
    to: W,
    now: Timestamp,
    watch: &(dyn Fn(u64) + Sync),
) -> Result<(End, W), BackupError> {
    let head = store.log.head().await?;
    let mut backup = BackupWriter::begin(to, now)?;
    let mut after = 0;
    while after < head {
        let events = store.log.read_all(after, AT_ONCE).await?;
        for event in events.iter().take_while(|event| event.position <= head) {
            backup.add(event)?;
        }
        after = events.last().map_or(head, |last| last.position);
        watch(after);
    }
    Ok(backup.end()?)
}

/// Writes every row of the key store, one a line; returns how many. To be called after the log was written: every key of
/// an event was stored before the event was.
pub async fn keys(store: &Store, mut to: impl Write) -> Result<u64, BackupError> {
    let mut rows = store.keys.export().await?;
    let mut count = 0;
    while let Some(row) = rows.recv().await {
        serde_json::to_writer(&mut to, &row?).map_err(io::Error::from)?;
        to.write_all(b"\n")?;
        count += 1;
    }
    to.flush()?;
    Ok(count)
}
