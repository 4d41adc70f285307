//! Memory of another process, as Linux tells it.

use anyhow::{Context, Result};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Child;

/// What is resident now.
pub const RESIDENT: &str = "VmRSS:";
/// The most that was.
pub const PEAK: &str = "VmHWM:";
const LOOK: Duration = Duration::from_millis(100);

/// In bytes; nothing of a process that has ended.
pub fn of(process: u32, figure: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(figure))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

/// The figure as it was last seen, in bytes, and how the process ended.
pub async fn most_of(child: &mut Child, figure: &str) -> Result<(f64, ExitStatus)> {
    let process = child.id().context("it runs")?;
    let mut most = 0.0;
    loop {
        tokio::select! {
            ended = child.wait() => return Ok((most, ended?)),
            () = tokio::time::sleep(LOOK) => most = of(process, figure).unwrap_or(most),
        }
    }
}
