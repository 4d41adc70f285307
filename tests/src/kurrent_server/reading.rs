//! `Read`: a stream or the whole log, forwards or backwards, filtered, and as a subscription that goes on.
#![expect(clippy::result_large_err, reason = "the error is the library's own")]

use super::Inner;
use super::book::Record;
use super::messages::read_req::{AllFrom, Count, Expression, Filter, On, Options, Source, StreamFrom};
use super::messages::read_resp::{self, Content, ReadEvent, RecordedEvent};
use super::messages::{Id, ReadReq, ReadResp, StreamIdentifier, id};
use super::service::{at, name};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use std::sync::Arc;
use tokio::sync::mpsc;
use tonic::server::ServerStreamingService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// The one regular expression that is understood: the client's own for leaving system events out.
const NO_SYSTEM_EVENTS: &str = r"^[^\$].*";

pub struct Read(pub Arc<Inner>);

impl ServerStreamingService<ReadReq> for Read {
    type Response = ReadResp;
    type ResponseStream = BoxStream<'static, Result<ReadResp, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<ReadReq>) -> Self::Future {
        let read = request.into_inner().options.ok_or_else(|| Status::invalid_argument("the options are missing"));
        let inner = Arc::clone(&self.0);
        async move { Ok(Response::new(read.and_then(|options| self::read(&inner, &options))?)) }.boxed()
    }
}

fn read(inner: &Arc<Inner>, options: &Options) -> Result<BoxStream<'static, Result<ReadResp, Status>>, Status> {
    let backwards = options.read_direction == 1;
    match (&options.source, &options.count) {
        (Some(Source::Stream(source)), Some(Count::Count(count))) => {
            let stream = name(source.stream_identifier.as_ref())?;
            let found = of_stream(inner, &stream, source.from, backwards, *count);
            Ok(stream::iter(found.into_iter().map(Ok)).boxed())
        }
        (Some(Source::All(source)), Some(Count::Count(count))) => {
            let wanted = wanted(options.filter.as_ref())?;
            let found = of_all(inner, source.from.as_ref(), backwards)?.into_iter().filter(move |it| wanted(it));
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            let found: Vec<_> = found.take(count).map(|record| event(&record)).collect();
            Ok(stream::iter(found.into_iter().map(Ok)).boxed())
        }
        (Some(Source::All(source)), Some(Count::Subscription(()))) if !backwards => {
            subscribe(inner, source.from.as_ref(), options.filter.as_ref())
        }
        _ => Err(Status::unimplemented("that combination is not spoken here")),
    }
}

fn of_stream(inner: &Inner, stream: &str, from: Option<StreamFrom>, backwards: bool, count: u64) -> Vec<ReadResp> {
    let book = inner.book.lock().unwrap();
    let Some(mut held) = book.stream(stream) else {
        let stream_identifier = Some(StreamIdentifier { stream_name: stream.as_bytes().to_vec() });
        return vec![content(Content::StreamNotFound(read_resp::StreamNotFound { stream_identifier }))];
    };
    match (from, backwards) {
        (Some(StreamFrom::Revision(number)), false) => held.retain(|record| record.number >= number),
        (Some(StreamFrom::Revision(number)), true) => held.retain(|record| record.number <= number),
        _ => {}
    }
    if backwards {
        held.reverse();
    }
    held.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX)).map(event).collect()
}

/// Forwards from a position that record comes first; backwards it is the first that is left out. A position at which no
/// record stands is none.
fn of_all(inner: &Inner, from: Option<&AllFrom>, backwards: bool) -> Result<Vec<Record>, Status> {
    let book = inner.book.lock().unwrap();
    let position = match from {
        Some(AllFrom::Position(position)) => position.commit_position,
        Some(AllFrom::End(())) => book.end(),
        _ => 0,
    };
    let stands = position == book.end() || book.records().iter().any(|record| record.position == position);
    if !stands {
        return Err(Status::invalid_argument("Trying to read from an invalid position."));
    }
    let (before, after): (Vec<_>, Vec<_>) = book.records().iter().cloned().partition(|it| it.position < position);
    Ok(if backwards { before.into_iter().rev().collect() } else { after })
}

