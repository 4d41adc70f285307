//! Stands between a client and the stand-in for Retell, and holds every request and every answer against the shapes in
//! `shapes/retell.json`, which follow the provider's reference. What it has seen wrong fails the test when it is dropped.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    harness::client,
    reference::{Operation, Shapes},
};

/// What is asked of requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Requests {
    /// Each must be right, whatever it is answered.
    AllRight,
    /// Each that the stand-in takes must be right, and so each that is not right must be refused.
    RightWhenTaken,
}

pub struct Witness {
    url: String,
    seen: Arc<Seen>,
    server: JoinHandle<()>,
}

struct Seen {
    shapes: Shapes,
    requests: Requests,
    upstream: String,
    http: reqwest::Client,
    complaints: Mutex<Vec<String>>,
    operations: Mutex<BTreeSet<String>>,
}

impl Witness {
    /// `upstream` is a base address.
    pub async fn before(upstream: String, requests: Requests) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Seen {
            shapes: Shapes::read(),
            requests,
            upstream,
            http: client(),
            complaints: Mutex::default(),
            operations: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, seen.clone()));
        Self { url, seen, server }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What was answered as it should be at least once, as `GET /get-call/{id}`.
    pub fn operations(&self) -> BTreeSet<String> {
        self.seen.operations.lock().unwrap().clone()
    }

    /// All that there are.
    pub fn all_operations(&self) -> BTreeSet<String> {
        self.seen.shapes.operations.iter().map(Operation::name).collect()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.server.abort();
        let complaints = self.seen.complaints.lock().unwrap();
        assert!(complaints.is_empty() || std::thread::panicking(), "{}", complaints.join("\n"));
    }
}

async fn serve(listener: TcpListener, seen: Arc<Seen>) {
    while let Ok((stream, _)) = listener.accept().await {
        let seen = seen.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| pass_on(request, seen.clone()));
            // A client that leaves is no matter of the witness.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// An answer that never comes, or breaks off, is passed on as a connection that ends.
async fn pass_on(request: Request<Incoming>, seen: Arc<Seen>) -> Result<Response<Full<Bytes>>, reqwest::Error> {
    let (head, body) = request.into_parts();
    let asked = body.collect().await.unwrap().to_bytes();
    let url = format!("{}{}", seen.upstream, head.uri);
    let mut headers = head.headers;
    headers.remove("host");
    let sent = seen.http.request(head.method.clone(), url).headers(headers).body(asked.clone()).send().await?;
    let (status, headers) = (sent.status(), sent.headers().clone());
    let told = sent.bytes().await?;
    seen.judge(head.method.as_str(), &head.uri, &asked, status.as_u16(), &told);
    let mut response = Response::new(Full::new(told));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

impl Seen {
    fn judge(&self, method: &str, uri: &http::Uri, asked: &[u8], status: u16, told: &[u8]) {
        let name = format!("{method} {uri} answered {status}");
        let complain = |what: &str, error: String| {
            self.complaints.lock().unwrap().push(format!("{name}: the {what} {error}"));
        };
        let Some(operation) = self.shapes.of(method, uri.path()) else {
            if status != 404 || self.requests == Requests::AllRight {
                complain("route", "is none of Retell's".into());
            }
            return;
        };
        if self.requests == Requests::AllRight || status < 300 {
            let problems = [operation.judge_query(&query(uri)).err(), operation.body.judge(asked).err()];
            problems.into_iter().flatten().for_each(|error| complain("request", error));
        }
        let judged = if status == operation.status {
            self.operations.lock().unwrap().insert(operation.name());
            operation.answer.judge(told)
        } else if status >= 400 {
            self.shapes.error.judge(told)
        } else {
            Err(format!("should have the status {}", operation.status))
        };
        judged.unwrap_or_else(|error| complain("answer", error));
    }
}

fn query(uri: &http::Uri) -> Value {
    let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    Value::Object(pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Map<_, _>>())
}
