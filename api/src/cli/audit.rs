//! `ringbuch audit`: what an auditor who trusts nobody can check, with the database and without it. Only the log is opened:
//! a log that is broken must not get as far as the read models.

use super::args::AuditAction;
use super::output::Output;
use super::{Exit, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_adapters::chain::{Broken, Checkpoint, Line, SigningKey, Verifier};
use ringbuch_adapters::sealing;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::Clock;
use ringbuch_domain::recorded::{Envelope, EventHash};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

/// The files of a bundle.
const EVENTS: &str = "events.jsonl";
const CHECKPOINT: &str = "checkpoint.json";
const GUIDE: &str = "README.md";

pub async fn run(
    action: AuditAction,
    settings: impl FnOnce() -> Result<Config, Failure>,
    output: Output,
) -> Result<Exit, Failure> {
    match action {
        AuditAction::Verify { bundle: Some(folder), checkpoints, key } => {
            verify_bundle(&folder, &checkpoints, key.as_deref(), output)
        }
        AuditAction::Verify { bundle: None, checkpoints, key } => {
            verify(&settings()?, &checkpoints, key.as_deref(), output).await
        }
        AuditAction::Checkpoint { out } => checkpoint(&settings()?, out.as_deref(), output).await,
        AuditAction::Export { out } => export(&settings()?, &out, output).await,
        AuditAction::Key => {
            let config = settings()?;
            let key = signing_key(&config, &wiring::store(&config).await?).await?.public();
            output.value(&serde_json::json!({ "key": key }), || key.clone())?;
            Ok(Exit::Done)
        }
    }
}

/// What a check came to.
#[derive(Debug, Serialize)]
struct Report {
    holds: bool,
    /// The last position up to which it does.
    events: u64,
    hash: String,
    /// Checkpoints that it was held against.
    checkpoints: usize,
    broken: Option<BrokenAt>,
}

#[derive(Debug, Serialize)]
struct BrokenAt {
    position: u64,
    why: String,
}

impl Report {
    fn of(verifier: &Verifier, checkpoints: usize, ended: Result<(), BrokenAt>) -> Self {
        let (events, hash) = verifier.reached();
        Self { holds: ended.is_ok(), events, hash: hash.to_string(), checkpoints, broken: ended.err() }
    }

    fn told(&self) -> String {
        let Self { events, hash, checkpoints, .. } = self;
        match &self.broken {
            None => {
                let held = if *checkpoints > 0 { format!(", as {checkpoints} checkpoints say") } else { String::new() };
                format!("the chain holds: {events} events{held}; the last hash is {hash}")
            }
            Some(BrokenAt { position, why }) => {
                format!("the chain is broken at position {position}: {why}\nup to position {events} it holds")
            }
        }
    }

    fn tell(&self, output: Output) -> Result<Exit, Failure> {
        output.value(self, || self.told())?;
        Ok(if self.holds { Exit::Done } else { Exit::NotAsItShouldBe })
    }
}

impl From<Broken> for BrokenAt {
    fn from(broken: Broken) -> Self {
        Self { position: broken.position(), why: broken.to_string() }
    }
}

async fn verify(config: &Config, files: &[PathBuf], key: Option<&str>, output: Output) -> Result<Exit, Failure> {
    let known = known(files, key)?;
    let store = wiring::store(config).await?;
    let mut verifier = Verifier::against(known.iter().copied());
    let walked = walk(&store, &mut verifier, |_| Ok(())).await;
    store.close().await;
    let ended = walked?.and_then(|()| verifier.end().map(|_| ()).map_err(BrokenAt::from));
    Report::of(&verifier, known.len(), ended).tell(output)
}

/// Reads the log to where it ends now, checks every event, and hands over those that hold.
async fn walk(
    store: &Store,
    verifier: &mut Verifier,
    mut each: impl FnMut(&Envelope) -> Result<(), Failure>,
) -> Result<Result<(), BrokenAt>, Failure> {
    let progress = progress(store.log.head().await?);
    loop {
        let after = verifier.reached().0;
        let events = match read(store, after).await? {
            Ok(events) => events,
            Err(broken) => return Ok(Err(broken)),
        };
        if events.is_empty() {
            progress.finish_and_clear();
            return Ok(Ok(()));
        }
        for event in &events {
            if let Err(broken) = verifier.take(event) {
                progress.finish_and_clear();
                return Ok(Err(broken.into()));
            }
            each(event)?;
        }
        progress.set_position(verifier.reached().0);
    }
}

/// What follows a position. A row that cannot be read although the database answers is not what was stored there.
async fn read(store: &Store, after: u64) -> Result<Result<Vec<Envelope>, BrokenAt>, Failure> {
    if let Ok(events) = store.log.read_all(after, AT_ONCE).await {
        return Ok(Ok(events));
    }
    store.log.head().await?;
    Ok(store.log.read_all(after, 1).await.map_err(|error| BrokenAt { position: after + 1, why: error.to_string() }))
}

/// On a terminal only.
fn progress(events: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} events, {eta} to go");
    ProgressBar::new(events).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What checkpoints say, if their signatures hold.
fn known(files: &[PathBuf], key: Option<&str>) -> Result<Vec<(u64, EventHash)>, Failure> {
    let of = |file: &PathBuf| {
        let checkpoint: Checkpoint = json(file)?;
        let refused = |fault| Failure::new(format!("the checkpoint {} cannot be believed: {fault}", file.display()));
        checkpoint.check(key).map_err(refused)
    };
    files.iter().map(of).collect()
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let text = fs::read(file).map_err(|error| unreadable(file, &error))?;
    serde_json::from_slice(&text).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", file.display()))
}

fn verify_bundle(folder: &Path, files: &[PathBuf], key: Option<&str>, output: Output) -> Result<Exit, Failure> {
    let files: Vec<PathBuf> = std::iter::once(folder.join(CHECKPOINT)).chain(files.iter().cloned()).collect();
    let known = known(&files, key)?;
    let mut verifier = Verifier::against(known.iter().copied());
    let ended = walk_lines(&folder.join(EVENTS), &mut verifier)?;
    let ended = ended.and_then(|()| verifier.end().map(|_| ()).map_err(BrokenAt::from));
    Report::of(&verifier, known.len(), ended).tell(output)
}

fn walk_lines(path: &Path, verifier: &mut Verifier) -> Result<Result<(), BrokenAt>, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| unreadable(path, &error))?;
        let taken = match serde_json::from_str::<Line>(&line) {
            Ok(line) => verifier.take_line(&line).map_err(BrokenAt::from),
            Err(error) => {
                let position = verifier.reached().0 + 1;
                Err(BrokenAt { position, why: format!("its line cannot be read: {error}") })
            }
        };
        if let Err(broken) = taken {
            return Ok(Err(broken));
        }
    }
    Ok(Ok(()))
}

