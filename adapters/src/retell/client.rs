//! The client of Retell's REST interface. It reads, and deletes what is to be
//! forgotten, so what failed may always be asked again.

use super::rows::{Page, page_request};
use super::settings::{AccountSettings, RetellSettings};
use crate::outbound::{Outbound, SendFault, body_of};
use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{CallSummary, Clock, VoiceAgents, VoiceAgentsFailure};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Instrument, field};

/// A page of 1,000 calls with everything but their transcripts stays far below this; so does one whole call.
const BODY_MAX: usize = 64 * 1024 * 1024;
/// How often one request is sent when Retell keeps asking to wait.
const TRIES: u32 = 4;
/// Pages of one listing; a million calls are more than one question can mean.
const PAGES_AT_MOST: usize = 1000;

/// Limits of time.
#[derive(Debug, Clone, Copy)]
pub struct RetellOptions {
    pub get_total: Duration,
    pub list_total: Duration,
    /// How long one request may wait in all when Retell says that it is asked too often.
    pub wait_at_most: Duration,
    /// How long to wait when it does not say.
    pub wait_unless_told: Duration,
}

impl Default for RetellOptions {
    fn default() -> Self {
        Self {
            get_total: Duration::from_secs(10),
            list_total: Duration::from_mins(1),
            wait_at_most: Duration::from_secs(30),
            wait_unless_told: Duration::from_secs(2),
        }
    }
}

pub struct Retell {
    outbound: Outbound,
    accounts: Arc<dyn AccountSettings>,
    clock: Arc<dyn Clock>,
    options: RetellOptions,
}

impl Retell {
    pub fn new(
        outbound: Outbound,
        accounts: Arc<dyn AccountSettings>,
        clock: Arc<dyn Clock>,
        options: RetellOptions,
    ) -> Self {
        Self { outbound, accounts, clock, options }
    }

    async fn settings(&self, account: &AccountId) -> Result<RetellSettings, VoiceAgentsFailure> {
        let settings = self.accounts.retell(account).await;
        settings.ok_or_else(|| VoiceAgentsFailure::NoKey("none is set".into()))
    }

    /// Sends until it is answered otherwise than "too often", within bounds.
    async fn ask(&self, operation: &'static str, request: RequestBuilder) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let span = tracing::info_span!("provider", provider = "retell", operation, outcome = field::Empty);
        let asked = self.ask_patiently(request).instrument(span.clone()).await;
        span.record("outcome", outcome(&asked));
        span.in_scope(|| match &asked {
            Err(failure) if *failure != VoiceAgentsFailure::NotFound => tracing::warn!(%failure, "Retell failed"),
            _ => tracing::debug!("Retell answered"),
        });
        asked
    }

    async fn ask_patiently(&self, request: RequestBuilder) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let patience = self.clock.now().saturating_add(signed(self.options.wait_at_most)).unwrap_or(Timestamp::MAX);
        for left in (0..TRIES).rev() {
            let again = request.try_clone().ok_or_else(|| unavailable("the request cannot be repeated"))?;
            match self.send(again).await? {
                Said::Answer(body) => return Ok(body),
                Said::Wait(wait) => {
                    let until = self.clock.now().saturating_add(signed(wait)).unwrap_or(Timestamp::MAX);
                    if left == 0 || until > patience {
                        break;
                    }
                    self.clock.sleep_until(until).await;
                }
            }
        }
        Err(unavailable("it is asked too often"))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Said, VoiceAgentsFailure> {
        let response = request.send().await.map_err(|error| unsent(error.into()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                return Ok(Said::Wait(told_wait(&headers).unwrap_or(self.options.wait_unless_told)));
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(VoiceAgentsFailure::NoKey("the provider refuses it".into()));
            }
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => return Err(VoiceAgentsFailure::NotFound),
            status if !status.is_success() => return Err(unavailable(format!("status {}", status.as_u16()))),
            _ => {}
        }
        body_of(response, BODY_MAX).await.map(Said::Answer).map_err(unsent)
    }

    fn request(
        &self,
        settings: &RetellSettings,
        method: Method,
        segments: &[&str],
    ) -> Result<RequestBuilder, VoiceAgentsFailure> {
        let request = self.outbound.request(method, &settings.base_url, segments);
        let request = request.map_err(|refused| unavailable(refused.to_string()))?;
        Ok(request.bearer_auth(settings.api_key.expose_secret()))
    }

