//! `GET /api/metrics` for Prometheus: for whoever has the token or, where none is set, for this machine alone.

use super::{Peer, Routes, with};
use crate::metrics::Metrics;
use crate::problem::{Kind, Problem};
use http::{HeaderMap, Method, header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use warp::Filter;
use warp::reply::{Reply, Response};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Headers by which a proxy says that somebody else is behind it.
const FORWARDED: [&str; 9] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
];

pub fn routes(metrics: &Metrics, token: Option<&SecretString>) -> Routes {
    let page = warp::header::headers_cloned()
        .and(warp::ext::optional::<Peer>())
        .and(with(metrics))
        .and(with(&token.cloned()))
        .then(|headers: HeaderMap, peer: Option<Peer>, metrics: Metrics, token: Option<SecretString>| async move {
            may_read(token.as_ref(), &headers, peer)?;
            Ok::<Response, Problem>(warp::reply::with_header(metrics.render(), "content-type", TEXT).into_response())
        });
    Routes::new().add(Method::GET, "/api/metrics", page)
}

fn may_read(token: Option<&SecretString>, headers: &HeaderMap, peer: Option<Peer>) -> Result<(), Problem> {
    match token {
        Some(token) if shows(headers, token) => Ok(()),
        Some(_) => {
            let challenge = "Bearer realm=\"ringbuch metrics\"";
            let detail = "The metrics token is asked for: `Authorization: Bearer <RINGBUCH_METRICS_TOKEN>`.";
            Err(Problem::new(Kind::SignInNeeded).detail(detail).header(header::WWW_AUTHENTICATE, challenge))
        }
        None if is_this_machine(headers, peer) => Ok(()),
        None => Err(Problem::not_allowed(
            "Without RINGBUCH_METRICS_TOKEN the metrics can be read only from the machine itself.",
        )),
    }
}

fn shows(headers: &HeaderMap, token: &SecretString) -> bool {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    shown.is_some_and(|shown| shown.ct_eq(token.expose_secret().as_bytes()).into())
}

/// A proxy on this machine connects from loopback, too, whoever stands behind it.
fn is_this_machine(headers: &HeaderMap, peer: Option<Peer>) -> bool {
    let loopback = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    loopback && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn peer(address: &str) -> Option<Peer> {
        address.parse().ok().map(Peer)
    }

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn without_a_token_only_this_machine_reads() {
        let none = HeaderMap::new();
        for address in ["127.0.0.1:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            assert!(may_read(None, &none, peer(address)).is_ok(), "{address}");
        }
        assert!(may_read(None, &none, peer("192.0.2.1:9")).is_err());
        assert!(may_read(None, &none, None).is_err());
        let behind_a_proxy = headers("x-forwarded-for", "192.0.2.1");
        assert!(may_read(None, &behind_a_proxy, peer("127.0.0.1:9")).is_err());
    }

    #[test]
    fn a_token_is_asked_of_everybody() {
        let token = Some(SecretString::from("a-long-metrics-token"));
        let right = headers("authorization", "Bearer a-long-metrics-token");
        assert!(may_read(token.as_ref(), &right, peer("192.0.2.1:9")).is_ok());
        for wrong in ["Bearer a-long-metrics-tokeN", "Bearer ", "a-long-metrics-token"] {
            let refused = may_read(token.as_ref(), &headers("authorization", wrong), peer("127.0.0.1:9"));
            assert_eq!(refused.unwrap_err().kind, Kind::SignInNeeded, "{wrong}");
        }
        assert!(may_read(token.as_ref(), &HeaderMap::new(), peer("127.0.0.1:9")).is_err());
    }
}
