//! The command line: arguments are read, the command does its work, and what came of it is told. Answers go to stdout,
//! everything else to stderr.

pub mod args;
mod completions;
mod config;
mod healthcheck;
pub mod hours;
pub mod output;
pub mod secret;
pub mod when;

pub use args::Args;
pub use output::{Exit, Failure, Output};

use crate::config::{Config, Sources};
use crate::telemetry::{self, LogSettings};
use args::Command;

/// Does what the arguments say, tells a failure, and returns the program's exit code.
pub async fn run(args: Args) -> Exit {
    let output = Output::new(args.global.json);
    match dispatch(args, output).await {
        Ok(exit) => exit,
        Err(failure) => failure.tell(),
    }
}

async fn dispatch(args: Args, output: Output) -> Result<Exit, Failure> {
    let Args { global, command } = args;
    let sources = Sources::of_process(global.config.clone());
    match command {
        // These work without settings, or are about them.
        Command::Completions { shell } => completions::run(shell),
        Command::Config { action } => config::run(action, &sources, output),
        command => {
            let config = Config::load(&sources)?;
            telemetry::init(&log_settings(&config, &command, global.verbose))?;
            match command {
                Command::Healthcheck(args) => healthcheck::run(&args, &config, output).await,
                Command::Demo(args) => crate::demo::run(args, &config, output).await,
                _ => Err(Failure::new("this command is not part of this build")),
            }
        }
    }
}

/// Only what runs on writes its doings down; other commands speak when something is wrong, or when asked to.
fn log_settings(config: &Config, command: &Command, verbose: bool) -> LogSettings {
    let mut settings = config.log.clone();
    if verbose {
        settings.filter = format!("{},ringbuch_api=debug,ringbuch_adapters=debug", settings.filter);
    } else if !matches!(command, Command::Serve(_)) {
        settings.filter = "warn".into();
    }
    if !matches!(command, Command::Serve(_)) {
        settings.folder = None;
    }
    settings
}

#[cfg(test)]
mod tests;
