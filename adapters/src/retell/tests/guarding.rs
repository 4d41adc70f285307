//! The account's breaker and its key's limits.

use super::*;
use crate::outbound::fake::Reply;
use crate::provider::BreakerState;
use jiff::SignedDuration;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

async fn guarded() -> Setting {
    let (fake, clock) = (Fake::start().await, TestClock::shared());
    let settings = RetellSettings { base_url: fake.url(), api_key: SecretString::from("key_test") };
    let around = Around::alone(clock.clone());
    let retell = Retell::new(local(), Arc::new(OneAccount(settings)), around, RetellOptions::default());
    Setting { fake, clock, retell }
}

fn found() -> Reply {
    Reply::json(200, "{}")
}

#[tokio::test]
async fn five_failures_open_the_accounts_breaker_and_two_successes_close_it() {
    let s = guarded().await;
    (0..5).for_each(|_| s.fake.next(Reply::json(500, "{}")));
    for _ in 0..5 {
        assert_eq!(s.get().await, Err(unavailable("status 500")));
    }
    assert_eq!(s.get().await, Err(unavailable("it keeps failing and is left alone for another 60 s")));
    assert_eq!((s.fake.requests().len(), s.retell.breaker_states()), (5, vec![(account(), BreakerState::Open)]));
    s.clock.advance(SignedDuration::from_mins(1));
    for state in [BreakerState::HalfOpen, BreakerState::Closed] {
        s.fake.next(found());
        assert!(s.get().await.is_ok());
        assert_eq!(s.retell.breaker_states(), [(account(), state)]);
    }
}

#[tokio::test]
async fn refusals_and_being_asked_to_wait_are_no_failures() {
    let unknown = || Reply::json(404, &error("Cannot find it."));
    let too_often = || Reply::json(429, "{}").with("retry-after", "31");
    for reply in [unknown, too_often] {
        let s = guarded().await;
        for _ in 0..6 {
            s.fake.next(reply());
            assert!(s.get().await.is_err());
            s.clock.advance(SignedDuration::from_secs(31));
        }
        assert_eq!(s.retell.breaker_states(), [(account(), BreakerState::Closed)]);
    }
}

#[tokio::test]
async fn lists_and_all_else_have_limits_of_their_own() {
    let s = guarded().await;
    let empty = || Reply::json(200, r#"{"items":[],"has_more":false}"#);
    for _ in 0..28 {
        s.fake.next(empty());
        assert_eq!(s.list().await, Ok(vec![]));
    }
    s.fake.next(found());
    assert!(s.get().await.is_ok(), "a list was no list");
    assert_eq!(s.retell.rate_limits_remaining(), [(account(), 0)]);
    s.fake.next(empty());
    let mut listing = pin!(s.list());
    poll_fn(|context| {
        assert!(listing.as_mut().poll(context).is_pending());
        context.waker().wake_by_ref();
        if s.clock.sleepers() == 1 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    s.clock.advance(SignedDuration::from_secs(12));
    assert_eq!(listing.await, Ok(vec![]));
    assert_eq!(s.fake.requests().len(), 30);
}
