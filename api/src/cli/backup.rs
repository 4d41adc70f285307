//! `ringbuch backup`: the log in one file, the keys in another.

use super::args::BackupArgs;
use super::{Exit, Failure, Output, private_file};
use crate::backup;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_domain::ports::Clock;
use serde_json::json;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

pub async fn run(args: &BackupArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    wiring::backed_up_here(config)?;
    let keys_file = args.keys.clone().unwrap_or_else(|| keys_beside(&args.out));
    let store = wiring::store(config).await?;
    let log = BufWriter::new(private_file::create(&args.out)?);
    let keys = BufWriter::new(private_file::create(&keys_file)?);
    let progress = progress(store.log.head().await?);
    let written = backup::log(&store, log, SystemClock.now(), &|position| progress.set_position(position)).await;
    progress.finish_and_clear();
    let (end, log) = written?;
    // Afterwards, since a key is stored before what it seals.
    let rows = backup::keys(&store, keys).await?;
    for path in [&args.out, &keys_file] {
        std::fs::File::open(path)?.sync_all()?;
    }
    drop(log);
    store.close().await;
    let answer =
        json!({ "events": end.position, "hash": end.hash, "log": args.out, "keys": keys_file, "key_rows": rows });
    output.value(&answer, || {
        let (log, keys) = (args.out.display(), keys_file.display());
        format!(
            "{} events are in {log}, {rows} rows of keys in {keys}; keep the two apart, and the master key apart from both",
            end.position
        )
    })?;
    Ok(Exit::Done)
}

/// `FILE.keys`.
pub fn keys_beside(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".keys");
    name.into()
}

/// On a terminal only.
pub fn progress(events: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} events, {eta} to go");
    ProgressBar::new(events).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
