//! The newest events of a company, one stream's events, and how that stream stood at a moment.

use crate::dashboard::happened::{Happened, pretty};
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::history::{self, visible};
use crate::http::v1::ShownEvent;
use crate::journal::JournalError;
use crate::past::{Moment, PastError, stand};
use crate::problem::Problem;
use askama::Template;
use jiff::Timestamp;
use ringbuch_domain::recorded::{Envelope, StreamId};
use warp::reply::Response;

/// Events on one page.
const LISTED: usize = 50;
/// Events looked through for one; where most of them are other companies', it holds fewer.
const LOOKED_THROUGH: usize = 2_000;

#[derive(Template)]
#[template(path = "history.html")]
struct Newest {
    page: Page,
    events: Vec<Happened>,
    next: Option<String>,
    /// Streams that every company has.
    known: Vec<(&'static str, StreamId)>,
}

pub async fn newest(visit: Visit) -> Result<Response, Problem> {
    if let Some(stream) = visit.query.text("stream") {
        let address = visit.page("history.title").link("/history/streams", stream.trim());
        return Ok(crate::dashboard::visit::see_other(&address));
    }
    let before = visit.query.get("before")?.unwrap_or(u64::MAX);
    let log = visit.app.journal.log();
    let found =
        history::newest(log, visit.scope(), before, LISTED, LOOKED_THROUGH).await.map_err(JournalError::from)?;
    let page = visit.page("history.title");
    let today = visit.now().to_zoned(page.zone()).date();
    let company = visit.company();
    html(&Newest {
        next: found.next.map(|next| page.url(&format!("/history?before={next}"))),
        events: found.events.into_iter().map(|event| ShownEvent::from(event).into()).collect(),
        known: vec![
            ("company", StreamId::company(company)),
            ("access", StreamId::access(company)),
            ("diary", StreamId::diary(company, today)),
        ],
        page,
    })
}

#[derive(Template)]
#[template(path = "history_stream.html")]
struct StreamPage {
    page: Page,
    stream: StreamId,
    events: Vec<Happened>,
    next: Option<String>,
    state: String,
}

pub async fn one(visit: Visit) -> Result<Response, Problem> {
    let (stream, after) = (stream(&visit)?, visit.query.get("after")?.unwrap_or(0u64));
    let mut events = read(&visit, &stream).await?;
    events.retain(|event| event.revision > after);
    let more = events.len() > LISTED;
    events.truncate(LISTED);
    let page = visit.page("history.stream");
    let here = page.link("/history/streams", &stream);
    let last = events.last().filter(|_| more).map(|last| last.revision);
    html(&StreamPage {
        next: last.map(|last| format!("{here}?after={last}")),
        state: format!("{here}/state"),
        events: events.into_iter().map(|event| ShownEvent::from(event).into()).collect(),
        stream,
        page,
    })
}

#[derive(Template)]
#[template(path = "history_state.html")]
struct StatePage {
    page: Page,
    stream: StreamId,
    kind: &'static str,
    revision: u64,
    position: u64,
    time: Timestamp,
    state: String,
    /// Events with a part that belongs to somebody, which is not shown: revision and kind.
    private: Vec<(u64, String)>,
    /// What was asked for, to be asked otherwise.
    at: String,
}

pub async fn state(visit: Visit) -> Result<Response, Problem> {
    let (stream, at) = (stream(&visit)?, visit.query.text("at").unwrap_or_default().to_owned());
    let position = visit.query.get("position")?.map(Moment::Position);
    let moment = visit.local_time("at")?.map(Moment::Time).or(position);
    let events = read(&visit, &stream).await?;
    let stood = stand(None, stream, events, moment).await.map_err(|error| match error {
        PastError::NotYet { position, time } => {
            let local = time.to_zoned(visit.page("history.state").zone());
            let began = local.strftime("%Y-%m-%d %H:%M:%S %Z");
            Problem::unusable(
                "not_yet",
                format!("The stream did not exist then. It began at position {position}, {began}."),
            )
        }
        other => other.into(),
    })?;
    html(&StatePage {
        page: visit.page("history.state"),
        kind: stood.kind,
        revision: stood.revision,
        position: stood.position,
        time: stood.time,
        state: pretty(&serde_json::to_value(&stood.state).unwrap_or_default()),
        private: stood.private.into_iter().map(|part| (part.revision, part.kind)).collect(),
        stream: stood.stream,
        at,
    })
}

fn stream(visit: &Visit) -> Result<StreamId, Problem> {
    Ok(StreamId::from_stored(visit.id::<String>("stream")?))
}

/// Whatever of it concerns the company; a stream of which nothing does is not there.
async fn read(visit: &Visit, stream: &StreamId) -> Result<Vec<Envelope>, Problem> {
    let events = visit.app.journal.log().read_stream(stream, 0).await.map_err(JournalError::from)?;
    let events = visible(visit.scope(), events);
    if events.is_empty() { Err(Problem::not_found("stream")) } else { Ok(events) }
}
