//! `ringbuch audit`: what an auditor who trusts nobody can check, with the database and without it. Only the log is opened:
//! a log that is broken must not get as far as the read models.

mod bundle;
mod kept;
mod state;

use super::args::AuditAction;
use super::output::Output;
use super::{Exit, Failure};
use crate::checkpoints;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use indicatif::{ProgressBar, ProgressStyle};
use kept::known;
use ringbuch_adapters::chain::{Broken, SigningKey, Verifier};
use ringbuch_adapters::store::{Store, VerifyError, Walk};
use ringbuch_domain::ports::Clock;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

pub async fn run(
    action: AuditAction,
    settings: impl FnOnce() -> Result<Config, Failure>,
    output: Output,
) -> Result<Exit, Failure> {
    match action {
        AuditAction::Verify { bundle: Some(folder), checkpoints, key } => {
            bundle::verify(&folder, &checkpoints, key.as_deref(), output)
        }
        AuditAction::Verify { bundle: None, checkpoints, key } => {
            verify(&settings()?, &checkpoints, key.as_deref(), output).await
        }
        AuditAction::Checkpoint { out } => checkpoint(&settings()?, out.as_deref(), output).await,
        AuditAction::Export { out } => bundle::export(&settings()?, &out, output).await,
        AuditAction::State(asked) => state::run(&asked, &settings()?, output).await,
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
    /// How many events do.
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
        let (events, hash) = (verifier.events(), verifier.reached().1);
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
                format!("the chain is broken at position {position}: {why}\nup to there {events} events hold")
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
    let store = wiring::store(config).await?;
    let known = known(files, key, store.chain)?;
    let mut verifier = Verifier::against(known.iter().copied()).along(store.chain);
    let walked = prove(&store, &mut verifier).await;
    store.close().await;
    let ended = walked?.and_then(|()| verifier.end().map(|_| ()).map_err(BrokenAt::from));
    Report::of(&verifier, known.len(), ended).tell(output)
}

/// Checks every event up to where the log ends now.
async fn prove(store: &Store, verifier: &mut Verifier) -> Result<Result<(), BrokenAt>, Failure> {
    let (progress, along) = (progress(store.log.head().await?), store.walk());
    let ended = loop {
        match prove_some(store, &along, verifier).await? {
            Ok(true) => progress.set_position(verifier.reached().0),
            Ok(false) => break Ok(()),
            Err(broken) => break Err(broken),
        }
    };
    progress.finish_and_clear();
    Ok(ended)
}

/// A row that cannot be read although the database answers is not what was stored there.
async fn prove_some(store: &Store, along: &Walk, verifier: &mut Verifier) -> Result<Result<bool, BrokenAt>, Failure> {
    let mut taken = along.next(verifier, AT_ONCE).await;
    if let Err(VerifyError::Unreadable(_)) = taken {
        store.log.head().await?;
        taken = along.next(verifier, 1).await;
    }
    let next = verifier.reached().0 + 1;
    Ok(taken.map_err(|error| match error {
        VerifyError::Broken(broken) => broken.into(),
        VerifyError::Unreadable(error) => BrokenAt { position: next, why: error.to_string() },
    }))
}

/// On a terminal only.
fn progress(events: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} events, {eta} to go");
    ProgressBar::new(events).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn signing_key(config: &Config, store: &Store) -> Result<SigningKey, Failure> {
    wiring::signing_key(store, &wiring::master_keys(config)?).await
}

async fn checkpoint(config: &Config, out: Option<&Path>, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    let key = signing_key(config, &store).await?;
    let signed = checkpoints::sign(&store, &key, SystemClock.now()).await?;
    store.close().await;
    let signed = signed.ok_or_else(|| Failure::new("the log holds nothing that could be signed yet"))?;
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
