//! `ringbuch migrate`: brings the database up to date, or says what that would take.

use super::args::MigrateArgs;
use super::{Exit, Failure, Output};
use crate::config::Config;
use crate::wiring;
use serde_json::json;

pub async fn run(args: &MigrateArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let migrations = wiring::migrate(config, args.dry_run).await?;
    let report = json!({"dry_run": args.dry_run, "migrations": migrations});
    output.value(&report, || told(&migrations, args.dry_run))?;
    Ok(Exit::Done)
}

fn told(migrations: &[String], dry_run: bool) -> String {
    match (migrations, dry_run) {
        ([], _) => "the database is up to date".into(),
        (pending, true) => format!("would be applied: {}", pending.join(", ")),
        (applied, false) => format!("applied: {}", applied.join(", ")),
    }
}
