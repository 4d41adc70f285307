//! Asked too often.

use super::*;
use crate::outbound::fake::Reply;
use jiff::SignedDuration;
use std::future::poll_fn;
use std::task::Poll;

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

/// Retell counts in windows of ten seconds: untold, it waits longer each time, and in all for longer than one of them.
#[tokio::test]
async fn untold_it_outlasts_a_window() {
    let s = setting().await;
    for _ in 0..3 {
        s.fake.next(Reply::json(429, ERROR_429));
    }
    s.fake.next(Reply::json(200, "{}"));
    let mut asked = std::pin::pin!(s.get());
    for (nth, wait) in [(1, 2), (2, 4), (3, 8)] {
        drive_until(&mut asked, || s.clock.sleepers() == 1 && s.fake.requests().len() == nth).await;
        s.clock.advance(SignedDuration::from_secs(wait));
    }
    assert_eq!(asked.await.unwrap(), b"{}");
}

#[tokio::test]
async fn it_does_not_ask_for_ever() {
    let s = setting().await;
    for _ in 0..4 {
        s.fake.next(Reply::json(429, ERROR_429).with("retry-after", "0"));
    }
    assert_eq!(s.get().await.unwrap_err(), unavailable("it is asked too often"));
    assert_eq!(s.fake.requests().len(), 4);
}

#[tokio::test]
async fn it_does_not_wait_longer_than_it_may() {
    let s = setting().await;
    s.fake.next(Reply::json(429, ERROR_429).with("retry-after", "31"));
    let failure = s.get().await.unwrap_err();
    assert_eq!(failure, unavailable("it is asked too often"));
}

/// A window of Retell's has ten seconds; somebody at a page is told at once that it is too long for them.
#[tokio::test]
async fn somebody_who_waits_at_a_page_is_told_sooner() {
    let s = setting().await;
    let asked_for_longer = || Reply::json(429, ERROR_429).with("retry-after", "6");
    s.fake.next(asked_for_longer());
    let at_a_page = s.retell.for_somebody_waiting();
    let failure = at_a_page.get_call(&account(), "call_demo_0001").await.unwrap_err();
    assert_eq!(failure, unavailable("it is asked too often"));
    let failure = at_a_page.get_call(&account(), "call_demo_0001").await.unwrap_err();
    assert_eq!(failure, unavailable("it is asked too often"), "the key rests, and nothing is sent");
    assert_eq!(s.fake.requests().len(), 1);
    s.fake.next(Reply::json(200, "{}"));
    let mut patient = std::pin::pin!(s.get());
    drive_until(&mut patient, || s.clock.sleepers() == 1).await;
    s.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(patient.await.unwrap(), b"{}");
}

/// Lets the future run until the condition holds; it must not end before.
async fn drive_until<F: Future<Output: std::fmt::Debug>>(future: &mut std::pin::Pin<&mut F>, done: impl Fn() -> bool) {
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
