//! `ringbuch openapi`: the description of the API, as a server gives it.

use super::{Exit, Failure};
use crate::http::openapi::document;
use std::io::{self, Write};

pub fn run() -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(document()).map_err(|error| Failure::new(error.to_string()))?;
    match writeln!(io::stdout(), "{text}") {
        // To be cut short by a pipe is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}
