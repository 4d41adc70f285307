//! How a command speaks: an answer on stdout, as a table or as JSON, and a failure as a line on stderr that says what was
//! wrong and what to do.

use crate::config::ConfigError;
use crate::pushing::PushError;
use crate::telemetry::TelemetryError;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

/// What the program's exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    WrongUsage = 2,
    /// What was looked at was found, but not as it should be.
    NotAsItShouldBe = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    what: String,
    hint: Option<String>,
    exit: Exit,
}

impl Failure {
    /// What was wrong, in one sentence without a full stop.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, exit: Exit::Failed }
    }

    /// The arguments cannot mean anything.
    pub fn usage(what: impl Into<String>) -> Self {
        Self { exit: Exit::WrongUsage, ..Self::new(what) }
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says it on stderr.
    pub fn tell(&self) -> Exit {
        // Where even stderr is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{self}");
        self.exit
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ringbuch: {}", self.what.replace('\n', "\nringbuch: "))?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        let told = Self::new(whole(&error));
        match error {
            PushError::ChangedMeanwhile { there } => told.hint(format!("at the provider: {there}")),
            _ => told,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<TelemetryError> for Failure {
    fn from(error: TelemetryError) -> Self {
        Self::new(error.to_string())
    }
}

/// Errors from below say themselves what was wrong; what they stand on is told behind them.
macro_rules! failures {
    ($($error:ty),+ $(,)?) => {
        $( impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(whole(&error))
            }
        } )+
    };
}

failures!(
    crate::app::StartError,
    crate::backup::BackupError,
    crate::backup::RestoreError,
    crate::doctor::FollowError,
    crate::import::ImportError,
    crate::journal::JournalError,
    crate::privacy::EraseError,
    crate::privacy::ExportError,
    crate::privacy::ForgetError,
    crate::reconcile::ReconcileError,
    crate::replay::ReplayError,
    crate::sync::SyncError,
    crate::runners::ProjectorError,
    crate::setup::SetUpError,
    crate::trace::TraceError,
    ringbuch_adapters::chain::SigningFault,
    ringbuch_adapters::key_store::KeyStoreError,
    ringbuch_adapters::outbound::NoClient,
    ringbuch_adapters::sealing::CheckFault,
    ringbuch_adapters::sealing::RotationFault,
    ringbuch_adapters::store::OpenError,
    ringbuch_adapters::store::ServeLockError,
    ringbuch_domain::ports::LogError,
    ringbuch_projections::rows::RowsError,
);

/// An error with its causes, each said once.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes
        .map(ToString::to_string)
        .fold(error.to_string(), |told, cause| if told.contains(&cause) { told } else { format!("{told}: {cause}") })
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(format!("the answer could not be written: {error}"))
    }
}

/// Where answers go, and in which form.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    pub fn is_json(self) -> bool {
        self.json
    }

    /// A list: a JSON array, or a table.
    pub fn list<T: Serialize>(
        self,
        items: &[T],
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        self.value(&items, || table(columns, items.iter().map(row)))
    }

    /// One thing: JSON, or what `told` makes of it.
    pub fn value<T: Serialize>(self, value: &T, told: impl FnOnce() -> String) -> Result<(), Failure> {
        let json = || serde_json::to_string(value).map_err(|error| Failure::new(error.to_string()));
        let text = if self.json { json()? } else { told() };
        write_line(&mut io::stdout().lock(), &text)
    }
}

/// A pipe that was closed wants no more, which is no failure.
fn write_line(to: &mut impl Write, text: &str) -> Result<(), Failure> {
    match writeln!(to, "{text}").and_then(|()| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Rows under their headings; without rows a word that says so.
pub fn table(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = plain();
    table.set_header(columns.to_vec());
    table.add_rows(rows.map(|row| row.iter().map(|cell| printable(cell)).collect::<Vec<_>>()));
    if table.is_empty() { "none".into() } else { table.trim_fmt() }
}

/// One thing, a line for each of its fields; fields without a value are left out.
pub fn card(fields: impl IntoIterator<Item = (&'static str, Option<String>)>) -> String {
    let mut table = plain();
    let known = fields.into_iter().filter_map(|(name, value)| Some([name.to_owned(), printable(&value?)]));
    table.add_rows(known);
    table.trim_fmt()
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// What callers say must not be able to steer the terminal that shows it.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// Several words in one cell; a dash where there are none.
pub fn words<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    if words.is_empty() { "-".into() } else { words.join(", ") }
}

/// What may be absent, in one cell.
pub fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_was_wrong_and_what_to_do() {
        let failure = Failure::new("the branch 'mitte' does not exist").hint("add it with `ringbuch branch add mitte`");
        assert_eq!(
            failure.to_string(),
            "ringbuch: the branch 'mitte' does not exist; add it with `ringbuch branch add mitte`"
        );
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert_eq!(write_line(&mut Closed, "text"), Ok(()));
    }

    #[test]
    fn a_cause_that_is_told_already_is_not_told_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("the door is shut")]
        struct Shut;
        #[derive(Debug, thiserror::Error)]
        enum Entry {
            #[error("nobody came in")]
            Silent(#[source] Shut),
            #[error("nobody came in, since {0}")]
            Telling(#[source] Shut),
        }
        assert_eq!(whole(&Entry::Silent(Shut)), "nobody came in: the door is shut");
        assert_eq!(whole(&Entry::Telling(Shut)), "nobody came in, since the door is shut");
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let text = table(&["Name"], [vec!["Max\u{1b}[2J Mustermann".to_owned()]].into_iter());
        assert!(!text.contains('\u{1b}') && text.contains("Mustermann"), "{text}");
        let text = card([("Name", Some("Max\u{7}".to_owned())), ("Phone", None)]);
        assert!(!text.contains('\u{7}') && text.contains("Max") && !text.contains("Phone"), "{text}");
    }

    #[test]
    fn a_table_has_its_rows_or_says_that_there_are_none() {
        let text = table(&["Id", "Name"], [vec!["salon".to_owned(), "Salon Mitte".to_owned()]].into_iter());
        assert!(text.contains("Id") && text.contains("Salon Mitte"));
        assert_eq!(table(&["Id"], std::iter::empty()), "none");
    }
}
