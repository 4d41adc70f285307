//! `ringbuch config print` and `ringbuch config check`.

use super::args::ConfigAction;
use super::{Exit, Failure, Output};
use crate::config::{Config, ConfigError, Finding, Level, Sources};
use crate::wiring;
use serde_json::json;

pub async fn run(action: ConfigAction, sources: &Sources, output: Output) -> Result<Exit, Failure> {
    match action {
        ConfigAction::Print => print(&Config::load(sources)?, output),
        ConfigAction::Check => check(Config::load(sources), output).await,
    }
}

fn print(config: &Config, output: Output) -> Result<Exit, Failure> {
    output.list(config.effective(), &["Key", "Variable", "Value", "From"], |row| {
        vec![row.key.into(), row.variable.into(), row.value.clone(), row.source.clone()]
    })?;
    Ok(Exit::Done)
}

async fn check(loaded: Result<Config, ConfigError>, output: Output) -> Result<Exit, Failure> {
    let (findings, problems) = match loaded {
        Ok(config) => {
            let mut findings = config.check();
            // What the settings alone show to be wrong need not be tried.
            if findings.iter().all(|finding| finding.level != Level::Problem) {
                findings.push(opened(&config).await);
            }
            (findings, vec![])
        }
        Err(error) => (vec![], error.problems),
    };
    let fine = problems.is_empty() && findings.iter().all(|finding| finding.level != Level::Problem);
    let report = json!({"ok": fine, "errors": problems, "findings": findings});
    output.value(&report, || told(&problems, &findings))?;
    Ok(if fine { Exit::Done } else { Exit::NotAsItShouldBe })
}

/// Whether the server could open its database. Nothing is changed by looking.
async fn opened(config: &Config) -> Finding {
    let looked = async {
        let pending = wiring::migrate(config, true).await?;
        if !pending.is_empty() {
            return Ok(format!("it lacks {}; `serve` and `migrate` bring it up to date", pending.join(", ")));
        }
        let store = wiring::store(config).await?;
        store.close().await;
        Ok::<_, Failure>("it opens, and is up to date".to_owned())
    };
    let (level, text) = match looked.await {
        Ok(text) => (Level::Ok, text),
        Err(failure) => (Level::Problem, failure.to_string().trim_start_matches("ringbuch: ").to_owned()),
    };
    Finding { level, key: "database", text }
}

fn told(problems: &[String], findings: &[Finding]) -> String {
    let word = |level| match level {
        Level::Ok => "ok     ",
        Level::Note => "note   ",
        Level::Problem => "problem",
    };
    let problems = problems.iter().map(|problem| format!("{}  {problem}", word(Level::Problem)));
    let findings = findings.iter().map(|finding| format!("{}  {}: {}", word(finding.level), finding.key, finding.text));
    problems.chain(findings).collect::<Vec<_>>().join("\n")
}
