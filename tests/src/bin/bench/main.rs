//! Benchmarks: `bench [GROUP…] [--seconds N] [--json FILE]`, started by `tests/benches/run`.
//!
//! Both sides of a comparison take turns of a third of a second, since the speed of a flush changes within minutes, and
//! each is judged over all of its turns; `--seconds` is how long each side works in all. Nothing else runs during a turn:
//! what a turn of ours leaves to be done in the background is done before the other side's turn begins. A ratio over 1
//! means that Ringbuch is ahead.

mod append;
mod intake;
mod raw;
mod report;
mod turns;

use anyhow::{Result, bail};
use report::Report;
use std::path::PathBuf;
use std::time::Duration;

/// As the program itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GROUPS: [&str; 2] = ["append", "intake"];

#[tokio::main]
async fn main() -> Result<()> {
    let (mut groups, mut length, mut file) = (Vec::new(), Duration::from_secs(5), None);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), GROUPS.iter().find(|group| **group == word)) {
            (_, Some(group)) => groups.push(*group),
            ("--seconds", _) => length = Duration::from_secs_f64(words.next().unwrap_or_default().parse()?),
            ("--json", _) => file = words.next().map(PathBuf::from),
            _ => bail!("'{word}' is neither a group ({}) nor --seconds N nor --json FILE", GROUPS.join(", ")),
        }
    }
    if groups.is_empty() {
        groups.extend(GROUPS);
    }
    let mut report = Report::new(file)?;
    for group in groups {
        match group {
            "append" => append::run(&mut report, length).await?,
            _ => intake::run(&mut report, length).await?,
        }
    }
    Ok(())
}
