//! `ringbuch restore`: brings a backup back into an empty database. The file is read to its end before anything is
//! written, so that a broken one changes nothing.

use super::args::RestoreArgs;
use super::backup::{keys_beside, progress};
use super::{Exit, Failure, Output};
use crate::backup::{self, BackupError, RestoreError, Restored};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use ringbuch_adapters::backup::{BackupReader, End};
use ringbuch_adapters::key_store::Erasure;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

pub async fn run(args: &RestoreArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    wiring::backed_up_here(config)?;
    let master = wiring::master_keys(config)?;
    let whole = check(&args.from)?;
    let keys_file = args.keys.clone().unwrap_or_else(|| keys_beside(&args.from));
    let keys = BufReader::new(open(&keys_file, "the keys are in a file of their own; name it with --keys")?);
    let erasures = erasures(args, config)?;
    wiring::migrate(config, false).await?;
    let store = wiring::store(config).await?;
    let _alone = store.lock_for_serving()?;
    let head = store.log.head().await?;
    if head > 0 {
        return Err(RestoreError::NotEmpty(head).into());
    }

    let keys = backup::import_keys(&store, &master, keys, &erasures).await?;
    let progress = progress(whole.position);
    let backup = reader(&args.from)?;
    let imported = backup::import_log(&*store.log, backup, &|position| progress.set_position(position)).await;
    progress.finish_and_clear();
    let end = imported?;

    let app = wiring::start(config, master, store, Arc::new(SystemClock)).await?;
    let (forgotten, in_doubt) = backup::settle(&app).await?;
    app.store.leave_no_trace(false).await?;
    app.store.close().await;
    let restored = Restored { events: end.position, hash: end.hash, keys, erasures: forgotten, in_doubt };
    output.value(&restored, || told(&restored))?;
    Ok(Exit::Done)
}

/// Reads the file to its end; what it comes to.
fn check(path: &Path) -> Result<End, Failure> {
    let mut backup = reader(path)?;
    while backup.read().map_err(|fault| in_file(path, &fault.into()))?.is_some() {}
    let end = backup.end().cloned();
    end.ok_or_else(|| Failure::new(format!("{} does not end", path.display())))
}

fn reader(path: &Path) -> Result<BackupReader<BufReader<File>>, Failure> {
    let file = BufReader::new(open(path, "name the file that `ringbuch backup` wrote")?);
    BackupReader::open(file).map_err(|fault| in_file(path, &fault.into()))
}

fn open(path: &Path, hint: &str) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::new(format!("{} cannot be read: {error}", path.display())).hint(hint))
}

fn in_file(path: &Path, error: &BackupError) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// Everybody who was forgotten since, as far as any of the files knows.
fn erasures(args: &RestoreArgs, config: &Config) -> Result<Vec<Erasure>, Failure> {
    let ledger = config.erasures_ledger.iter().filter(|ledger| ledger.exists());
    let mut found = Vec::new();
    for path in args.erasures.iter().chain(ledger) {
        found.extend(backup::read_erasures(path).map_err(|error| in_file(path, &error))?);
    }
    Ok(found)
}

fn told(Restored { events, keys, erasures, in_doubt, .. }: &Restored) -> String {
    format!(
        "{events} events and {keys} rows of keys are back, and the chain holds; {erasures} erasures were carried out again, \
         {in_doubt} bookings are looked for at the calendar before anything is asked of it"
    )
}
