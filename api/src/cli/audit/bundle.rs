//! A bundle: everything that an auditor needs in one folder, to be checked where there is no database.

use super::kept::{chain_of, known, unreadable};
use super::{BrokenAt, Report, create, signing_key, walk, write};
use crate::cli::output::Output;
use crate::cli::{Exit, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use ringbuch_adapters::chain::{Line, Verifier};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ports::Clock;
use ringbuch_domain::recorded::Envelope;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The files of a bundle.
const EVENTS: &str = "events.jsonl";
const CHECKPOINT: &str = "checkpoint.json";
const GUIDE: &str = "README.md";
const SCHEMAS: &str = "schemas";

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

fn schema_name(kind: &str, version: u16) -> String {
    format!("{kind}.v{version}.json")
}

pub(super) async fn export(config: &Config, folder: &Path, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    let key = signing_key(config, &store).await?;
    make(folder)?;
    let mut events = BufWriter::new(create(&folder.join(EVENTS))?);
    let mut verifier = Verifier::default().along(store.chain);
    let ended = walk(&store, &mut verifier, |event| Ok(writeln!(events, "{}", line(event)?)?)).await?;
    store.close().await;
    events.flush().and_then(|()| events.get_ref().sync_all())?;
    let (position, hash) = verifier.reached();
    let signed = key.checkpoint_along(store.chain, position, &hash, SystemClock.now());
    let text = serde_json::to_string_pretty(&signed).map_err(|error| Failure::new(error.to_string()))?;
    write(&folder.join(CHECKPOINT), text.as_bytes())?;
    write(&folder.join(GUIDE), include_bytes!("../../../../docs/auditor.md"))?;
    schemas(&folder.join(SCHEMAS))?;
    Report::of(&verifier, 0, ended).tell(output)
}

fn line(event: &Envelope) -> Result<String, Failure> {
    let line = Line::of(event).ok_or_else(|| Failure::new(format!("event {} is no text", event.position)))?;
    serde_json::to_string(&line).map_err(|error| Failure::new(error.to_string()))
}

/// Of every version of every type that this program knows, whether the log holds one or not.
fn schemas(folder: &Path) -> Result<(), Failure> {
    make(folder)?;
    for (kind, version, schema) in AnyEvent::schemas() {
        write(&folder.join(schema_name(kind, version)), schema.trim_end().as_bytes())?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder).map_err(|error| {
        let told = Failure::new(format!("the folder {} cannot be made: {error}", folder.display()));
        if error.kind() == io::ErrorKind::AlreadyExists { told.hint("name one that does not exist yet") } else { told }
    })
}