type Wanted = Box<dyn Fn(&Record) -> bool + Send>;

fn wanted(filter: Option<&Filter>) -> Result<Wanted, Status> {
    let Some(Filter::Filter(filter)) = filter else { return Ok(Box::new(|_| true)) };
    match &filter.on {
        Some(On::EventType(expression)) => {
            let matches = matching(expression)?;
            Ok(Box::new(move |record| matches(&record.kind)))
        }
        Some(On::StreamIdentifier(expression)) => {
            let matches = matching(expression)?;
            Ok(Box::new(move |record| matches(&record.stream)))
        }
        None => Err(Status::invalid_argument("the filter is on nothing")),
    }
}

fn matching(expression: &Expression) -> Result<impl Fn(&str) -> bool + Send + use<>, Status> {
    let Expression { regex, prefix } = expression.clone();
    if !regex.is_empty() && regex != NO_SYSTEM_EVENTS {
        return Err(Status::invalid_argument("this regular expression is not understood here"));
    }
    Ok(
        move |text: &str| {
            if regex.is_empty() { prefix.iter().any(|it| text.starts_with(it)) } else { !text.starts_with('$') }
        },
    )
}

/// Confirms, sends what is there behind the position, says that this was all, and goes on with what comes.
fn subscribe(
    inner: &Arc<Inner>,
    from: Option<&AllFrom>,
    filter: Option<&Filter>,
) -> Result<BoxStream<'static, Result<ReadResp, Status>>, Status> {
    let wanted = wanted(filter)?;
    let (mut grown, mut sent) = {
        let book = inner.book.lock().unwrap();
        let sent = match from {
            Some(AllFrom::Position(after)) => {
                book.records().iter().take_while(|record| record.position <= after.commit_position).count()
            }
            Some(AllFrom::End(())) => book.records().len(),
            _ => 0,
        };
        (book.grown.subscribe(), sent)
    };
    let (sender, mut receiver) = mpsc::channel(64);
    let inner = Arc::clone(inner);
    tokio::spawn(async move {
        let confirmed = read_resp::Confirmation { subscription_id: Uuid::new_v4().to_string() };
        let mut alive = sender.send(Ok(content(Content::Confirmation(confirmed)))).await.is_ok();
        let mut caught_up = false;
        while alive {
            let fresh: Vec<Record> = inner.book.lock().unwrap().records()[sent..].to_vec();
            sent += fresh.len();
            for record in fresh {
                let message =
                    if wanted(&record) { event(&record) } else { content(Content::Checkpoint(at(record.position))) };
                alive &= sender.send(Ok(message)).await.is_ok();
            }
            if !caught_up {
                caught_up = true;
                alive &= sender.send(Ok(content(Content::CaughtUp(())))).await.is_ok();
            }
            tokio::select! {
                changed = grown.changed() => alive &= changed.is_ok(),
                () = sender.closed() => alive = false,
            }
        }
    });
    Ok(stream::poll_fn(move |context| receiver.poll_recv(context)).boxed())
}

fn event(record: &Record) -> ReadResp {
    let metadata = [
        ("type".to_owned(), record.kind.clone()),
        ("content-type".to_owned(), record.content_type.clone()),
        ("created".to_owned(), "17513604000000000".to_owned()),
    ];
    let event = RecordedEvent {
        id: Some(Id { value: Some(id::Value::Text(record.id.to_string())) }),
        stream_identifier: Some(StreamIdentifier { stream_name: record.stream.as_bytes().to_vec() }),
        stream_revision: record.number,
        prepare_position: record.position,
        commit_position: record.position,
        metadata: metadata.into(),
        custom_metadata: record.custom_metadata.clone(),
        data: record.data.clone(),
    };
    content(Content::Event(ReadEvent { event: Some(event), commit_position: Some(record.position) }))
}

fn content(content: Content) -> ReadResp {
    ReadResp { content: Some(content) }
}