async fn signing_key(config: &Config, store: &Store) -> Result<SigningKey, Failure> {
    let master = wiring::master_keys(config)?;
    // A key of another installation must not leave a signing key of its own here.
    sealing::check(&*store.keys, &master).await.map_err(|fault| Failure::new(fault.to_string()))?;
    Ok(SigningKey::of(&*store.keys, &master).await?)
}

async fn checkpoint(config: &Config, out: Option<&Path>, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    let key = signing_key(config, &store).await?;
    let head = store.log.head().await?;
    let newest = store.log.read_all(head.saturating_sub(1), 1).await?;
    let Some(newest) = newest.first() else {
        return Err(Failure::new("the log holds nothing that could be signed yet"));
    };
    let signed = key.checkpoint(newest.position, &newest.hash, SystemClock.now());
    store.close().await;
    let text = serde_json::to_string_pretty(&signed).map_err(|error| Failure::new(error.to_string()))?;
    match out {
        None => output.value(&signed, || text)?,
        Some(path) => {
            write(path, text.as_bytes())?;
            output.value(&signed, || format!("position {} is signed in {}", signed.position, path.display()))?;
        }
    }
    Ok(Exit::Done)
}

/// A file that is there already may be all that is left of an older log.
fn create(path: &Path) -> Result<File, Failure> {
    File::options().write(true).create_new(true).open(path).map_err(|error| {
        let told = Failure::new(format!("the file {} cannot be made: {error}", path.display()));
        if error.kind() == io::ErrorKind::AlreadyExists { told.hint("name one that does not exist yet") } else { told }
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all())?;
    Ok(())
}

async fn export(config: &Config, folder: &Path, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    let key = signing_key(config, &store).await?;
    fs::create_dir(folder).map_err(|error| {
        let told = Failure::new(format!("the folder {} cannot be made: {error}", folder.display()));
        if error.kind() == io::ErrorKind::AlreadyExists { told.hint("name one that does not exist yet") } else { told }
    })?;
    let mut events = BufWriter::new(create(&folder.join(EVENTS))?);
    let mut verifier = Verifier::default();
    let ended = walk(&store, &mut verifier, |event| {
        let line = Line::of(event).ok_or_else(|| Failure::new(format!("event {} is no text", event.position)))?;
        let line = serde_json::to_string(&line).map_err(|error| Failure::new(error.to_string()))?;
        Ok(writeln!(events, "{line}")?)
    })
    .await?;
    store.close().await;
    events.flush().and_then(|()| events.get_ref().sync_all())?;
    let (position, hash) = verifier.reached();
    let signed = key.checkpoint(position, &hash, SystemClock.now());
    let text = serde_json::to_string_pretty(&signed).map_err(|error| Failure::new(error.to_string()))?;
    write(&folder.join(CHECKPOINT), text.as_bytes())?;
    write(&folder.join(GUIDE), include_bytes!("../../../docs/auditor.md"))?;
    Report::of(&verifier, 0, ended).tell(output)
}
