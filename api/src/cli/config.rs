//! `ringbuch config print` and `ringbuch config check`.

use super::args::ConfigAction;
use super::{Exit, Failure, Output};
use crate::config::{Config, ConfigError, Finding, Level, Sources};
use serde_json::json;

pub fn run(action: ConfigAction, sources: &Sources, output: Output) -> Result<Exit, Failure> {
    match action {
        ConfigAction::Print => print(&Config::load(sources)?, output),
        ConfigAction::Check => check(Config::load(sources), output),
    }
}

fn print(config: &Config, output: Output) -> Result<Exit, Failure> {
    output.list(config.effective(), &["Key", "Variable", "Value", "From"], |row| {
        vec![row.key.into(), row.variable.into(), row.value.clone(), row.source.clone()]
    })?;
    Ok(Exit::Done)
}

fn check(loaded: Result<Config, ConfigError>, output: Output) -> Result<Exit, Failure> {
    let (findings, problems) = match loaded {
        Ok(config) => (config.check(), vec![]),
        Err(error) => (vec![], error.problems),
    };
    let fine = problems.is_empty() && findings.iter().all(|finding| finding.level != Level::Problem);
    let report = json!({"ok": fine, "errors": problems, "findings": findings});
    output.value(&report, || told(&problems, &findings))?;
    Ok(if fine { Exit::Done } else { Exit::NotAsItShouldBe })
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
