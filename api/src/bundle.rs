//! A bundle: everything that an auditor needs, in one folder or one file, to be checked where there is no database.

mod archive;

pub use archive::{ArchiveError, FOLDER, archive, blocks};

use jiff::Timestamp;
use ringbuch_adapters::chain::{Broken, Line, SigningKey, Verifier};
use ringbuch_adapters::store::Store;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ports::LogError;
use ringbuch_domain::recorded::Envelope;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The files of a bundle.
pub const EVENTS: &str = "events.jsonl";
pub const CHECKPOINT: &str = "checkpoint.json";
pub const SCHEMAS: &str = "schemas";
const GUIDE: &str = "README.md";

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

#[derive(Debug, Error)]
pub enum BundleError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("{path} cannot be written: {why}", path = .path.display())]
    File { path: PathBuf, why: io::Error },
    #[error("event {0} is no text")]
    NoText(u64),
    #[error("an event cannot be written down: {0}")]
    Encode(#[from] serde_json::Error),
}

/// Where the chain does not hold.
#[derive(Debug)]
pub struct BrokenAt {
    pub position: u64,
    pub why: String,
}

impl From<Broken> for BrokenAt {
    fn from(broken: Broken) -> Self {
        Self { position: broken.position(), why: broken.to_string() }
    }
}

/// Writes all events that hold, up to where the log ends now, with a signed checkpoint, what their fields are, and how to
/// check all of it. The folder must not be there yet. `reached` hears how far it has come.
pub async fn write(
    store: &Store,
    key: &SigningKey,
    folder: &Path,
    now: Timestamp,
    mut reached: impl FnMut(u64) + Send,
) -> Result<(Verifier, Result<(), BrokenAt>), BundleError> {
    make(folder)?;
    let path = folder.join(EVENTS);
    let mut events = BufWriter::new(create(&path)?);
    let mut verifier = Verifier::default().along(store.chain);
    let ended = walk(
        store,
        &mut verifier,
        &mut |event| writeln!(events, "{}", line(event)?).map_err(failed(&path)),
        &mut reached,
    )
    .await?;
    events.flush().and_then(|()| events.get_ref().sync_all()).map_err(failed(&path))?;
    let (position, hash) = verifier.reached();
    let signed = key.checkpoint_along(store.chain, position, &hash, now);
    file(&folder.join(CHECKPOINT), serde_json::to_string_pretty(&signed)?.as_bytes())?;
    file(&folder.join(GUIDE), include_bytes!("../../docs/auditor.md"))?;
    schemas(&folder.join(SCHEMAS))?;
    Ok((verifier, ended))
}

/// How the file of a type's schema is called.
pub fn schema_name(kind: &str, version: u16) -> String {
    format!("{kind}.v{version}.json")
}

type Each<'a> = dyn FnMut(&Envelope) -> Result<(), BundleError> + Send + 'a;

async fn walk(
    store: &Store,
    verifier: &mut Verifier,
    each: &mut Each<'_>,
    reached: &mut (impl FnMut(u64) + Send),
) -> Result<Result<(), BrokenAt>, BundleError> {
    loop {
        let events = match read(store, verifier.reached().0).await? {
            Ok(events) if events.is_empty() => return Ok(Ok(())),
            Ok(events) => events,
            Err(broken) => return Ok(Err(broken)),
        };
        for event in &events {
            if let Err(broken) = verifier.take(event) {
                return Ok(Err(broken.into()));
            }
            each(event)?;
        }
        reached(verifier.reached().0);
    }
}

/// What follows a position. A row that cannot be read although the database answers is not what was stored there.
async fn read(store: &Store, after: u64) -> Result<Result<Vec<Envelope>, BrokenAt>, LogError> {
    if let Ok(events) = store.log.read_all(after, AT_ONCE).await {
        return Ok(Ok(events));
    }
    store.log.head().await?;
    Ok(store.log.read_all(after, 1).await.map_err(|error| BrokenAt { position: after + 1, why: error.to_string() }))
}

fn line(event: &Envelope) -> Result<String, BundleError> {
    let line = Line::of(event).ok_or(BundleError::NoText(event.position))?;
    Ok(serde_json::to_string(&line)?)
}

/// Of every version of every type that this program knows, whether the log holds one or not.
fn schemas(folder: &Path) -> Result<(), BundleError> {
    make(folder)?;
    let all = AnyEvent::schemas().into_iter();
    all.map(|(kind, version, schema)| (schema_name(kind, version), schema))
        .try_for_each(|(name, schema)| file(&folder.join(name), schema.trim_end().as_bytes()))
}

fn make(folder: &Path) -> Result<(), BundleError> {
    fs::create_dir(folder).map_err(failed(folder))
}

/// A file that is there already may be all that is left of an older log.
fn create(path: &Path) -> Result<File, BundleError> {
    File::options().write(true).create_new(true).open(path).map_err(failed(path))
}

fn file(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all()).map_err(failed(path))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BundleError {
    let path = path.to_owned();
    move |why| BundleError::File { path: path.clone(), why }
}
