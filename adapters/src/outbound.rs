//! The one way out: HTTP clients that check every address when connecting, follow no redirect, use no proxy and repeat
//! nothing by themselves. What went wrong is told by what is certain: whether the request can have left this machine.

mod address;
#[cfg(test)]
pub(crate) mod fake;
mod operator;

pub use address::{AddressRefused, Loopback};
pub use operator::ToOperator;

use address::{CheckedNames, check_url};
use http::Method;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, Url};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// How connections are made.
#[derive(Debug, Clone, Copy)]
pub struct OutboundSettings {
    /// Demo and tests: addresses of this machine are allowed as well, and plain HTTP to them.
    pub loopback: Loopback,
    /// Name look-up, TCP and TLS together.
    pub connect: Duration,
    /// What the header `traceparent` of a request that is made now says, if anything.
    pub traceparent: fn() -> Option<String>,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self { loopback: Loopback::Refused, connect: Duration::from_secs(1), traceparent: || None }
    }
}

/// No client could be built: the operating system's certificates cannot be read.
#[derive(Debug, Error)]
#[error("no HTTPS client can be built: {0}")]
pub struct NoClient(#[source] reqwest::Error);

/// A pool of connections behind the address check.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Client,
    loopback: Loopback,
    traceparent: fn() -> Option<String>,
}

/// What all clients have in common.
fn plain() -> ClientBuilder {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("ringbuch/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
}

impl Outbound {
    pub fn new(settings: OutboundSettings) -> Result<Self, NoClient> {
        let client = plain()
            .dns_resolver(Arc::new(CheckedNames(settings.loopback)))
            .connect_timeout(settings.connect)
            .pool_idle_timeout(Duration::from_mins(1))
            .build()
            .map_err(NoClient)?;
        Ok(Self { client, loopback: settings.loopback, traceparent: settings.traceparent })
    }

    /// Whether requests may go to this base address. Names are checked again, by their addresses, when connecting.
    pub fn check(&self, base_url: &str) -> Result<Url, AddressRefused> {
        check_url(base_url, self.loopback)
    }

    /// A request to `base_url` with these path segments behind it, each of them escaped.
    pub fn request(&self, method: Method, base_url: &str, segments: &[&str]) -> Result<RequestBuilder, AddressRefused> {
        let mut url = self.check(base_url)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        let request = self.client.request(method, url);
        Ok(match (self.traceparent)() {
            Some(place) => request.header("traceparent", place),
            None => request,
        })
    }
}

/// Why there is no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendFault {
    /// The address check refused it; nothing left this machine.
    #[error("the address is refused")]
    AddressRefused,
    /// The request could not even be written (a key with a line break, say); nothing left this machine.
    #[error("the request cannot be written")]
    Unwritable,
    /// No connection: refused, timed out, no such name, no trust. The request did not leave.
    #[error("no connection")]
    NotConnected,
    /// The request may have arrived; no whole answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// The request may have arrived; the connection ended before the answer did.
    #[error("the connection ended before the answer")]
    Cut,
    /// The answer is larger than anything the provider sends.
    #[error("the answer is too large")]
    TooLarge,
}

impl From<reqwest::Error> for SendFault {
    fn from(error: reqwest::Error) -> Self {
        if caused_by::<AddressRefused>(&error) {
            Self::AddressRefused
        } else if error.is_builder() {
            Self::Unwritable
        } else if error.is_connect() {
            Self::NotConnected
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Cut
        }
    }
}

/// Reads an answer's body to its end, if it is not longer than `limit` bytes.
pub async fn body_of(mut response: Response, limit: usize) -> Result<Vec<u8>, SendFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(SendFault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn caused_by<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<T>() || error.source().is_some_and(caused_by::<T>)
}

#[cfg(test)]
mod tests {
    use super::fake::{Fake, Reply, deaf_listener, local, unused_port};
    use super::*;

    /// Longer than any machine under load needs.
    const LONG: Duration = Duration::from_mins(1);

    async fn send(outbound: &Outbound, base_url: &str) -> Result<Vec<u8>, SendFault> {
        send_within(LONG, outbound, base_url).await
    }

    async fn send_within(total: Duration, outbound: &Outbound, base_url: &str) -> Result<Vec<u8>, SendFault> {
        let request = outbound.request(Method::GET, base_url, &["x"]).map_err(|_| SendFault::AddressRefused)?;
        let response = request.timeout(total).send().await?;
        body_of(response, 1000).await
    }

