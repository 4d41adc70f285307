//! Reading bodies within bounds: at most 4 MiB, also when no length is announced, and not slower than half a minute.

use crate::problem::{Kind, Problem};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use std::time::Duration;
use warp::{Filter, Rejection};

/// The largest body that is read.
pub const LIMIT: usize = 4 * 1024 * 1024;

/// Enough for the largest body on a slow line; a client that trickles bytes gets no more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that is still sending when it is refused would see its connection reset instead of the answer. So the rest is
/// read and thrown away, up to this much and this long.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// What came of reading a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Read(Bytes),
    TooLarge,
    TooSlow,
    /// The connection broke before the body's end.
    Cut,
}

impl Body {
    pub fn into_bytes(self) -> Result<Bytes, Problem> {
        match self {
            Self::Read(bytes) => Ok(bytes),
            Self::TooLarge => Err(Problem::new(Kind::BodyTooLarge)),
            Self::TooSlow => Err(Problem::new(Kind::BodyTooSlow)),
            Self::Cut => Err(Problem::body("The body ended before it was complete.")),
        }
    }
}

/// Hands the raw body, or why there is none, to a handler that wants to know.
pub fn raw() -> impl Filter<Extract = (Body,), Error = Rejection> + Clone + Send + Sync {
    announced_length().and(awaits_permission()).and(warp::body::stream()).then(
        |length: Option<u64>, awaits: bool, body| async move {
            if length.is_none_or(|length| length <= LIMIT as u64) {
                return read(body, PATIENCE).await;
            }
            if !awaits {
                drain(Box::pin(body)).await;
            }
            Body::TooLarge
        },
    )
}

/// Hands the raw body to a handler; anything else is a problem document.
pub fn bytes() -> impl Filter<Extract = (Bytes,), Error = Rejection> + Clone + Send + Sync {
    raw().and_then(|body: Body| async move { body.into_bytes().map_err(Rejection::from) })
}

/// Hands a JSON body to a handler. The problem of an unreadable one says where and why.
pub fn json<T: DeserializeOwned + Send>() -> impl Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync {
    warp::header::optional::<String>("content-type").and(bytes()).and_then(
        |media_type: Option<String>, bytes: Bytes| async move {
            read_json(media_type.as_deref(), &bytes).map_err(Rejection::from)
        },
    )
}

pub fn read_json<T: DeserializeOwned>(media_type: Option<&str>, bytes: &[u8]) -> Result<T, Problem> {
    if media_type.is_some_and(|media_type| !is_json(media_type)) {
        return Err(Problem::new(Kind::MediaTypeUnsupported));
    }
    if bytes.is_empty() {
        return Err(Problem::body("The body is empty; this address expects JSON."));
    }
    serde_json::from_slice(bytes).map_err(|error| Problem::body(format!("The body cannot be read: {error}.")))
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn announced_length() -> impl Filter<Extract = (Option<u64>,), Error = Rejection> + Clone + Send + Sync {
    warp::header::optional::<u64>("content-length")
}

/// The client sends its body only once it is told to, so there is nothing to drain.
fn awaits_permission() -> impl Filter<Extract = (bool,), Error = Rejection> + Clone + Send + Sync {
    warp::header::optional::<String>("expect").map(|expect: Option<String>| expect.is_some())
}

async fn read<B: Buf, E>(body: impl Stream<Item = Result<B, E>>, patience: Duration) -> Body {
    let mut body = Box::pin(body);
    match tokio::time::timeout(patience, collect(&mut body)).await {
        Err(_) => Body::TooSlow,
        Ok(Body::TooLarge) => {
            drain(body).await;
            Body::TooLarge
        }
        Ok(read) => read,
    }
}

async fn collect<B: Buf, E>(body: &mut (impl Stream<Item = Result<B, E>> + Unpin)) -> Body {
    let mut collected = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let Ok(mut chunk) = chunk else { return Body::Cut };
        if collected.len() + chunk.remaining() > LIMIT {
            return Body::TooLarge;
        }
        collected.extend_from_slice(&chunk.copy_to_bytes(chunk.remaining()));
    }
    Body::Read(collected.freeze())
}

async fn drain<B: Buf, E>(mut body: impl Stream<Item = Result<B, E>> + Unpin) {
    let thrown_away = async {
        let mut left = DRAIN_BYTES;
        while let Some(Ok(chunk)) = body.next().await {
            let Some(rest) = left.checked_sub(chunk.remaining()) else { return };
            left = rest;
        }
    };
    // However it ends, the answer is the same.
    let _ = tokio::time::timeout(DRAIN_PATIENCE, thrown_away).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use serde_json::Value;
    use std::convert::Infallible;

    fn chunks(sizes: &[usize]) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
        let chunks: Vec<_> = sizes.iter().map(|size| Ok(Bytes::from(vec![b'x'; *size]))).collect();
        stream::iter(chunks)
    }

    #[tokio::test]
    async fn the_limit_holds_to_the_byte() {
        let Body::Read(bytes) = read(chunks(&[LIMIT - 1, 1]), PATIENCE).await else { panic!("refused") };
        assert_eq!(bytes.len(), LIMIT);
        assert_eq!(read(chunks(&[LIMIT - 1, 2]), PATIENCE).await, Body::TooLarge);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let endless = stream::pending::<Result<Bytes, Infallible>>();
        assert_eq!(read(endless, Duration::from_millis(1)).await, Body::TooSlow);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_told_from_a_whole_one() {
        let cut = stream::iter([Ok(Bytes::from_static(b"{")), Err("reset")]);
        assert_eq!(read(cut, PATIENCE).await, Body::Cut);
    }

    #[test]
    fn json_is_refused_with_what_is_wrong() {
        assert_eq!(read_json::<Value>(None, b"1").unwrap(), 1);
        assert_eq!(read_json::<Value>(Some("application/json; charset=utf-8"), b"1").unwrap(), 1);
        assert_eq!(read_json::<Value>(Some("text/plain"), b"1").unwrap_err().kind, Kind::MediaTypeUnsupported);
        let broken = read_json::<Value>(None, b"{\"a\": tru}").unwrap_err();
        assert_eq!(broken.kind, Kind::BodyUnusable);
        assert!(broken.detail.unwrap().contains("line 1 column"));
        assert!(read_json::<Value>(None, b"").unwrap_err().detail.unwrap().contains("empty"));
    }
}
