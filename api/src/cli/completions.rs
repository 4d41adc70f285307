//! `ringbuch completions SHELL`: the script that lets a shell complete commands and options.

use super::{Args, Exit, Failure};
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use std::io::{self, Write};

pub fn run(shell: Shell) -> Result<Exit, Failure> {
    io::stdout().write_all(&script(shell))?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = vec![];
    generate(shell, &mut Args::command(), "ringbuch", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_learns_every_command() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            assert!(script.contains("healthcheck") && script.contains("event-type"), "{shell}");
        }
    }
}
