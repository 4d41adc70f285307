//! The server over loopback, with a client that knows nothing of it.

use super::*;
use crate::http::{Front, Routes, body};
use crate::metrics::Metrics;
use bytes::Bytes;
use futures_util::stream;
use http::Method;
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use warp::Filter;

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: JoinHandle<Ended>,
    client: reqwest::Client,
}

async fn start(server: Server, routes: Routes, deadline: Duration) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
    let front = Front::new(routes, Metrics::new().unwrap());
    let ended = tokio::spawn(server.run(listener, front, shutdown.clone(), deadline));
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    Running { address, shutdown, ended, client }
}

impl Running {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }
}

const LONG: Duration = Duration::from_secs(20);

/// An endpoint that says when it was entered and waits to be released.
fn waiting(entered: &Arc<Notify>, release: &Arc<Notify>) -> Routes {
    let (entered, release) = (entered.clone(), release.clone());
    let endpoint = warp::any().then(move || {
        let (entered, release) = (entered.clone(), release.clone());
        async move {
            entered.notify_one();
            release.notified().await;
            "finished".to_owned()
        }
    });
    Routes::new().add(Method::GET, "/waits", endpoint)
}

#[tokio::test]
async fn shutdown_finishes_what_was_begun_and_accepts_nothing_new() {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let running = start(Server::default(), waiting(&entered, &release), LONG).await;
    let begun = tokio::spawn(running.client.get(running.url("/waits")).send());
    entered.notified().await;

    running.shutdown.cancel();
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!running.ended.is_finished(), "it waits for the request in flight");
    release.notify_one();
    assert_eq!(begun.await.unwrap().unwrap().text().await.unwrap(), "finished");
    assert_eq!(running.ended.await.unwrap(), Ended::Drained);
}

#[tokio::test]
async fn the_deadline_cuts_what_does_not_finish() {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let running = start(Server::default(), waiting(&entered, &release), Duration::from_millis(50)).await;
    let begun = tokio::spawn(running.client.get(running.url("/waits")).send());
    entered.notified().await;
    running.shutdown.cancel();
    assert_eq!(running.ended.await.unwrap(), Ended::Cut(1));
    assert!(begun.await.unwrap().is_err());
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_a_shutdown() {
    let running = start(Server::default(), echo(), LONG).await;
    running.get("/peer").await;
    let silent = TcpStream::connect(running.address).await.unwrap();
    running.get("/peer").await;
    running.shutdown.cancel();
    assert_eq!(running.ended.await.unwrap(), Ended::Drained);
    drop(silent);
}

fn echo() -> Routes {
    let peer = warp::ext::get::<Peer>().map(|peer: Peer| peer.0.ip().to_string());
    let size = body::bytes().map(|bytes: Bytes| bytes.len().to_string());
    let panicking = warp::any().then(|| async { panic!("on purpose") as String });
    Routes::new().add(Method::GET, "/peer", peer).add(Method::POST, "/size", size).add(
        Method::GET,
        "/panics",
        panicking,
    )
}

/// A body whose length is not announced, so that it travels in chunks.
fn chunked(chunks: usize) -> reqwest::Body {
    let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
    let frames = (0..chunks).map(move |_| Ok::<_, Infallible>(Frame::data(chunk.clone())));
    reqwest::Body::wrap(StreamBody::new(stream::iter(frames)))
}

#[tokio::test]
async fn a_body_over_4_mib_is_refused_with_and_without_an_announced_length() {
    let running = start(Server::default(), echo(), LONG).await;
    let post = |body: reqwest::Body| running.client.post(running.url("/size")).body(body).send();
    assert_eq!(post(chunked(64)).await.unwrap().text().await.unwrap(), "4194304");
    for body in [chunked(80), vec![b'x'; 5 * 1024 * 1024].into()] {
        let refused = post(body).await.unwrap();
        assert_eq!(refused.status(), 413);
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
        let document: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(document["type"], "/problems/body-too-large");
    }
}

#[tokio::test]
async fn a_client_that_waits_for_permission_is_refused_before_it_sends() {
    let running = start(Server::default(), echo(), LONG).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn a_client_that_trickles_its_head_is_cut() {
    let server = Server { head_patience: Duration::from_millis(100), ..Server::default() };
    let running = start(server, echo(), LONG).await;
    for begun in ["", "GET /peer HTTP/1.1\r\nHost:"] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = vec![];
        // Ends when the server hangs up, with whatever it says before that.
        tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_cut() {
    let much = warp::any().map(|| vec![b'x'; 32 * 1024 * 1024]);
    let routes = echo().add(Method::GET, "/much", much);
    let server = Server { send_patience: Duration::from_millis(500), max_connections: 1, ..Server::default() };
    let running = start(server, routes, LONG).await;
    let mut greedy = TcpStream::connect(running.address).await.unwrap();
    greedy.write_all(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    // The one place there is comes free although the client neither reads nor hangs up.
    assert_eq!(running.get("/peer").await.status(), 200);
    drop(greedy);
}

#[tokio::test]
async fn a_panic_takes_only_its_own_request_along() {
    let running = start(Server::default(), echo(), LONG).await;
    let broken = running.get("/panics").await;
    assert_eq!(broken.status(), 500);
    assert_eq!(broken.json::<serde_json::Value>().await.unwrap()["type"], "/problems/internal");
    assert_eq!(running.get("/peer").await.text().await.unwrap(), "127.0.0.1");
}

#[tokio::test]
async fn wrong_paths_and_methods_are_problems_on_the_wire() {
    let running = start(Server::default(), echo(), LONG).await;
    let missing = running.get("/nothing").await;
    assert_eq!(missing.status(), 404);
    assert!(missing.headers().contains_key("x-request-id"));
    let document: serde_json::Value = missing.json().await.unwrap();
    assert_eq!((&document["type"], &document["status"]), (&"/problems/not-found".into(), &404.into()));

    let refused = running.client.delete(running.url("/peer")).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD"));
    let head = running.client.head(running.url("/peer")).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (200, String::new()));
}

#[tokio::test]
async fn more_connections_than_there_are_places_wait_their_turn() {
    let server = Server { max_connections: 1, ..Server::default() };
    let running = start(server, echo(), LONG).await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let second = tokio::spawn(running.client.get(running.url("/peer")).send());
    drop(first);
    assert_eq!(second.await.unwrap().unwrap().status(), 200);
}
