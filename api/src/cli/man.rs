//! `ringbuch man`: the manual page, or with `--out` one page for every command.

use super::{Args, Exit, Failure};
use clap::CommandFactory;
use clap_mangen::{Man, generate_to};
use std::io;
use std::path::Path;

pub fn run(out: Option<&Path>) -> Result<Exit, Failure> {
    match out {
        Some(folder) => generate_to(Args::command(), folder).map_err(|error| {
            Failure::new(format!("nothing can be written into {}: {error}", folder.display()))
                .hint("make the folder first")
        })?,
        None => Man::new(Args::command()).render(&mut io::stdout().lock())?,
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_page() {
        let folder = tempfile::tempdir().unwrap();
        run(Some(folder.path())).unwrap();
        for (page, says) in
            [("ringbuch.1", "understand"), ("ringbuch-serve.1", "no\\-migrate"), ("ringbuch-key-issue.1", "role")]
        {
            let text = std::fs::read_to_string(folder.path().join(page)).unwrap();
            assert!(text.contains(says), "{page}");
        }
        assert!(run(Some(Path::new("/nowhere/at/all"))).is_err());
    }
}
