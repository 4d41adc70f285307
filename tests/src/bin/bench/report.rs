//! What was measured: a table for people, one JSON object a line for programs.

use super::turns::Compared;
use anyhow::Result;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

pub struct Report {
    file: Option<File>,
}

/// One comparison.
pub struct Case<'a> {
    pub group: &'a str,
    pub engine: &'a str,
    /// What was done, with how many at once.
    pub done: String,
    pub peer: &'a str,
    /// What is counted: events, webhooks.
    pub what: &'a str,
}

/// One figure of both sides; the ratio is over 1 where Ringbuch is ahead.
struct Figure {
    name: &'static str,
    ours: f64,
    peer: f64,
    ratio: f64,
    unit: String,
}

/// A figure that has a bound and no peer.
pub struct Bound<'a> {
    pub group: &'a str,
    pub engine: &'a str,
    pub done: String,
    pub name: &'static str,
    pub ours: f64,
    pub limit: f64,
    pub unit: &'a str,
}

impl Report {
    /// Adds a figure beside its bound.
    pub fn bound(&mut self, it: &Bound<'_>) -> Result<()> {
        let case = Case { group: it.group, engine: it.engine, done: it.done.clone(), peer: "the bound", what: "" };
        let ratio = if it.ours > 0.0 { it.limit / it.ours } else { f64::INFINITY };
        let figure = Figure { name: it.name, ours: it.ours, peer: it.limit, ratio, unit: it.unit.to_owned() };
        self.write(&case, &figure, 1)
    }

    /// Says why there is no figure.
    pub fn unknown(group: &str, done: &str, why: &str) -> Result<()> {
        say(&format!("{group:<8} {:<8} {done:<34} {why}", ""))
    }

    pub fn new(file: Option<PathBuf>) -> Result<Self> {
        let file = file.map(File::create).transpose()?;
        Ok(Self { file })
    }

    /// Adds what was counted, and how long single things took.
    pub fn add(&mut self, case: &Case<'_>, compared: &Compared) -> Result<()> {
        let Compared { ours, peer } = compared;
        let ratio = compared.rate_ratio();
        let unit = format!("{}/s", case.what);
        self.write(
            case,
            &Figure { name: "rate", ours: ours.rate(), peer: peer.rate(), ratio, unit },
            compared.rounds(),
        )?;
        self.times(case, compared)
    }

    /// Adds how long single things took, where that is known.
    pub fn times(&mut self, case: &Case<'_>, compared: &Compared) -> Result<()> {
        let Compared { ours, peer } = compared;
        for (name, part) in [("p50", 50), ("p99", 99)] {
            if let (Some(ours), Some(peer)) = (ours.at(part), peer.at(part)) {
                let figure = Figure { name, ours, peer, ratio: peer / ours, unit: "ms".to_owned() };
                self.write(case, &figure, compared.rounds())?;
            }
        }
        Ok(())
    }

    fn write(&mut self, case: &Case<'_>, figure: &Figure, runs: usize) -> Result<()> {
        let Case { group, engine, done, peer: peer_name, .. } = case;
        let Figure { name, ours, peer, ratio, unit } = figure;
        let decimals = if unit == "ms" { 2 } else { 0 };
        say(&format!(
            "{group:<8} {engine:<8} {done:<34} {name:<4} {ours:>10.decimals$} {peer:>10.decimals$} {unit:<10} {ratio:>6.2}  {peer_name}"
        ))?;
        let line = json!({
            "group": group, "case": format!("{done}, {name}"), "engine": engine, "ours": ours, "peer": peer,
            "peer_name": peer_name, "ratio": ratio, "unit": unit, "runs": runs,
        });
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}")?;
        }
        Ok(())
    }

    /// Heads the table.
    pub fn head() -> Result<()> {
        say(&format!(
            "{:<8} {:<8} {:<34} {:<4} {:>10} {:>10} {:<10} {:>6}  peer",
            "group", "engine", "case", "", "ours", "peer", "unit", "ratio"
        ))
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}
