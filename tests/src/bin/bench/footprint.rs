//! What the program needs of a machine: how long it takes to be ready over a long log, memory at rest and at work, the size
//! of the program, and the processor time of building it, each against a bound. All of it is measured from outside, of the
//! program as an operator runs it, on SQLite.

use super::memory::{self, PEAK, RESIDENT};
use super::place::Place;
use super::report::{Bound, Report};
use anyhow::{Context, Result, ensure};
use ringbuch_adapters::sealing::MasterKeys;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const EVENTS: u64 = 1_000_000;
/// Calls that tell how many events a call leaves.
const PILOT: u64 = 2_000;
const STARTS: usize = 5;
/// How long a server has nothing to do before its memory is looked at.
const IDLE: Duration = Duration::from_secs(30);
const DEMO_CALLS: &str = "1000";
const MEGABYTE: f64 = 1_048_576.0;

const READY_MS: f64 = 300.0;
const IDLE_MB: f64 = 40.0;
const DEMO_MB: f64 = 150.0;
const BINARY_MB: f64 = 40.0;
const BUILD_SECONDS: f64 = 600.0;
/// Processor seconds of a clean build; `tests/benches/run --clean-build` writes it below the target folder.
const BUILD_FILE: &str = "release-build-seconds";

pub async fn run(report: &mut Report) -> Result<()> {
    let programs = std::env::current_exe()?;
    let program = Program { path: programs.with_file_name("ringbuch"), master: MasterKeys::generate()? };
    let (place, events) = program.filled().await?;
    let (ready, idle) = program.started(&place).await?;
    let (at_rest, at_work) = (format!("serve over {events} events"), format!("demo of {DEMO_CALLS} calls"));
    report.bound(&bound(&at_rest, "ready", ready, READY_MS, "ms"))?;
    report.bound(&bound(&at_rest, "idle", idle / MEGABYTE, IDLE_MB, "MB"))?;
    report.bound(&bound(&at_work, "peak", program.demo().await? / MEGABYTE, DEMO_MB, "MB"))?;
    report.bound(&bound("the program, stripped", "size", program.stripped()? / MEGABYTE, BINARY_MB, "MB"))?;
    let target = programs.parent().and_then(Path::parent).context("a target folder")?;
    match build_seconds(target)? {
        Some(took) => report.bound(&bound("a clean release build", "cpu", took, BUILD_SECONDS, "s")),
        None => Report::unknown("footprint", "a clean release build", "not measured; --clean-build does it"),
    }
}

fn bound<'a>(done: &str, name: &'static str, ours: f64, limit: f64, unit: &'a str) -> Bound<'a> {
    Bound { group: "footprint", engine: "sqlite", done: done.to_owned(), name, ours, limit, unit }
}

fn build_seconds(target: &Path) -> Result<Option<f64>> {
    let file = target.join(BUILD_FILE);
    if !file.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file)?;
    let seconds = text.trim().parse().with_context(|| format!("{} holds no number", file.display()))?;
    Ok(Some(seconds))
}

struct Program {
    path: PathBuf,
    master: SecretString,
}

#[derive(Deserialize)]
struct Filled {
    events: u64,
}

impl Program {
    fn command(&self, place: &Place) -> Command {
        let mut command = Command::new(&self.path);
        command
            .env_clear()
            .env("RINGBUCH_DATABASE_URL", &place.url)
            .env("RINGBUCH_MASTER_KEY", self.master.expose_secret())
            .env("RINGBUCH_LISTEN", "127.0.0.1:0")
            .env("RINGBUCH_DRAIN_SECONDS", "0")
            .env("RINGBUCH_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// A made-up history of at least so many events with its read models, and how many it holds.
    async fn filled(&self) -> Result<(Place, u64)> {
        let pilot = self.fill(&Place::sqlite().await?, PILOT).await?;
        let place = Place::sqlite().await?;
        // A little more, since no two calls leave equally many.
        let calls = (EVENTS + EVENTS / 20) * PILOT / pilot.max(1);
        let events = self.fill(&place, calls).await?;
        ensure!(events >= EVENTS, "{calls} calls left only {events} events");
        Ok((place, events))
    }

    async fn fill(&self, place: &Place, calls: u64) -> Result<u64> {
        let mut command = self.command(place);
        command.args(["fill", "--json", "--calls", &calls.to_string()]).stderr(Stdio::inherit());
        let output = command.output().await.with_context(|| self.absent())?;
        ensure!(output.status.success(), "`ringbuch fill` ended with {}", output.status);
        Ok(serde_json::from_slice::<Filled>(&output.stdout)?.events)
    }

    /// The median start in milliseconds, and the bytes of a server that has had nothing to do for a while.
    async fn started(&self, place: &Place) -> Result<(f64, f64)> {
        let (mut took, mut idle) = (Vec::new(), 0.0);
        for nth in 0..STARTS {
            let began = Instant::now();
            let server = self.serve(place).await?;
            took.push(began.elapsed().as_secs_f64() * 1000.0);
            if nth + 1 == STARTS {
                tokio::time::sleep(IDLE).await;
                idle = memory::of(server.id().context("it runs")?, RESIDENT).context("it ended by itself")?;
            }
            end(server).await?;
        }
        took.sort_by(f64::total_cmp);
        Ok((took.get(STARTS / 2).copied().context("no start")?, idle))
    }

    /// Returns once the server says that it is ready.
    async fn serve(&self, place: &Place) -> Result<Child> {
        let mut server = self.command(place).args(["serve", "--json"]).spawn().with_context(|| self.absent())?;
        let mut told = BufReader::new(server.stdout.take().context("its output")?).lines();
        let line = told.next_line().await?.context("the server did not start")?;
        ensure!(line.contains("\"ready\":true"), "the server said {line}");
        Ok(server)
    }

    /// The most bytes that a demo had, with both stand-ins in the same process.
    async fn demo(&self) -> Result<f64> {
        let mut demo = Command::new(&self.path)
            .args(["demo", "--port", "0", "--exit", "--json", "--calls", DEMO_CALLS])
            .env_clear()
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| self.absent())?;
        let (most, ended) = memory::most_of(&mut demo, PEAK).await?;
        ensure!(ended.success(), "`ringbuch demo` ended with {ended}");
        Ok(most)
    }

    /// Bytes of a copy without symbols.
    fn stripped(&self) -> Result<f64> {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("ringbuch");
        let mut strip = std::process::Command::new("strip");
        let status =
            strip.arg("-o").arg(&copy).arg(&self.path).status().context("strip, of binutils, does not start")?;
        ensure!(status.success(), "strip ended with {status}");
        Ok(f64::from(u32::try_from(std::fs::metadata(copy)?.len())?))
    }

    fn absent(&self) -> String {
        format!("{} does not start; build it first", self.path.display())
    }
}

/// As whoever runs it would, so that the next start finds everything in order.
async fn end(mut server: Child) -> Result<()> {
    let id = server.id().context("it runs")?.to_string();
    ensure!(Command::new("kill").args(["-TERM", &id]).status().await?.success(), "it cannot be told to end");
    let ended = server.wait().await?;
    ensure!(ended.success(), "the server ended with {ended}");
    Ok(())
}