    async fn page(
        &self,
        settings: &RetellSettings,
        since: Timestamp,
        after: Option<&str>,
    ) -> Result<Page, VoiceAgentsFailure> {
        let request = self.request(settings, Method::POST, &["v3", "list-calls"])?;
        let request = request.timeout(self.options.list_total).json(&page_request(since, after));
        let body = self.ask("list_calls", request).await.map_err(|failure| match failure {
            // A list is never "not found": the provider did not understand the question.
            VoiceAgentsFailure::NotFound => unavailable("it does not take the question"),
            other => other,
        })?;
        serde_json::from_slice(&body).map_err(|_| unavailable("the list cannot be read"))
    }
}

#[async_trait]
impl VoiceAgents for Retell {
    async fn list_calls(&self, account: &AccountId, since: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        let settings = self.settings(account).await?;
        let (mut calls, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_AT_MOST {
            let page = self.page(&settings, since, after.as_deref()).await?;
            calls.extend(page.items.into_iter().map(CallSummary::from));
            if !page.has_more {
                return Ok(calls);
            }
            if page.pagination_key.is_none() || page.pagination_key == after {
                return Err(unavailable("the list says that it goes on, but not where"));
            }
            after = page.pagination_key;
        }
        Err(unavailable("the list does not end"))
    }

    async fn get_call(&self, account: &AccountId, call_id: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let settings = self.settings(account).await?;
        let request = self.request(&settings, Method::GET, &["v2", "get-call", call_id])?;
        let body = self.ask("get_call", request.timeout(self.options.get_total)).await?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(_)) => Ok(body),
            _ => Err(unavailable("the call cannot be read")),
        }
    }

    async fn delete_call(&self, account: &AccountId, call_id: &str) -> Result<(), VoiceAgentsFailure> {
        let settings = self.settings(account).await?;
        let request = self.request(&settings, Method::DELETE, &["v2", "delete-call", call_id])?;
        self.ask("delete_call", request.timeout(self.options.get_total)).await.map(drop)
    }
}

enum Said {
    Answer(Vec<u8>),
    /// Asked too often.
    Wait(Duration),
}

fn unavailable(what: impl Into<String>) -> VoiceAgentsFailure {
    VoiceAgentsFailure::Unavailable(what.into())
}

fn unsent(fault: SendFault) -> VoiceAgentsFailure {
    unavailable(match fault {
        SendFault::AddressRefused => "its address is not public",
        SendFault::Unwritable => "the key holds characters that no header can carry",
        SendFault::NotConnected => "no connection",
        SendFault::TimedOut => "it did not answer in time",
        SendFault::Cut => "the connection ended before the answer",
        SendFault::TooLarge => "the answer is too large",
    })
}

fn outcome(asked: &Result<Vec<u8>, VoiceAgentsFailure>) -> &'static str {
    match asked {
        Ok(_) => "ok",
        Err(VoiceAgentsFailure::NotFound) => "not_found",
        Err(VoiceAgentsFailure::NoKey(_)) => "key_refused",
        Err(VoiceAgentsFailure::Unavailable(_)) => "unavailable",
        Err(VoiceAgentsFailure::Refused { .. } | VoiceAgentsFailure::NoPrompt) => "refused",
    }
}

