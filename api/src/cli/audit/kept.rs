//! Checkpoints that were kept: a file with one of them, a file with one a line as the schedule writes it, or a folder of
//! such files.

use crate::checkpoints::FILES_END;
use crate::cli::Failure;
use ringbuch_adapters::chain::{Chain, Checkpoint};
use ringbuch_domain::recorded::EventHash;
use std::fs;
use std::path::{Path, PathBuf};

/// What checkpoints say, if their signatures hold and they are of a log with this kind of chain.
pub(super) fn known(paths: &[PathBuf], key: Option<&str>, chain: Chain) -> Result<Vec<(u64, EventHash)>, Failure> {
    let mut known = Vec::new();
    for path in paths {
        for file in files(path)? {
            for checkpoint in read(&file)? {
                if checkpoint.chain != chain {
                    return Err(other_chain(&file));
                }
                let told = |fault| {
                    let Checkpoint { position, .. } = checkpoint;
                    let file = file.display();
                    Failure::new(format!("the checkpoint of position {position} in {file} cannot be believed: {fault}"))
                };
                known.push(checkpoint.check(key).map_err(told)?);
            }
        }
    }
    Ok(known)
}

fn other_chain(file: &Path) -> Failure {
    Failure::new(format!("{} holds checkpoints of a log with another kind of chain", file.display()))
        .hint("a log in a database and one in a KurrentDB have checkpoints of their own")
}

/// What the log of a checkpoint has for a chain.
pub(super) fn chain_of(file: &Path) -> Result<Chain, Failure> {
    Ok(read(file)?.first().map(|checkpoint| checkpoint.chain).unwrap_or_default())
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let found = fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut found: Vec<PathBuf> = found.map_err(|error| unreadable(path, &error))?;
    found.retain(|file| file.to_string_lossy().ends_with(FILES_END));
    found.sort();
    if found.is_empty() {
        return Err(Failure::new(format!("the folder {} holds no checkpoints, files …{FILES_END}", path.display())));
    }
    Ok(found)
}

fn read(file: &Path) -> Result<Vec<Checkpoint>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    if let Ok(one) = serde_json::from_str(&text) {
        return Ok(vec![one]);
    }
    let (mut whole, mut last) = (Vec::new(), None);
    for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(checkpoint) => whole.push(checkpoint),
            // A line that was cut off while it was written says nothing; those around it do.
            Err(error) => last = Some(format!("line {}: {error}", nth + 1)),
        }
    }
    match last {
        Some(last) if whole.is_empty() => Err(unreadable(file, &last)),
        Some(last) => {
            tracing::warn!(file = %file.display(), "a line that is no checkpoint is passed over: {last}");
            Ok(whole)
        }
        None if whole.is_empty() => Err(unreadable(file, &"it is empty")),
        None => Ok(whole),
    }
}

pub(super) fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", file.display()))
}
