//! The command line: arguments are read, the command does its work, and what came of it is told. Answers go to stdout,
//! everything else to stderr.

mod account;
mod agent;
mod alert;
mod appointments;
pub mod args;
mod audit;
mod backup;
mod branch;
mod callbacks;
mod calls;
mod company;
mod completions;
mod config;
mod customer;
mod desk;
mod desk_rules;
mod doctor;
mod event_type;
mod events;
mod fill;
mod healthcheck;
pub mod hours;
mod import;
mod key;
mod keys;
mod local_time;
mod mail;
mod man;
mod migrate;
mod number;
mod openapi;
pub mod output;
mod private_file;
mod projections;
mod public_event;
mod reconcile;
mod restore;
mod secret;
pub mod secret_source;
mod serve;
mod staff;
mod sync;
mod understand;
mod user;
mod webhooks;
pub mod when;

pub use args::Args;
pub use output::{Exit, Failure, Output};

use crate::config::{Config, Sources};
use crate::telemetry::{self, Elsewhere, LogSettings};
use args::{Command, OnDatabase};
use desk::Desk;
use ringbuch_domain::ids::CompanyId;

/// Does what the arguments say, tells a failure, and returns the program's exit code.
pub async fn run(args: Args) -> Exit {
    let output = Output::new(args.global.json);
    let done = dispatch(args, output).await;
    telemetry::end().await;
    done.unwrap_or_else(|failure| failure.tell())
}

async fn dispatch(args: Args, output: Output) -> Result<Exit, Failure> {
    let Args { global, command } = args;
    let sources = Sources::of_process(global.config);
    let heard = Heard::of(&command);
    let settings = || settle(&sources, heard, global.verbose);
    match command {
        // These work without settings, or are about them.
        Command::Completions { shell } => completions::run(shell),
        Command::Man { out } => man::run(out.as_deref()),
        Command::Openapi => openapi::run(),
        Command::Understand(args) => understand::run(&args),
        Command::Config { action } => config::run(action, &sources, output).await,
        Command::Healthcheck(args) => healthcheck::run(&args, &settings()?, output).await,
        Command::Demo(args) => crate::demo::run(args, &settings()?, output).await,
        Command::Serve(args) => serve::run(&args, &settings()?, output).await,
        Command::Migrate(args) => migrate::run(&args, &settings()?, output).await,
        Command::Audit { action } => audit::run(action, settings, output).await,
        Command::Backup(args) => backup::run(&args, &settings()?, output).await,
        Command::Restore(args) => restore::run(&args, &settings()?, output).await,
        Command::Keys { action } => keys::run(action, &settings()?, output).await,
        Command::Projections { action } => projections::run(action, &settings()?, output).await,
        Command::OnDatabase(command) => on_database(command, global.company, &settings()?, output).await,
    }
}

/// Reads the settings and starts the log that they order.
fn settle(sources: &Sources, heard: Heard, verbose: bool) -> Result<Config, Failure> {
    let config = Config::load(sources)?;
    telemetry::init(&heard.log(&config, verbose), &heard.elsewhere(&config))?;
    Ok(config)
}

async fn on_database(
    command: OnDatabase,
    company: Option<CompanyId>,
    config: &Config,
    output: Output,
) -> Result<Exit, Failure> {
    let desk = Desk::open(config, company, output).await?;
    let done = match command {
        OnDatabase::Account { action } => account::run(&desk, action).await,
        OnDatabase::Company { action } => company::run(&desk, action).await,
        OnDatabase::Branch { action } => branch::run(&desk, action).await,
        OnDatabase::EventType { action } => event_type::run(&desk, action).await,
        OnDatabase::Staff { action } => staff::run(&desk, action).await,
        OnDatabase::Number { action } => number::run(&desk, action).await,
        OnDatabase::Agent { action } => agent::run(&desk, action).await,
        OnDatabase::Key { action } => key::run(&desk, action).await,
        OnDatabase::User { action } => user::run(&desk, action).await,
        OnDatabase::Secret { action } => secret::run(&desk, action).await,
        OnDatabase::Sync { action } => sync::run(&desk, action).await,
        OnDatabase::Import(args) => import::run(&desk, args).await,
        OnDatabase::Doctor(args) => doctor::run(&desk, &args).await,
        OnDatabase::Reconcile(args) => reconcile::run(&desk, &args).await,
        OnDatabase::Webhooks { action } => webhooks::run(&desk, action).await,
        OnDatabase::Calls { action } => calls::run(&desk, action).await,
        OnDatabase::Appointments { action } => appointments::run(&desk, action).await,
        OnDatabase::Desk { action } => desk_rules::run(&desk, action).await,
        OnDatabase::Alert { action } => alert::run(&desk, action).await,
        OnDatabase::Mail { action } => mail::run(&desk, action).await,
        OnDatabase::Callbacks { action } => callbacks::run(&desk, action).await,
        OnDatabase::Customer { action } => customer::run(&desk, action).await,
        OnDatabase::Events { action } => events::run(&desk, action).await,
        OnDatabase::Fill(args) => fill::run(&desk, &args).await,
    };
    desk.app.store.close().await;
    done
}

/// What is heard of a command unless more is asked for. Only what runs on writes its doings down; others speak when
/// something is wrong. The demo orders its faults, and tells of each itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Serve,
    Demo,
    Command,
}

impl Heard {
    fn of(command: &Command) -> Self {
        match command {
            Command::Serve(_) => Self::Serve,
            Command::Demo(_) => Self::Demo,
            _ => Self::Command,
        }
    }

    fn log(self, config: &Config, verbose: bool) -> LogSettings {
        let mut settings = config.log.clone();
        settings.folder.take_if(|_| self == Self::Command);
        let filter = match self {
            _ if verbose => format!("{},ringbuch_api=debug,ringbuch_adapters=debug", settings.filter),
            Self::Demo if settings.folder.is_none() => "error".into(),
            Self::Serve | Self::Demo => settings.filter,
            Self::Command => "warn".into(),
        };
        LogSettings { filter, ..settings }
    }

    fn elsewhere(self, config: &Config) -> Elsewhere {
        if self == Self::Command {
            return Elsewhere::default();
        }
        Elsewhere {
            collector: config.otlp_endpoint.as_ref().map(|url| url.as_str().to_owned()),
            sentry: config.sentry_dsn.clone(),
            allow_loopback: config.allow_loopback,
        }
    }
}

#[cfg(test)]
mod tests;
