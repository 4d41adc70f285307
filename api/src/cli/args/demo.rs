//! Arguments of `ringbuch demo`.

use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// The port of the dashboard and the API
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// How many calls are played
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub calls: u32,
    /// Where data is kept; without it a temporary folder, which goes at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The same number plays the same calls
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How much goes wrong on purpose, at the providers and on the way
    #[arg(long, value_enum, default_value_t = Faults::None)]
    pub faults: Faults,
    /// Wait until everything is settled, print the summary and end; it fails if something was lost or booked twice
    #[arg(long)]
    pub exit: bool,
    /// Write what became of every caller there, a JSON object a line, to compare runs of one story
    #[arg(long, value_name = "FILE", requires = "exit")]
    pub outcomes: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Faults {
    None,
    /// Now and then a slow answer, an error or a repeated webhook
    Mild,
    /// Time-outs after booking, cut connections, errors, rate limits, an outage, lost and repeated webhooks
    Harsh,
}
