//! `ringbuch completions SHELL`: the script that lets a shell complete commands and options.

use super::{Args, Exit, Failure};
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use std::io::{self, Write};

pub fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut script = vec![];
    generate(shell, &mut Args::command(), "ringbuch", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}
