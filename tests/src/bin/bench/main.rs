//! Benchmarks: `bench [GROUP…] [--seconds N] [--calls N] [--json FILE]`, started by `tests/benches/run`; the method is described in
//! `tests/benches/README.md`. `bench node URL KEY` is one of several nodes, started by this program itself.

mod append;
mod desk;
mod faults;
mod footprint;
mod growth;
mod history;
mod intake;
mod mcp;
mod memory;
mod ours;
mod peers;
mod place;
mod process;
mod providers;
mod raw;
mod reading;
mod rebuild;
mod replay;
mod report;
mod screens;
mod sync;
mod turns;
mod umadb;
mod wire;

use anyhow::{Result, bail};
use report::Report;
use std::path::PathBuf;
use std::time::Duration;

/// As the program itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Run when none is named.
const USUAL: [&str; 13] = [
    "append",
    "nodes",
    "intake",
    "desk",
    "mcp",
    "replay",
    "verify",
    "rebuild",
    "sync",
    "providers",
    "growth",
    "screens",
    "footprint",
];
/// Run only when named: the first takes half an hour, the second needs a server that has to be compiled first, and the last
/// fills a log for an hour and tens of gigabytes.
const OTHERS: [&str; 3] = ["faults", "umadb", "growth-10m"];

struct Asked {
    groups: Vec<&'static str>,
    length: Duration,
    /// The long history of `screens`.
    calls: u64,
    file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, url, master] = words.as_slice()
        && first == ours::NODE
    {
        return ours::be_a_node(url, master).await;
    }
    let Asked { groups, length, calls, file } = asked(words)?;
    let mut report = Report::new(file)?;
    Report::head()?;
    for group in groups {
        match group {
            "append" => append::run(&mut report, length).await?,
            "nodes" => append::run_nodes(&mut report, length).await?,
            "intake" => intake::run(&mut report, length).await?,
            "desk" => desk::run(&mut report, length).await?,
            "mcp" => mcp::run(&mut report, length).await?,
            "replay" => replay::run(&mut report, length).await?,
            "verify" => replay::run_verify(&mut report, length).await?,
            "rebuild" => rebuild::run(&mut report, length).await?,
            "sync" => sync::run(&mut report).await?,
            "providers" => providers::run(&mut report, length).await?,
            "growth" => growth::run(&mut report, length, 1_000_000).await?,
            "screens" => screens::run(&mut report, length, calls).await?,
            "footprint" => footprint::run(&mut report).await?,
            "faults" => faults::run(&mut report, 10_000).await?,
            "umadb" => umadb::run(&mut report, length).await?,
            _ => growth::run(&mut report, length, 10_000_000).await?,
        }
    }
    Ok(())
}

fn asked(words: Vec<String>) -> Result<Asked> {
    let mut asked = Asked { groups: Vec::new(), length: Duration::from_secs(5), calls: 200_000, file: None };
    let groups = [USUAL.as_slice(), &OTHERS].concat();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match (word.as_str(), groups.iter().find(|group| **group == word)) {
            (_, Some(group)) => asked.groups.push(*group),
            ("--seconds", _) => asked.length = Duration::from_secs_f64(words.next().unwrap_or_default().parse()?),
            ("--calls", _) => asked.calls = words.next().unwrap_or_default().parse()?,
            ("--json", _) => asked.file = words.next().map(PathBuf::from),
            _ => bail!(
                "'{word}' is neither a group ({}) nor --seconds N nor --calls N nor --json FILE",
                groups.join(", ")
            ),
        }
    }
    if asked.groups.is_empty() {
        asked.groups.extend(USUAL);
    }
    Ok(asked)
}
