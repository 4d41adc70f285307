//! One story of ten thousand calls, played twice by `ringbuch demo`: without faults, and with everything going wrong that
//! can be ordered. Callers who compete with nobody for a time must end the same.

use super::report::{Bound, Report};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;

#[derive(Deserialize)]
struct Fate {
    number: u32,
    competes: bool,
    outcome: String,
    refusal: Option<String>,
    start: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    double_bookings: u32,
    lost_webhooks: u32,
    broken: Vec<String>,
}

pub async fn run(report: &mut Report, calls: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (calm, calm_fates) = play(folder.path(), calls, "none").await?;
    let (harsh, harsh_fates) = play(folder.path(), calls, "harsh").await?;
    let by_number: HashMap<u32, &Fate> = calm_fates.iter().map(|fate| (fate.number, fate)).collect();
    let alone: Vec<&Fate> = harsh_fates.iter().filter(|fate| !fate.competes).collect();
    ensure!(!alone.is_empty(), "everybody competes with somebody");
    let mut differ = 0;
    for fate in &alone {
        let calm = by_number.get(&fate.number).context("the same callers")?;
        let told = |it: &Fate| format!("{} {:?} {:?}", it.outcome, it.refusal, it.start);
        if told(calm) != told(fate) {
            differ += 1;
            eprintln!("call {}: {} without faults, {} with", fate.number, told(calm), told(fate));
        }
    }
    for broken in calm.broken.iter().chain(&harsh.broken) {
        eprintln!("expected otherwise: {broken}");
    }
    let done = format!("{calls} calls, {} compete with nobody", alone.len());
    let broken = u32::try_from(calm.broken.len() + harsh.broken.len())?;
    for (name, ours) in [
        ("other fates", differ),
        ("double", calm.double_bookings + harsh.double_bookings),
        ("lost", calm.lost_webhooks + harsh.lost_webhooks),
        ("broken", broken),
    ] {
        let (done, unit) = (done.clone(), "cases");
        report.bound(&Bound { group: "faults", engine: "sqlite", done, name, ours: ours.into(), limit: 0.0, unit })?;
    }
    Ok(())
}

async fn play(folder: &Path, calls: u32, faults: &str) -> Result<(Summary, Vec<Fate>)> {
    let program = std::env::current_exe()?.with_file_name("ringbuch");
    let file = folder.join(format!("{faults}.jsonl"));
    let output = tokio::process::Command::new(&program)
        .args(["demo", "--port", "0", "--exit", "--json", "--faults", faults, "--calls", &calls.to_string()])
        .arg("--outcomes")
        .arg(&file)
        // The program refuses settings that it does not know, such as those of this bench.
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("{} does not start; build it first", program.display()))?;
    let told = String::from_utf8(output.stdout)?;
    let last = told.lines().next_back().context("a summary")?;
    let fates = std::fs::read_to_string(&file).with_context(|| format!("{faults}: no outcomes; {last}"))?;
    let fates = fates.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok((serde_json::from_str(last)?, fates))
}
