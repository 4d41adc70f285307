//! The bundle as one file, read block by block while it is sent.

use super::{BrokenAt, BundleError, write};
use crate::app::App;
use bytes::Bytes;
use futures_util::{Stream, stream};
use ringbuch_adapters::chain::SigningKey;
use ringbuch_domain::ports::LogError;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;
use thiserror::Error;
use tokio::io::AsyncReadExt;

/// The folder inside of the file.
pub const FOLDER: &str = "ringbuch-audit";
const BLOCK: usize = 64 * 1024;

#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error(transparent)]
    Log(LogError),
    #[error("the chain is broken at position {}: {}", .0.position, .0.why)]
    Broken(BrokenAt),
    /// No room, no key, no thread.
    #[error("{0}")]
    Machine(String),
}

fn machine(error: &impl Display) -> ArchiveError {
    ArchiveError::Machine(error.to_string())
}

/// The bundle in a file that has no name and goes with its last reader.
pub async fn archive(app: &App) -> Result<File, ArchiveError> {
    let app = app.clone();
    // Reading is asynchronous and writing is not: a thread of its own does both.
    let made = tokio::task::spawn_blocking(move || tokio::runtime::Handle::current().block_on(written(&app)));
    made.await.map_err(|error| machine(&error))?
}

async fn written(app: &App) -> Result<File, ArchiveError> {
    let key = SigningKey::of(&*app.store.keys, &app.master).await.map_err(|error| machine(&error))?;
    let place = tempfile::tempdir().map_err(|error| machine(&error))?;
    let folder = place.path().join(FOLDER);
    let (_, ended) = write(&app.store, &key, &folder, app.clock.now(), |_| {}).await.map_err(|error| match error {
        BundleError::Log(error) => ArchiveError::Log(error),
        other => machine(&other),
    })?;
    ended.map_err(ArchiveError::Broken)?;
    packed(&folder).map_err(|error| machine(&error))
}

fn packed(folder: &Path) -> io::Result<File> {
    let mut archive = tar::Builder::new(tempfile::tempfile()?);
    archive.append_dir_all(FOLDER, folder)?;
    let mut file = archive.into_inner()?;
    file.rewind()?;
    Ok(file)
}

/// What the file holds, from where it stands.
pub fn blocks(file: File) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut block = vec![0; BLOCK];
        let read = file.read(&mut block).await?;
        block.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(block), file)))
    })
}