/// `retry-after-ms`, else `retry-after` in seconds.
fn told_wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let milliseconds = number("retry-after-ms").map(Duration::from_millis);
    milliseconds.or_else(|| number("retry-after").map(Duration::from_secs))
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::fake::{Fake, Reply, TestClock, local, unused_port};
    use secrecy::SecretString;
    use std::future::poll_fn;
    use std::task::Poll;

    struct OneAccount(Option<RetellSettings>);

    #[async_trait]
    impl AccountSettings for OneAccount {
        async fn retell(&self, account: &AccountId) -> Option<RetellSettings> {
            self.0.clone().filter(|_| account.as_str() == "main")
        }
    }

    struct Setting {
        fake: Fake,
        clock: Arc<TestClock>,
        retell: Retell,
    }

    fn retell_at(base_url: String, clock: &Arc<TestClock>) -> Retell {
        retell_within(Duration::from_mins(1), base_url, clock)
    }

    fn retell_within(total: Duration, base_url: String, clock: &Arc<TestClock>) -> Retell {
        let settings = RetellSettings { base_url, api_key: SecretString::from("key_test") };
        let options = RetellOptions { get_total: total, list_total: total, ..RetellOptions::default() };
        Retell::new(local(), Arc::new(OneAccount(Some(settings))), clock.clone(), options)
    }

    async fn setting() -> Setting {
        let (fake, clock) = (Fake::start().await, TestClock::shared());
        let retell = retell_at(fake.url(), &clock);
        Setting { fake, clock, retell }
    }

    impl Setting {
        async fn get(&self) -> Result<Vec<u8>, VoiceAgentsFailure> {
            self.retell.get_call(&account(), "call_demo_0001").await
        }
        async fn list(&self) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
            self.retell.list_calls(&account(), since()).await
        }
    }

    fn account() -> AccountId {
        AccountId::new("main").unwrap()
    }

    fn since() -> Timestamp {
        Timestamp::from_millisecond(1_795_172_400_000).unwrap()
    }

    const ERROR_422: &str = r#"{"status":"error","message":"Cannot find requested asset under given api key."}"#;
    const ERROR_429: &str = r#"{"status":"error","message":"Account rate limited, please throttle your requests."}"#;

    #[tokio::test]
    async fn a_list_is_asked_for_page_by_page_until_it_ends() {
        let s = setting().await;
        s.fake.next(Reply::json(
            200,
            r#"{"items":[{"call_id":"call_1","call_status":"ended","agent_version":4,"start_timestamp":1795258800000,
                "call_analysis":{"call_successful":true}}],"has_more":true,"pagination_key":"p2"}"#,
        ));
        s.fake.next(Reply::json(
            200,
            r#"{"items":[{"call_id":"call_2","call_status":"not_connected","call_analysis":{}},
                {"call_id":"call_3","call_status":"ongoing","start_timestamp":1795258900000}],"has_more":false,"total":3}"#,
        ));
        let row = |id: &str, status: &str, analyzed, started: Option<i64>| CallSummary {
            call_id: id.into(),
            status: status.into(),
            analyzed,
            started_at: started.map(|at| Timestamp::from_millisecond(at).unwrap()),
        };
        assert_eq!(
            s.list().await.unwrap(),
            [
                row("call_1", "ended", true, Some(1_795_258_800_000)),
                row("call_2", "not_connected", false, None),
                row("call_3", "ongoing", false, Some(1_795_258_900_000)),
            ]
        );
        let asked = s.fake.requests();
        let first = serde_json::json!({
            "filter_criteria": {"start_timestamp": {"type": "number", "op": "ge", "value": 1_795_172_400_000_i64}},
            "sort_order": "ascending",
            "limit": 1000,
        });
        let mut second = first.clone();
        second["pagination_key"] = "p2".into();
        assert_eq!([asked[0].json(), asked[1].json()], [first, second]);
        for request in asked {
            assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v3/list-calls"));
            assert_eq!(request.header("authorization"), "Bearer key_test");
        }
    }

    #[tokio::test]
    async fn a_list_that_goes_on_without_saying_where_is_a_failure_and_not_half_a_list() {
        for second in [r#"{"items":[],"has_more":true}"#, r#"{"items":[],"has_more":true,"pagination_key":"p2"}"#] {
            let s = setting().await;
            s.fake.next(Reply::json(200, r#"{"items":[],"has_more":true,"pagination_key":"p2"}"#));
            s.fake.next(Reply::json(200, second));
            assert!(matches!(s.list().await, Err(VoiceAgentsFailure::Unavailable(_))), "{second}");
        }
    }

    #[tokio::test]
    async fn a_call_comes_back_byte_for_byte() {
        let s = setting().await;
        let body = r#"{ "call_id":"call_demo_0001", "call_status":"ended" }"#;
        s.fake.next(Reply::json(200, body));
        assert_eq!(s.get().await.unwrap(), body.as_bytes());
        let asked = s.fake.only_request();
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/v2/get-call/call_demo_0001"));
        assert_eq!(asked.header("authorization"), "Bearer key_test");
    }

    #[tokio::test]
    async fn every_answer_has_its_failure_and_none_repeats_what_was_said() {
        use VoiceAgentsFailure::{NoKey, NotFound, Unavailable};
        let refused = NoKey("the provider refuses it".into());
        let error = |message: &str| format!(r#"{{"status":"error","message":"{message}"}}"#);
        for (reply, failure) in [
            (Reply::json(422, ERROR_422), NotFound),
            (Reply::json(404, &error("private words")), NotFound),
            (Reply::json(401, &error("API key is missing or invalid.")), refused.clone()),
            (Reply::json(403, "{}"), refused),
            (Reply::json(400, &error("private words")), Unavailable("status 400".into())),
            (Reply::json(402, "{}"), Unavailable("status 402".into())),
            (Reply::json(500, "private words"), Unavailable("status 500".into())),
            (Reply::json(302, ""), Unavailable("status 302".into())),
            (Reply::json(200, "private words"), Unavailable("the call cannot be read".into())),
            (Reply::json(200, "[]"), Unavailable("the call cannot be read".into())),
            (Reply::cut(), Unavailable("the connection ended before the answer".into())),
            (Reply::hang(), Unavailable("it did not answer in time".into())),
        ] {
            let mut s = setting().await;
            if reply.hangs() {
                s.retell = retell_within(Duration::from_millis(100), s.fake.url(), &s.clock);
            }
            let name = format!("{reply:?}");
            s.fake.next(reply);
            let found = s.get().await.unwrap_err();
            assert_eq!(found, failure, "{name}");
            assert!(!found.to_string().contains("private"), "{found}");
        }
        let nobody = retell_at(unused_port().await, &TestClock::shared());
        let failure = nobody.get_call(&account(), "call_1").await.unwrap_err();
        assert_eq!(failure, Unavailable("no connection".into()));
    }

    #[tokio::test]
    async fn a_list_is_never_not_found() {
        let s = setting().await;
        s.fake.next(Reply::json(404, "{}"));
        assert!(matches!(s.list().await, Err(VoiceAgentsFailure::Unavailable(_))));
    }

    #[tokio::test]
    async fn asked_too_often_it_waits_as_told_and_asks_again() {
        for (reply, wait) in [
            (Reply::json(429, ERROR_429).with("retry-after", "7"), 7_000),
            (Reply::json(429, ERROR_429).with("retry-after-ms", "1500").with("retry-after", "9"), 1_500),
            (Reply::json(429, ERROR_429), 2_000),
        ] {
            let s = setting().await;
            s.fake.next(reply);
            s.fake.next(Reply::json(200, "{}"));
            let mut asked = std::pin::pin!(s.get());
            drive_until(&mut asked, || s.clock.sleepers() == 1).await;
            s.clock.advance(SignedDuration::from_millis(wait - 1));
            drive_until(&mut asked, || true).await;
            assert_eq!(s.fake.requests().len(), 1);
            s.clock.advance(SignedDuration::from_millis(1));
            assert_eq!(asked.await.unwrap(), b"{}");
        }
    }

    #[tokio::test]
    async fn it_does_not_wait_longer_than_it_may() {
        let s = setting().await;
        s.fake.next(Reply::json(429, ERROR_429).with("retry-after", "31"));
        let failure = s.get().await.unwrap_err();
        assert_eq!(failure, VoiceAgentsFailure::Unavailable("it is asked too often".into()));
    }

    #[tokio::test]
    async fn without_a_key_nothing_is_sent() {
        let s = setting().await;
        let failure = s.retell.get_call(&AccountId::new("other").unwrap(), "call_1").await.unwrap_err();
        assert_eq!(failure, VoiceAgentsFailure::NoKey("none is set".into()));
        assert!(s.fake.requests().is_empty());
    }

    #[tokio::test]
    async fn an_address_inside_is_refused() {
        let retell = retell_at("http://169.254.169.254".into(), &TestClock::shared());
        let failure = retell.get_call(&account(), "call_1").await.unwrap_err();
        assert!(matches!(failure, VoiceAgentsFailure::Unavailable(_)), "{failure}");
    }

    /// Lets the future run until the condition holds; it must not end before.
    async fn drive_until<F: Future<Output: std::fmt::Debug>>(
        future: &mut std::pin::Pin<&mut F>,
        done: impl Fn() -> bool,
    ) {
        poll_fn(|context| {
            if let Poll::Ready(ended) = future.as_mut().poll(context) {
                panic!("ended early: {ended:?}");
            }
            if done() {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
