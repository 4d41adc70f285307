//! `ringbuch import`: takes over what the replaced system kept, and lists what could not be taken in.

use super::args::ImportArgs;
use super::desk::Desk;
use super::output::{table, words};
use super::{Exit, Failure};
use crate::import::{Happening, Imported, Left, Order, import};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use std::fs::File;
use std::path::{Path, PathBuf};

/// So many of the rows that were left out are told; all of them stand in the file of rejects.
const TOLD: usize = 20;

pub async fn run(desk: &Desk<'_>, args: ImportArgs) -> Result<Exit, Failure> {
    let ImportArgs { folder, dry_run, account, clock, rejects } = args;
    // The name was looked up when it was typed.
    let clock = clock.and_then(|zone| TimeZone::get(&zone).ok());
    let mut told = Rejects::new(rejects)?;
    let progress = progress();
    let order = Order { folder, account, clock, dry_run };
    let imported = import(&desk.app, &order, &mut |happening| match happening {
        Happening::Read { file, at, of } => {
            progress.set_length(of);
            progress.set_position(at);
            progress.set_message(file.to_owned());
        }
        Happening::Left(left) => told.add(left),
    })
    .await;
    progress.finish_and_clear();
    let imported = imported?;
    told.finish()?;
    if !dry_run {
        desk.app.catch_up().await?;
    }
    let report = serde_json::json!({ "import": imported, "left_out": told.first });
    desk.output.value(&report, || summary(&imported, &told))?;
    Ok(if imported.left_out() == 0 { Exit::Done } else { Exit::NotAsItShouldBe })
}

/// On a terminal only.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {percent} % of {msg}, {eta} to go");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Rows that were left out: the first of them, and a file with all where one is wanted.
struct Rejects {
    first: Vec<Left>,
    file: Option<(PathBuf, csv::Writer<File>)>,
    trouble: Option<csv::Error>,
}

impl Rejects {
    fn new(path: Option<PathBuf>) -> Result<Self, Failure> {
        let file = path.map(|path| open(&path).map(|writer| (path, writer))).transpose()?;
        Ok(Self { first: vec![], file, trouble: None })
    }

    fn add(&mut self, left: Left) {
        if let Some((_, writer)) = &mut self.file {
            let line = left.fault.line.to_string();
            let written =
                writer.write_record([&left.file, &line, left.fault.column.unwrap_or_default(), &left.fault.problem]);
            self.trouble = self.trouble.take().or(written.err());
        }
        if self.first.len() < TOLD {
            self.first.push(left);
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let Some((path, writer)) = &mut self.file else { return Ok(()) };
        let flushed = writer.flush().err().map(csv::Error::from);
        match self.trouble.take().or(flushed) {
            Some(error) => Err(Failure::new(format!("{} cannot be written: {error}", path.display()))),
            None => Ok(()),
        }
    }
}

fn open(path: &Path) -> Result<csv::Writer<File>, Failure> {
    let unusable =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{} cannot be written: {error}", path.display()));
    let mut writer = csv::Writer::from_path(path).map_err(|error| unusable(&error))?;
    writer.write_record(["file", "line", "column", "problem"]).map_err(|error| unusable(&error))?;
    Ok(writer)
}

fn summary(imported: &Imported, told: &Rejects) -> String {
    let rows = imported.files.iter().map(|part| {
        let counts = [part.rows, part.taken, part.as_before, part.left_out];
        [vec![part.file.clone()], counts.map(|count| count.to_string()).to_vec()].concat()
    });
    let news = if imported.dry_run { "Would be taken in" } else { "Taken in" };
    let mut lines = vec![table(&["File", "Rows", news, "As before", "Left out"], rows)];
    lines.extend(told.first.iter().map(left_out));
    let more = imported.left_out().saturating_sub(told.first.len() as u64);
    if more > 0 {
        lines.push(format!("… and {more} more; --rejects FILE lists them all"));
    }
    let unused = imported.files.iter().filter(|part| !part.unused_columns.is_empty());
    lines.extend(unused.map(|part| format!("{}: nothing was read from {}", part.file, words(&part.unused_columns))));
    if !imported.dry_run && !imported.companies.is_empty() {
        lines.push("Next: `secret set`, then `sync all` and `doctor` for each company".into());
    }
    lines.join("\n")
}

fn left_out(left: &Left) -> String {
    let column = left.fault.column.map(|column| format!(", {column}")).unwrap_or_default();
    format!("left out: {} line {}{column}: {}", left.file, left.fault.line, left.fault.problem)
}
