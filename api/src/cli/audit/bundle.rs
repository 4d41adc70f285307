//! A bundle: everything that an auditor needs in one folder, to be checked where there is no database.

use super::kept::{chain_of, known, unreadable};
use super::{BrokenAt, Report, progress, signing_key};
use crate::bundle::{self, BundleError, CHECKPOINT, EVENTS, SCHEMAS, schema_name};
use crate::cli::output::Output;
use crate::cli::{Exit, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use ringbuch_adapters::chain::{Line, Verifier};
use ringbuch_domain::ports::Clock;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

pub(super) fn verify(folder: &Path, files: &[PathBuf], key: Option<&str>, output: Output) -> Result<Exit, Failure> {
    let files: Vec<PathBuf> = std::iter::once(folder.join(CHECKPOINT)).chain(files.iter().cloned()).collect();
    let chain = chain_of(&folder.join(CHECKPOINT))?;
    let known = known(&files, key, chain)?;
    let mut verifier = Verifier::against(known.iter().copied()).along(chain);
    let ended = walk_lines(folder, &mut verifier)?;
    let ended = ended.and_then(|()| verifier.end().map(|_| ()).map_err(BrokenAt::from));
    Report::of(&verifier, known.len(), ended).tell(output)
}

fn walk_lines(folder: &Path, verifier: &mut Verifier) -> Result<Result<(), BrokenAt>, Failure> {
    let path = folder.join(EVENTS);
    let file = File::open(&path).map_err(|error| unreadable(&path, &error))?;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| unreadable(&path, &error))?;
        let position = verifier.reached().0 + 1;
        let taken = match serde_json::from_str::<Line>(&line) {
            Ok(line) => verifier.take_line(&line).map_err(BrokenAt::from).and_then(|()| described(folder, &line)),
            Err(error) => Err(BrokenAt { position, why: format!("its line cannot be read: {error}") }),
        };
        if let Err(broken) = taken {
            return Ok(Err(broken));
        }
    }
    Ok(Ok(()))
}

/// The bundle says what the event's fields are.
fn described(folder: &Path, line: &Line) -> Result<(), BrokenAt> {
    let name = schema_name(&line.kind, line.version);
    // A name that leads out of the folder is none of an event.
    let plain = line.kind.chars().all(|letter| letter.is_ascii_alphanumeric());
    if plain && folder.join(SCHEMAS).join(&name).is_file() {
        return Ok(());
    }
    Err(BrokenAt { position: line.position, why: format!("the bundle holds no schema of its type, {SCHEMAS}/{name}") })
}

pub(super) async fn export(config: &Config, folder: &Path, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    let key = signing_key(config, &store).await?;
    let progress = progress(store.log.head().await?);
    let written =
        bundle::write(&store, &key, folder, SystemClock.now(), |position| progress.set_position(position)).await;
    store.close().await;
    progress.finish_and_clear();
    let (verifier, ended) = written?;
    Report::of(&verifier, 0, ended.map_err(|broken| BrokenAt { position: broken.position, why: broken.why }))
        .tell(output)
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        let told = Self::new(error.to_string());
        match error {
            BundleError::File { why, .. } if why.kind() == io::ErrorKind::AlreadyExists => {
                told.hint("name a folder that does not exist yet")
            }
            _ => told,
        }
    }
}
