//! One exported table: a CSV file whose columns are known by several names, read row by row.

use super::report::Fault;
use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a table may be called, and what its columns may be called; the first name is the one that faults are told with.
pub struct Shape {
    pub files: &'static [&'static str],
    pub columns: &'static [&'static [&'static str]],
}

/// Where each known column stands.
type Places = HashMap<&'static str, usize>;

pub struct Table {
    /// As it is called in the folder.
    pub file: String,
    /// Columns of the file that nothing is read from.
    pub unused: Vec<String>,
    pub bytes: u64,
    reader: Reader<File>,
    places: Arc<Places>,
}

/// Why a table cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: csv::Error },
    #[error("{path} cannot be opened: {source}")]
    Closed { path: PathBuf, source: std::io::Error },
    #[error("{path} names the column '{column}' twice")]
    Twice { path: PathBuf, column: String },
}

impl Table {
    /// The table, if the folder has a file for it.
    pub fn open(folder: &Path, shape: &Shape) -> Result<Option<Self>, TableError> {
        let named = |name: &&'static str| folder.join(format!("{name}.csv"));
        let Some(path) = shape.files.iter().map(named).find(|path| path.is_file()) else {
            return Ok(None);
        };
        let closed = |source| TableError::Closed { path: path.clone(), source };
        let file = File::open(&path).map_err(closed)?;
        let bytes = file.metadata().map_err(closed)?.len();
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.headers().map_err(|source| TableError::Unreadable { path: path.clone(), source })?.clone();
        let (places, unused) = places(&header, shape, &path)?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Some(Self { file, unused, bytes, reader, places: Arc::new(places) }))
    }

    /// How far it was read, in bytes.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next row; a row that is no text at all is a fault of its line.
    pub fn next(&mut self) -> Option<Result<Row, Fault>> {
        let mut record = ByteRecord::new();
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                let text = StringRecord::from_byte_record(record);
                Some(match text {
                    Ok(record) => Ok(Row { line, record, places: Arc::clone(&self.places) }),
                    Err(_) => Err(Fault::of_row("is not UTF-8; export the table as UTF-8").at(line)),
                })
            }
            Err(error) => Some(Err(Fault::of_row(format!("cannot be read: {error}")).at(line))),
        }
    }
}

fn places(header: &StringRecord, shape: &Shape, path: &Path) -> Result<(Places, Vec<String>), TableError> {
    let (mut places, mut unused) = (Places::new(), vec![]);
    for (place, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
        let known = shape.columns.iter().find(|names| names.contains(&name.as_str()));
        match known.and_then(|names| names.first()) {
            Some(column) if header.iter().filter(|other| other.trim().eq_ignore_ascii_case(&name)).count() > 1 => {
                return Err(TableError::Twice { path: path.to_owned(), column: (*column).to_owned() });
            }
            // Of two names for the same thing the first in the file counts.
            Some(column) if !places.contains_key(column) => {
                places.insert(column, place);
            }
            _ => unused.push(name),
        }
    }
    Ok((places, unused))
}

/// One line of a table.
#[derive(Debug, Clone)]
pub struct Row {
    pub line: u64,
    record: StringRecord,
    places: Arc<Places>,
}

impl Row {
    /// The value, unless it is empty or says that there is none.
    pub fn text(&self, column: &str) -> Option<&str> {
        let place = *self.places.get(column)?;
        let value = self.record.get(place)?.trim();
        let absent = value.is_empty() || value.eq_ignore_ascii_case("null") || value == "\\N";
        (!absent).then_some(value)
    }

    /// The value, which must be there.
    pub fn needed(&self, column: &'static str) -> Result<&str, Fault> {
        self.text(column).ok_or_else(|| match self.places.contains_key(column) {
            true => Fault::of(column, "is empty"),
            false => Fault::of(column, "is missing: the file has no such column"),
        })
    }

    /// A value that has a form of its own, if there is one.
    pub fn parsed<T: std::str::FromStr>(&self, column: &'static str, form: &str) -> Result<Option<T>, Fault> {
        let Some(value) = self.text(column) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| Fault::of(column, format!("is no {form}")))
    }

    /// `1`, `true`, `yes`, `t` and their opposites.
    pub fn flag(&self, column: &'static str) -> Result<Option<bool>, Fault> {
        let Some(value) = self.text(column) else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "t" | "y" | "ja" => Ok(Some(true)),
            "0" | "false" | "no" | "f" | "n" | "nein" => Ok(Some(false)),
            _ => Err(Fault::of(column, "is neither true nor false")),
        }
    }

    /// All that the line says, for telling whether it says the same as before.
    pub fn whole(&self) -> String {
        self.record.iter().collect::<Vec<_>>().join("\u{1f}")
    }
}
