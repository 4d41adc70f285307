//! The accept loop. It bounds what a client can take (connections, time for a request's head), and on shutdown finishes
//! what was begun until a deadline, then cuts. HTTP/1.1; encryption and HTTP/2 are the business of a proxy in front.

use crate::http::Peer;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt};

/// What a server lets a client take.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// For the whole head of a request; also how long an idle connection is kept.
    pub head_patience: Duration,
    /// For a client that takes no more of its answer; counted by Linux alone.
    pub send_patience: Duration,
    /// More wait in the machine's queue.
    pub max_connections: usize,
}

impl Default for Server {
    fn default() -> Self {
        // Proxies keep idle connections for about a minute; whoever closes first should be the proxy.
        Self { head_patience: Duration::from_secs(75), send_patience: Duration::from_secs(30), max_connections: 4096 }
    }
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was begun was finished.
    Drained,
    /// The deadline came first; so many connections were cut.
    Cut(usize),
}

/// After an error of `accept` (out of file handles, say) the loop rests, so that it does not spin.
const REST: Duration = Duration::from_millis(100);

impl Server {
    /// Serves until the token is cancelled. Then it accepts nothing more, finishes requests in flight for at most
    /// `deadline`, and cuts the rest. The service finds the `Peer` among a request's extensions.
    pub async fn run<S, B>(
        self,
        listener: TcpListener,
        service: S,
        shutdown: CancellationToken,
        deadline: Duration,
    ) -> Ended
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
        B::Data: Send,
    {
        let places = Arc::new(Semaphore::new(self.max_connections));
        let (graceful, connections, cut) = (GracefulShutdown::new(), TaskTracker::new(), CancellationToken::new());
        while let Some((stream, peer, place)) = next(&listener, &places, &shutdown).await {
            let connection = self.connection(stream, peer, service.clone(), graceful.watcher());
            let cut = cut.clone();
            connections.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = connection => {}
                    () = cut.cancelled() => {}
                }
            });
        }
        drop(listener);
        let drained = tokio::time::timeout(deadline, graceful.shutdown()).await.is_ok();
        let ended = if drained { Ended::Drained } else { Ended::Cut(connections.len()) };
        cut.cancel();
        connections.close();
        connections.wait().await;
        ended
    }

    fn connection<S, B>(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        service: S,
        watcher: Watcher,
    ) -> impl Future<Output = ()> + Send + use<S, B>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
        B::Data: Send,
    {
        let service = service.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        give_up_after(&stream, self.send_patience);
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.head_patience).max_buf_size(64 * 1024);
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        async move {
            if let Err(error) = watcher.watch(connection).await {
                // Clients that hang up or send nonsense are no news.
                tracing::debug!(%error, "a connection ended early");
            }
        }
    }
}

/// Whoever reads nothing would hold its place for ever: the machine keeps asking whether there is room again, and is told
/// that there is none.
#[cfg(target_os = "linux")]
fn give_up_after(stream: &TcpStream, patience: Duration) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(patience)) {
        tracing::debug!(%error, "a connection has no time-out for sending");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_up_after(_: &TcpStream, _: Duration) {}

/// The next connection with its place, or nothing once the server shuts down.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = tokio::select! {
        () = shutdown.cancelled() => return None,
        place = places.clone().acquire_owned() => place.ok()?,
    };
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Answers are small; waiting to fill a packet would cost more than it saves.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer, place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

#[cfg(test)]
mod tests;
