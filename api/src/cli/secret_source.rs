//! Secrets that are typed or piped in. They are never arguments, which every user of the machine could read.

use super::Failure;
use secrecy::SecretString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

/// Where a secret comes from; stdin if nothing is said.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(multiple = false)]
pub struct SecretSource {
    /// Read the secret from this file instead of stdin
    #[arg(long, value_name = "FILE")]
    pub from_file: Option<PathBuf>,
    /// Read the secret from this variable of the environment instead of stdin
    #[arg(long, value_name = "VARIABLE")]
    pub from_env: Option<String>,
}

impl SecretSource {
    /// The secret without the line's end. An empty one is a failure.
    pub fn read(&self) -> Result<SecretString, Failure> {
        let text = match self {
            Self { from_file: Some(path), .. } => std::fs::read_to_string(path)
                .map_err(|error| Failure::new(format!("the secret cannot be read from {}: {error}", path.display())))?,
            Self { from_env: Some(name), .. } => std::env::var(name)
                .map_err(|_| Failure::new(format!("the variable {name} is not set, or is not text")))?,
            Self { .. } => ask()?,
        };
        secret(&text)
    }
}

fn ask() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        let _ = write!(io::stderr(), "Paste the secret and press Enter (it will be visible): ");
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("the secret cannot be read from stdin: {error}")))?;
    Ok(line)
}

fn secret(text: &str) -> Result<SecretString, Failure> {
    match text.trim() {
        "" => Err(Failure::usage("the secret is empty").hint("pipe it in: `ringbuch secret set … < file`")),
        text if text.contains(char::is_whitespace) => {
            Err(Failure::usage("the secret has more than one line or a space in it").hint("give the secret alone"))
        }
        text => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_loses_its_line_end_and_nothing_else() {
        assert_eq!(secret("key_1\r\n").unwrap().expose_secret(), "key_1");
        for bad in ["", "\n", "two words", "two\nlines"] {
            assert!(secret(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let source = SecretSource { from_file: Some("/nowhere/key".into()), from_env: None };
        assert!(source.read().unwrap_err().to_string().contains("/nowhere/key"));
    }
}
