//! A collector of traces: takes what OTLP over HTTP sends, in Protocol Buffers, and keeps the spans.

use prost::Message;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use warp::Filter;

#[derive(Clone, PartialEq, Message)]
struct Export {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<OfResource>,
}

#[derive(Clone, PartialEq, Message)]
struct OfResource {
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<OfScope>,
}

#[derive(Clone, PartialEq, Message)]
struct OfScope {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Span {
    #[prost(bytes = "vec", tag = "1")]
    trace: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent: Vec<u8>,
    #[prost(string, tag = "5")]
    pub name: String,
    /// 2 server, 3 client, 4 producer, 5 consumer.
    #[prost(int32, tag = "6")]
    pub kind: i32,
    #[prost(fixed64, tag = "7")]
    pub began: u64,
    #[prost(fixed64, tag = "8")]
    pub ended: u64,
    #[prost(message, repeated, tag = "13")]
    links: Vec<Link>,
}

#[derive(Clone, PartialEq, Message)]
struct Link {
    #[prost(bytes = "vec", tag = "1")]
    trace: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span: Vec<u8>,
}

impl Span {
    pub fn trace(&self) -> String {
        hex::encode(&self.trace)
    }

    pub fn id(&self) -> String {
        hex::encode(&self.id)
    }

    /// Empty for the root of a trace.
    pub fn parent(&self) -> String {
        hex::encode(&self.parent)
    }

    /// Trace and span of what it is linked with.
    pub fn links(&self) -> Vec<(String, String)> {
        self.links.iter().map(|link| (hex::encode(&link.trace), hex::encode(&link.span))).collect()
    }
}

pub struct Collector {
    pub url: String,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let kept = Arc::clone(&spans);
        let take =
            warp::path!("v1" / "traces").and(warp::post()).and(warp::body::bytes()).map(move |body: bytes::Bytes| {
                let sent = Export::decode(body).unwrap();
                let spans = sent.resources.into_iter().flat_map(|it| it.scopes).flat_map(|it| it.spans);
                kept.lock().unwrap().extend(spans);
                warp::reply::with_header(Vec::new(), "content-type", "application/x-protobuf")
            });
        tokio::spawn(warp::serve(take).incoming(listener).run());
        Self { url, spans }
    }

    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().unwrap().clone()
    }
}
