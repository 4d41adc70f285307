//! For the tests of what calls out: a small server that answers as it is told and keeps what it was asked, and a clock
//! that stands still until it is moved.

use super::{Loopback, Outbound, OutboundSettings};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::Clock;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Requests to this machine only.
pub fn local() -> Outbound {
    Outbound::new(OutboundSettings { loopback: Loopback::Allowed, ..OutboundSettings::default() }).unwrap()
}

/// A base address where nobody listens.
pub async fn unused_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A listener whose queue is full, so that further connections neither succeed nor are refused.
pub struct Deaf {
    listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl Deaf {
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }
}

pub async fn deaf_listener() -> Deaf {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        queued.push(stream);
        assert!(queued.len() < 64, "the queue never fills");
    }
    Deaf { listener, _queued: queued }
}

#[derive(Debug, Clone)]
enum Body {
    Whole(Bytes),
    /// The head and this much, then the connection ends.
    CutAfter(Bytes),
    /// The head, then nothing more.
    Hangs,
}

#[derive(Debug, Clone)]
enum Kind {
    Answer {
        status: u16,
        headers: HeaderMap,
        body: Body,
    },
    /// The request is read, then the connection ends.
    Cut,
    /// The request is read, then nothing more happens.
    Hang,
}

/// What the server does with one request.
#[derive(Debug, Clone)]
pub struct Reply(Kind);

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        Self::answer(status, Body::Whole(Bytes::copy_from_slice(body.as_bytes())))
    }
    pub fn cut() -> Self {
        Self(Kind::Cut)
    }
    pub fn cut_within(status: u16, body: &str) -> Self {
        Self::answer(status, Body::CutAfter(Bytes::copy_from_slice(body.as_bytes())))
    }
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }
    pub fn hang_within(status: u16) -> Self {
        Self::answer(status, Body::Hangs)
    }
    fn answer(status: u16, body: Body) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        Self(Kind::Answer { status, headers, body })
    }
    /// Whether it never ends by itself.
    pub fn hangs(&self) -> bool {
        matches!(self.0, Kind::Hang | Kind::Answer { body: Body::Hangs, .. })
    }
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Kind::Answer { headers, .. } = &mut self.0 {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        self
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
    /// The query's values of that name, unescaped as far as these tests need it.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?')?.1;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(pair.replace("%3A", ":").replace("%2C", ",").replace("%3D", "="))
    }
}

#[derive(Default)]
struct Script {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Asked>>,
}

/// Listens on this machine until it is dropped. A request without an ordered reply gets 599.
pub struct Fake {
    url: String,
    script: Arc<Script>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Fake {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Script::default());
        let server = tokio::spawn(serve(listener, script.clone()));
        Self { url, script, server }
    }
    pub fn url(&self) -> String {
        self.url.clone()
    }
    /// Orders the reply to the next request that has none yet.
    pub fn next(&self, reply: Reply) {
        self.script.replies.lock().unwrap().push_back(reply);
    }
    pub fn requests(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }
    pub fn only_request(&self) -> Asked {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

async fn serve(listener: TcpListener, script: Arc<Script>) {
    while let Ok((stream, _)) = listener.accept().await {
        let script = script.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, script.clone()));
            // A connection that a reply cuts ends with an error, as ordered.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Frames = http_body_util::combinators::UnsyncBoxBody<Bytes, io::Error>;

async fn answer(request: Request<Incoming>, script: Arc<Script>) -> Result<Response<Frames>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    let asked = Asked { method: head.method.to_string(), target: head.uri.to_string(), headers: head.headers, body };
    script.asked.lock().unwrap().push(asked);
    let reply = script.replies.lock().unwrap().pop_front();
    match reply.unwrap_or_else(|| Reply::json(599, r#"{"message":"no reply was ordered"}"#)).0 {
        Kind::Cut => Err(io::Error::other("cut as ordered")),
        Kind::Hang => std::future::pending().await,
        Kind::Answer { status, headers, body } => {
            let mut response = Response::new(frames(body));
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            *response.headers_mut() = headers;
            Ok(response)
        }
    }
}

fn frames(body: Body) -> Frames {
    let whole = |bytes: Bytes| stream::iter([Ok(Frame::data(bytes))]);
    match body {
        Body::Whole(bytes) => StreamBody::new(whole(bytes)).boxed_unsync(),
        Body::CutAfter(bytes) => {
            let end = stream::iter([Err(io::Error::other("cut as ordered"))]);
            StreamBody::new(whole(bytes).chain(end)).boxed_unsync()
        }
        Body::Hangs => StreamBody::new(stream::pending()).boxed_unsync(),
    }
}

/// Stands still until it is moved.
pub struct TestClock(watch::Sender<Timestamp>);

impl TestClock {
    /// Stands at 2026-11-20T12:00:00Z.
    pub fn shared() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new("2026-11-20T12:00:00Z".parse().unwrap())))
    }
    pub fn advance(&self, by: SignedDuration) {
        self.0.send_modify(|now| *now += by);
    }
    /// Moves once that many sleep on it; runs beside them on one thread.
    pub async fn advance_when_slept_on(&self, sleepers: usize, by: SignedDuration) {
        while self.sleepers() < sleepers {
            tokio::task::yield_now().await;
        }
        self.advance(by);
    }
    /// How many sleep on it now.
    pub fn sleepers(&self) -> usize {
        self.0.receiver_count()
    }
}

#[async_trait::async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }
    async fn sleep_until(&self, time: Timestamp) {
        let mut watched = self.0.subscribe();
        let _ = watched.wait_for(|now| *now >= time).await;
    }
}
