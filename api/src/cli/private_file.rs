//! Files that hold what nobody else may read.

use super::Failure;
use std::fs::{File, OpenOptions};
use std::path::Path;

/// A new file that only its owner may read. One that is there is never overwritten.
pub fn create(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failure::new(format!("{} cannot be made: {error}", path.display())))
}
