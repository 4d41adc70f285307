//! The accept loop, and the fate of each request: carried out as it should be, or with the fault it was given.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{super::Fault, Answer, Provider, Request};

const BODY_LIMIT: usize = 1 << 20;

pub(in super::super) async fn serve<P: Provider>(
    listener: TcpListener,
    provider: Arc<P>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let door = Door { provider, stop: stop.clone(), tasks: tasks.clone() };
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely: they come back when connections end.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        if door.provider.faults().refuses() {
            continue;
        }
        tasks.spawn(door.clone().attend(stream));
    }
}

struct Door<P> {
    provider: Arc<P>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl<P> Clone for Door<P> {
    fn clone(&self) -> Self {
        Self { provider: self.provider.clone(), stop: self.stop.clone(), tasks: self.tasks.clone() }
    }
}

/// The connection closes without an answer.
#[derive(Debug)]
struct Hangup;

impl fmt::Display for Hangup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the sandbox closed the connection on purpose")
    }
}

impl std::error::Error for Hangup {}

impl<P: Provider> Door<P> {
    async fn attend(self, stream: TcpStream) {
        // Only latency depends on it.
        let _ = stream.set_nodelay(true);
        let door = self.clone();
        let service = service_fn(move |request| {
            let door = door.clone();
            async move { door.receive(request).await }
        });
        let mut protocol = http1::Builder::new();
        let connection = protocol.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            () = self.stop.cancelled() => {}
            // Clients that leave and faults that cut the line end here; both are wanted.
            _ = connection => {}
        }
    }

    async fn receive(&self, request: http::Request<Incoming>) -> Result<Response<Full<Bytes>>, Hangup> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            return Ok(response);
        };
        let request = Request::new(head.method, &head.uri, head.headers, body.to_bytes());
        let response = self.meet(request).await?;
        self.provider.tally().answered(response.status());
        Ok(response)
    }

    async fn meet(&self, request: Request) -> Result<Response<Full<Bytes>>, Hangup> {
        let operation = self.provider.operation(&request);
        self.provider.tally().arrived(operation);
        let faults = self.provider.faults();
        let Some(fault) = faults.meet(operation).map_err(|_| Hangup)? else {
            return Ok(self.carry_out(request, Duration::ZERO).await.whole());
        };
        match fault {
            Fault::TimedOutBefore => self.hold().await,
            Fault::CutBefore => Err(Hangup),
            Fault::ServerErrorBefore => Ok(self.provider.broken().whole()),
            Fault::RateLimited => Ok(self.provider.throttled(&request).whole()),
            Fault::LateBooked(delay) => {
                self.carry_out_after(request, sleep(delay));
                self.hold().await
            }
            Fault::LateOnCue => {
                self.carry_out_after(request, faults.late().cue());
                self.hold().await
            }
            Fault::Slow(delay) => {
                let answer = self.carry_out(request, delay / 2).await;
                sleep(delay / 2).await;
                Ok(answer.whole())
            }
            Fault::Malformed => Ok(self.carry_out(request, Duration::ZERO).await.torn()),
            Fault::ServerErrorAfter => {
                self.carry_out(request, Duration::ZERO).await;
                Ok(self.provider.broken().whole())
            }
            Fault::CutAfter => {
                self.carry_out(request, Duration::ZERO).await;
                Err(Hangup)
            }
            Fault::BookedThenTimedOut => {
                self.carry_out(request, Duration::ZERO).await;
                self.hold().await
            }
        }
    }

    /// In a task of its own: a client that leaves in the middle does not undo what a real server would have done.
    async fn carry_out(&self, request: Request, after: Duration) -> Answer {
        let done = self.carry_out_after(request, sleep(after)).await;
        done.ok().flatten().unwrap_or_else(|| self.provider.broken())
    }

    /// Yields nothing when the sandbox stops before the cue.
    fn carry_out_after(
        &self,
        request: Request,
        cue: impl Future<Output = ()> + Send + 'static,
    ) -> JoinHandle<Option<Answer>> {
        let (provider, stop) = (self.provider.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            stop.run_until_cancelled(cue).await?;
            Some(provider.answer(request).await)
        })
    }

    /// No answer, until the client gives up (then this future is dropped) or the longest wait is over.
    async fn hold<T>(&self) -> Result<T, Hangup> {
        sleep(self.provider.faults().hold()).await;
        Err(Hangup)
    }
}
