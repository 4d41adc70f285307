//! What was measured: a table for people, one JSON object a line for programs.

use super::turns::Turns;
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
    pub senders: usize,
    pub peer: &'a str,
}

impl Report {
    pub fn new(file: Option<PathBuf>) -> Result<Self> {
        let file = file.map(File::create).transpose()?;
        say("group    engine    senders    ours/s  p50 ms  p99 ms    peer/s  p50 ms  p99 ms  rate ratio  p50 ratio")?;
        Ok(Self { file })
    }

    pub fn add(&mut self, case: &Case<'_>, ours: &Turns, peer: &Turns) -> Result<()> {
        let Case { group, engine, senders, peer: name } = case;
        let (rate, latency) = (ours.rate() / peer.rate(), peer.at(50) / ours.at(50));
        say(&format!(
            "{group:<8} {engine:<9} {senders:>7} {:>9.0} {:>7.2} {:>7.2} {:>9.0} {:>7.2} {:>7.2} {rate:>11.2} {latency:>10.2}",
            ours.rate(),
            ours.at(50),
            ours.at(99),
            peer.rate(),
            peer.at(50),
            peer.at(99),
        ))?;
        let figures =
            [("p50", ours.at(50), peer.at(50), latency, "ms"), ("rate", ours.rate(), peer.rate(), rate, "1/s")];
        for (what, ours_is, peer_is, ratio, unit) in figures {
            let line = json!({
                "group": group, "case": format!("{what}, {senders} senders"), "engine": engine, "ours": ours_is,
                "peer": peer_is, "peer_name": name, "ratio": ratio, "unit": unit, "runs": ours.count(),
            });
            if let Some(file) = &mut self.file {
                writeln!(file, "{line}")?;
            }
        }
        Ok(())
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}
