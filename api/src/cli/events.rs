//! `ringbuch events`: the log itself. Private parts are never shown; who may see what a person said asks for the call.

use super::args::EventsAction;
use super::desk::Desk;
use super::output::printable;
use super::public_event;
use super::{Exit, Failure};
use crate::history::{concerns, newest};
use crate::http::v1::ShownEvent;
use indicatif::ProgressBar;
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Events that are read at once.
const AT_ONCE: usize = 500;

pub async fn run(desk: &Desk<'_>, action: EventsAction) -> Result<Exit, Failure> {
    match action {
        EventsAction::Show { stream } => show(desk, &stream).await?,
        EventsAction::Tail { lines, no_follow } => tail(desk, lines as usize, !no_follow).await?,
        EventsAction::Export { after, out } => export(desk, after, out).await?,
    }
    Ok(Exit::Done)
}

async fn show(desk: &Desk<'_>, stream: &str) -> Result<(), Failure> {
    let stream = StreamId::from_stored(stream);
    let envelopes = desk.app.journal.log().read_stream(&stream, 0).await?;
    let events: Vec<ShownEvent> =
        envelopes.into_iter().filter(|it| concerns(desk.scope(), it)).map(Into::into).collect();
    if events.is_empty() {
        let hint = "streams are named like call-COMPANY-ID, diary-COMPANY-DATE or webhook-ID; `events tail` shows some";
        return Err(Failure::new(format!("there is no stream '{}'", printable(stream.as_str()))).hint(hint));
    }
    let local = desk.local(events.first().and_then(|event| event.company.as_ref()));
    desk.output.list(&events, &["#", "Time", "What happened", "Data"], |event| {
        vec![event.revision.to_string(), local.exact(event.time), event.kind.clone(), event.data.to_string()]
    })
}

async fn tail(desk: &Desk<'_>, lines: usize, follow: bool) -> Result<(), Failure> {
    let log = desk.app.journal.log();
    let head = log.head().await?;
    let newest = newest(log, desk.scope(), u64::MAX, lines, usize::MAX).await?;
    // What came in between is shown once.
    let mut position = newest.events.first().map_or(head, |event| event.position.max(head));
    for envelope in newest.events.into_iter().rev() {
        if !say(desk, envelope)? {
            return Ok(());
        }
    }
    if !follow {
        return Ok(());
    }
    tokio::select! {
        ended = follow_log(desk, &mut position) => ended,
        // To be interrupted is how this ends.
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn follow_log(desk: &Desk<'_>, position: &mut u64) -> Result<(), Failure> {
    let log = desk.app.journal.log();
    loop {
        log.wait_for_news(*position).await?;
        for envelope in log.read_all(*position, AT_ONCE).await? {
            *position = envelope.position;
            if concerns(desk.scope(), &envelope) && !say(desk, envelope)? {
                return Ok(());
            }
        }
    }
}

/// False where nobody listens any more.
fn say(desk: &Desk<'_>, envelope: Envelope) -> Result<bool, Failure> {
    let event = ShownEvent::from(envelope);
    let local = desk.local(event.company.as_ref());
    let line = if desk.output.is_json() { json(&event)? } else { public_event::line(&event, &local) };
    let mut stdout = io::stdout().lock();
    listened(writeln!(stdout, "{line}").and_then(|()| stdout.flush()))
}

fn json(event: &ShownEvent) -> Result<String, Failure> {
    serde_json::to_string(event).map_err(|error| Failure::new(error.to_string()))
}

/// False where a pipe was closed, which is no failure.
fn listened(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn export(desk: &Desk<'_>, after: u64, out: Option<PathBuf>) -> Result<(), Failure> {
    let Some(path) = out else {
        let mut stdout = BufWriter::new(io::stdout());
        pour(desk, after, &mut stdout, &ProgressBar::hidden()).await?;
        return listened(stdout.flush()).map(|_| ());
    };
    let mut file = BufWriter::new(create(&path)?);
    let progress = ProgressBar::new(desk.app.journal.log().behind(after).await?);
    let written = pour(desk, after, &mut file, &progress).await?;
    file.flush().and_then(|()| file.get_ref().sync_all())?;
    progress.finish_and_clear();
    let report = serde_json::json!({"file": path, "events": written});
    desk.output.value(&report, || format!("{written} events are in {}", path.display()))
}

/// The log is nobody else's business, and a file that is there already may be an older export.
fn create(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        let told = Failure::new(format!("the file {} cannot be made: {error}", path.display()));
        if error.kind() == io::ErrorKind::AlreadyExists { told.hint("name one that does not exist yet") } else { told }
    })
}

/// Writes what follows a position, and says how many events that were.
async fn pour(desk: &Desk<'_>, after: u64, to: &mut impl Write, progress: &ProgressBar) -> Result<u64, Failure> {
    let (mut position, mut read, mut written) = (after, 0, 0);
    loop {
        let part = desk.app.journal.log().read_all(position, AT_ONCE).await?;
        read += part.len() as u64;
        let Some(last) = part.last().map(|envelope| envelope.position) else { return Ok(written) };
        for envelope in part.into_iter().filter(|it| concerns(desk.scope(), it)) {
            let line = json(&ShownEvent::from(envelope))?;
            if !listened(writeln!(to, "{line}"))? {
                return Ok(written);
            }
            written += 1;
        }
        position = last;
        progress.set_position(read);
    }
}
