//! The two methods of the streams service that are spoken, and `Append` itself.
#![expect(clippy::result_large_err, reason = "the error is the library's own")]

use super::book::{Outcome, Proposed};
use super::messages::append_req::{self, Expected};
use super::messages::append_resp::{self, Current, PositionOption, Success, Was, WrongExpectedVersion};
use super::messages::{AppendReq, AppendResp, Position, StreamIdentifier, id};
use super::reading::Read;
use super::{Fault, Inner};
use futures_util::{FutureExt, future::BoxFuture};
use hyper::body::Incoming;
use std::convert::Infallible;
use std::sync::Arc;
use tonic::body::Body;
use tonic::codec::ProstCodec;
use tonic::server::{ClientStreamingService, Grpc};
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

/// What the server takes at once, as the operator's guide has it set.
const MAX_APPEND_SIZE: usize = 12 << 20;

pub async fn answer(inner: Arc<Inner>, request: http::Request<Incoming>) -> Result<http::Response<Body>, Infallible> {
    Ok(match request.uri().path() {
        "/event_store.client.streams.Streams/Append" => {
            let mut grpc = Grpc::new(ProstCodec::default()).max_decoding_message_size(2 * MAX_APPEND_SIZE);
            grpc.client_streaming(Append(inner), request).await
        }
        "/event_store.client.streams.Streams/Read" => {
            Grpc::new(ProstCodec::default()).server_streaming(Read(inner), request).await
        }
        // Older servers do not know how to tell what they know; the client takes that for an answer.
        _ => Status::unimplemented("not known here").into_http(),
    })
}

struct Append(Arc<Inner>);

impl ClientStreamingService<AppendReq> for Append {
    type Response = AppendResp;
    type Future = BoxFuture<'static, Result<Response<AppendResp>, Status>>;

    fn call(&mut self, request: Request<Streaming<AppendReq>>) -> Self::Future {
        append(Arc::clone(&self.0), request.into_inner()).boxed()
    }
}

async fn append(inner: Arc<Inner>, mut request: Streaming<AppendReq>) -> Result<Response<AppendResp>, Status> {
    let Some(AppendReq { content: Some(append_req::Content::Options(options)) }) = request.message().await? else {
        return Err(Status::invalid_argument("the options come first"));
    };
    let stream = name(options.stream_identifier.as_ref())?;
    let expected = options.expected_stream_revision.ok_or_else(|| Status::invalid_argument("no expected revision"))?;
    let (mut events, mut size) = (Vec::new(), 0);
    while let Some(message) = request.message().await? {
        let Some(append_req::Content::ProposedMessage(message)) = message.content else {
            return Err(Status::invalid_argument("the options come once"));
        };
        let event = proposed(message)?;
        size += event.size();
        if size > MAX_APPEND_SIZE {
            return Err(Status::invalid_argument(format!("Maximum Append Size of {MAX_APPEND_SIZE} Exceeded.")));
        }
        events.push(event);
    }
    let fault = inner.fault();
    match fault {
        Some(Fault::CutBefore) => return cut_off(&inner).await,
        Some(Fault::NotReady) => return Err(Status::unavailable("Server Is Not Ready")),
        _ => {}
    }
    let outcome = inner.book.lock().unwrap().append(&stream, expected, &events);
    match fault {
        Some(Fault::CutAfter) => cut_off(&inner).await,
        Some(Fault::TimeoutAfter) => Err(Status::aborted("Operation timed out: prepare phase")),
        _ => Ok(Response::new(answered(&outcome, expected))),
    }
}

async fn cut_off(inner: &Inner) -> Result<Response<AppendResp>, Status> {
    inner.cut();
    std::future::pending().await
}

fn answered(outcome: &Outcome, expected: Expected) -> AppendResp {
    let result = match *outcome {
        Outcome::Stored { number, position } => append_resp::Result::Success(Success {
            current_revision: Some(number),
            position_option: Some(PositionOption::Position(at(position))),
        }),
        Outcome::Wrong(last) => append_resp::Result::WrongExpectedVersion(WrongExpectedVersion {
            current: Some(last.map_or(Current::NoStream(()), Current::Revision)),
            expected: Some(Was::from(expected)),
        }),
    };
    AppendResp { result: Some(result) }
}

fn proposed(message: append_req::ProposedMessage) -> Result<Proposed, Status> {
    let append_req::ProposedMessage { id, mut metadata, custom_metadata, data } = message;
    let mut required = |name: &str| {
        let missing = || Status::invalid_argument(format!("Required Metadata Property '{name}' is missing"));
        metadata.remove(name).ok_or_else(missing)
    };
    let (kind, content_type) = (required("type")?, required("content-type")?);
    let id = match id.and_then(|id| id.value) {
        Some(id::Value::Structured(halves)) => Uuid::from_u64_pair(
            halves.most_significant_bits.cast_unsigned(),
            halves.least_significant_bits.cast_unsigned(),
        ),
        Some(id::Value::Text(text)) => text.parse().map_err(|_| Status::invalid_argument("the id is none"))?,
        None => return Err(Status::invalid_argument("the id is missing")),
    };
    Ok(Proposed { id, kind, content_type, custom_metadata, data })
}

pub fn name(identifier: Option<&StreamIdentifier>) -> Result<String, Status> {
    let name = identifier.map(|it| it.stream_name.clone()).unwrap_or_default();
    match String::from_utf8(name) {
        Ok(name) if !name.is_empty() => Ok(name),
        _ => Err(Status::invalid_argument("the stream has no name")),
    }
}

pub fn at(position: u64) -> Position {
    Position { commit_position: position, prepare_position: position }
}
