//! Stands between a client and the stand-in for Cal.com, hands everything on, and holds it against the description.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{calcom_schema as schema, harness::client};

/// Listens until it is dropped.
pub struct Witness {
    url: String,
    notes: Arc<Mutex<Notes>>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Notes {
    /// Method and target of each request.
    lines: Vec<String>,
    wrong: Vec<String>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Witness {
    pub async fn before(calcom: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let notes = Arc::new(Mutex::new(Notes::default()));
        let server = tokio::spawn(serve(listener, calcom, notes.clone()));
        Self { url, notes, server }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Method and target of every request so far.
    pub fn lines(&self) -> Vec<String> {
        self.notes.lock().unwrap().lines.clone()
    }

    /// Fails where anything was not as described.
    pub fn attest(&self) {
        let notes = self.notes.lock().unwrap();
        assert!(!notes.lines.is_empty(), "nothing was sent");
        assert!(notes.wrong.is_empty(), "{:#?}", notes.wrong);
    }
}

async fn serve(listener: TcpListener, calcom: String, notes: Arc<Mutex<Notes>>) {
    let (http, calcom) = (client(), Arc::new(calcom));
    while let Ok((stream, _)) = listener.accept().await {
        let (http, calcom, notes) = (http.clone(), calcom.clone(), notes.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| hand_on(request, http.clone(), calcom.clone(), notes.clone()));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn hand_on(
    request: Request<Incoming>,
    http: reqwest::Client,
    calcom: Arc<String>,
    notes: Arc<Mutex<Notes>>,
) -> Result<Response<Full<Bytes>>, reqwest::Error> {
    let (head, body) = request.into_parts();
    let (method, target) = (head.method.to_string(), head.uri.to_string());
    let sent = body.collect().await.unwrap().to_bytes();
    let mut headers = head.headers;
    headers.remove("host");
    let asked = http.request(head.method, format!("{calcom}{target}")).headers(headers).body(sent.clone());
    let answer = asked.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let answered = answer.bytes().await?;
    notes.lock().unwrap().take(&method, &target, &sent, status.as_u16(), &answered);
    let mut response = Response::new(Full::new(answered));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

impl Notes {
    fn take(&mut self, method: &str, target: &str, sent: &[u8], status: u16, answered: &[u8]) {
        self.lines.push(format!("{method} {target}"));
        if !target.starts_with("/v2/") {
            return;
        }
        let body: Option<Value> = serde_json::from_slice(sent).ok();
        let answer: Value = serde_json::from_slice(answered).unwrap_or_default();
        let wrong = schema::wrong_request(method, target, body.as_ref()).into_iter();
        let wrong = wrong.chain(schema::wrong_answer(method, target, status, &answer));
        self.wrong.extend(wrong.map(|why| format!("{method} {target} ({status}): {why}")));
    }
}
