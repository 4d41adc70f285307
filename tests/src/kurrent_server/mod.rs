//! A small KurrentDB that stands in for one: real gRPC over a port of its own, the streams protocol as it is documented,
//! everything in memory, and faults to order. It proves what the adapter says on the wire and how it takes what it hears;
//! how a real server behaves is proven by the same suite against one.

mod book;
mod messages;
mod prompt;
mod reading;
mod service;

pub use book::Record;

use book::Book;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prompt::Prompt;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// What may happen to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every connection is cut before anything is stored.
    CutBefore,
    /// Every connection is cut after the events are stored, before the answer.
    CutAfter,
    /// The events are stored, and the server says that it timed out.
    TimeoutAfter,
    /// The server is not ready.
    NotReady,
}

pub struct KurrentServer {
    pub url: String,
    inner: Arc<Inner>,
    /// Ends the server with this handle.
    _running: DropGuard,
}

struct Inner {
    book: Mutex<Book>,
    faults: Mutex<VecDeque<Fault>>,
    /// Cancelled and replaced when every connection is to be cut.
    connections: Mutex<CancellationToken>,
    refusing: AtomicBool,
    /// Appends that were sent, whatever came of them.
    appends: AtomicUsize,
}

impl KurrentServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // The client waits so long before every first try.
        let url = format!("kurrentdb://{}?tls=false&discoveryInterval=10", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            book: Mutex::new(Book::default()),
            faults: Mutex::default(),
            connections: Mutex::default(),
            refusing: AtomicBool::new(false),
            appends: AtomicUsize::new(0),
        });
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, Arc::clone(&inner))));
        Self { url, inner, _running: stop.drop_guard() }
    }

    /// Orders what happens to the next appends.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inner.faults.lock().unwrap().extend(faults);
    }

    pub fn faults_left(&self) -> usize {
        self.inner.faults.lock().unwrap().len()
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.inner.cut();
    }

    /// Takes no connection, as if the server were down, until it is up again.
    pub fn down(&self, down: bool) {
        self.inner.refusing.store(down, Ordering::SeqCst);
        if down {
            self.cut();
        }
    }

    /// Appends that were sent so far, whatever came of them.
    pub fn appends(&self) -> usize {
        self.inner.appends.load(Ordering::SeqCst)
    }

    /// Changes what is stored, as nobody may.
    pub fn tamper(&self, with: impl FnOnce(&mut Vec<Record>)) {
        self.inner.book.lock().unwrap().tamper(with);
    }
}

impl Inner {
    fn cut(&self) {
        std::mem::take(&mut *self.connections.lock().unwrap()).cancel();
    }

    fn fault(&self) -> Option<Fault> {
        self.appends.fetch_add(1, Ordering::SeqCst);
        self.faults.lock().unwrap().pop_front()
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    while let Ok((stream, _)) = listener.accept().await {
        if !inner.refusing.load(Ordering::SeqCst) {
            let cut = inner.connections.lock().unwrap().clone();
            tokio::spawn(cut.run_until_cancelled_owned(serve(stream, Arc::clone(&inner))));
        }
    }
}

async fn serve(stream: TcpStream, inner: Arc<Inner>) {
    let answer = service_fn(move |request| service::answer(Arc::clone(&inner), request));
    // How a connection ends is its client's business.
    let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(Prompt::new(stream)), answer).await;
}