    #[tokio::test]
    async fn every_way_to_fail_says_whether_the_request_can_have_left() {
        let outbound = local();
        let fake = Fake::start().await;
        for (reply, outcome) in [
            (Reply::json(200, "{}"), Ok(b"{}".to_vec())),
            (Reply::cut(), Err(SendFault::Cut)),
            (Reply::cut_within(200, "{}"), Err(SendFault::Cut)),
            (Reply::hang(), Err(SendFault::TimedOut)),
            (Reply::hang_within(200), Err(SendFault::TimedOut)),
            (Reply::json(200, &"x".repeat(1001)), Err(SendFault::TooLarge)),
        ] {
            let name = format!("{reply:?}");
            let total = if reply.hangs() { Duration::from_millis(100) } else { LONG };
            fake.next(reply);
            assert_eq!(send_within(total, &outbound, &fake.url()).await, outcome, "{name}");
        }
        assert_eq!(send(&outbound, &unused_port().await).await, Err(SendFault::NotConnected));
        let without_tls = fake.url().replace("http:", "https:");
        assert_eq!(send(&outbound, &without_tls).await, Err(SendFault::NotConnected));
    }

    #[tokio::test]
    async fn a_time_out_while_connecting_is_no_connection() {
        let settings = OutboundSettings {
            loopback: Loopback::Allowed,
            connect: Duration::from_millis(50),
            ..OutboundSettings::default()
        };
        let outbound = Outbound::new(settings).unwrap();
        let deaf = deaf_listener().await;
        assert_eq!(send(&outbound, &deaf.url()).await, Err(SendFault::NotConnected));
    }

    #[tokio::test]
    async fn a_name_is_checked_by_its_addresses_when_connecting() {
        let outbound = Outbound::new(OutboundSettings::default()).unwrap();
        assert!(outbound.check("https://localhost:1").is_ok());
        assert_eq!(send(&outbound, "https://localhost:1").await, Err(SendFault::AddressRefused));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let (fake, outbound) = (Fake::start().await, local());
        fake.next(Reply::json(307, "{}").with("location", "/elsewhere"));
        let response = outbound.request(Method::GET, &fake.url(), &["x"]).unwrap().send().await.unwrap();
        assert_eq!(response.status(), 307);
        assert_eq!(fake.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_request_says_which_trace_it_belongs_to() {
        let fake = Fake::start().await;
        let traceparent = || Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
        let settings = OutboundSettings { loopback: Loopback::Allowed, traceparent, ..OutboundSettings::default() };
        fake.next(Reply::json(200, "{}"));
        send(&Outbound::new(settings).unwrap(), &fake.url()).await.unwrap();
        assert_eq!(Some(fake.only_request().header("traceparent").to_owned()), traceparent());
    }

    #[tokio::test]
    async fn what_the_operator_runs_may_stand_anywhere() {
        let fake = Fake::start().await;
        fake.next(Reply::json(200, "{\"ok\":true}"));
        let request =
            http::Request::post(format!("{}/v1/traces", fake.url())).body(bytes::Bytes::from("spans")).unwrap();
        let answer = ToOperator::new().unwrap().send(request, LONG).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, &b"{\"ok\":true}"[..]));
        assert_eq!(fake.only_request().body, b"spans");
    }

    #[tokio::test]
    async fn a_path_segment_cannot_leave_its_place() {
        let (fake, outbound) = (Fake::start().await, local());
        fake.next(Reply::json(200, "{}"));
        let base = format!("{}/v2/", fake.url());
        let segments = ["bookings", "../a?b#c/d", "cancel"];
        outbound.request(Method::GET, &base, &segments).unwrap().send().await.unwrap();
        assert_eq!(fake.only_request().target, "/v2/bookings/..%2Fa%3Fb%23c%2Fd/cancel");
    }

    #[tokio::test]
    async fn a_header_that_cannot_be_written_never_leaves() {
        let request = local().request(Method::GET, "http://127.0.0.1:1", &[]).unwrap();
        let error = request.bearer_auth("a\nb").send().await.unwrap_err();
        assert_eq!(SendFault::from(error), SendFault::Unwritable);
    }
}
