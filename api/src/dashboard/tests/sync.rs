//! A run that is started from its page.

use super::voices::Voices;
use super::{Shown, signed_in};
use crate::http::v1::tests::world::{SALON, World};
use crate::serve::compressed;
use futures_util::StreamExt;
use http::Method;
use http_body_util::{BodyDataStream, BodyExt};
use ringbuch_domain::access::Role;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// Starts one as a browser does that would take a packed answer.
async fn start(
    world: &World,
    page: &Shown,
    cookie: &str,
    form: &str,
) -> BodyDataStream<impl http_body::Body<Data = bytes::Bytes, Error: std::fmt::Debug> + use<>> {
    let request = http::Request::builder().method(Method::POST).uri("/c/salon/sync").header("host", super::HOST);
    let request = request.header("cookie", cookie).header("origin", format!("https://{}", super::HOST));
    let request = request.header("accept-encoding", "gzip").header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(format!("csrf={}&{form}", page.csrf())).unwrap();
    let answer = tower::ServiceExt::oneshot(compressed(world.front.clone()), request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("content-encoding")), (200, None));
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    answer.into_body().into_data_stream()
}

/// Reads on until that was sent, or the page ends.
async fn read_until(
    shown: &mut String,
    pieces: &mut BodyDataStream<impl http_body::Body<Data = bytes::Bytes, Error: std::fmt::Debug> + Unpin>,
    told: &str,
) {
    while !shown.contains(told) {
        let piece = tokio::time::timeout(PATIENCE, pieces.next()).await.expect("the page goes on");
        let Some(piece) = piece else { panic!("{told} is not in {shown}") };
        shown.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
    }
}

#[tokio::test]
async fn what_is_read_is_shown_while_the_rest_is_waited_for() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get("/c/salon/sync").await;
    voices.change(|held| held.silent = true);
    let mut pieces = start(&world, &page, &admin.cookie, "scope=retell").await;
    let mut shown = String::new();
    read_until(&mut shown, &mut pieces, "0 / 1").await;
    assert!(shown.contains("<li>Phone numbers <span>…</span><span>1</span>"), "{shown}");
    assert!(!shown.contains("In step") && !shown.contains("</html>"), "{shown}");
    voices.change(|held| held.silent = false);
    read_until(&mut shown, &mut pieces, "</html>").await;
    for told in ["<li>Agents <span>0 / 1</span><span>1 / 1</span>", "In step", "Empfang"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert_eq!(shown.matches("<li>Agents").count(), 1, "{shown}");
    let runs = admin.get("/c/salon/sync").await.text;
    assert!(!runs.contains("Nothing was synced yet."), "{runs}");
}

#[tokio::test]
async fn a_run_goes_on_without_whoever_started_it() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get("/c/salon/sync").await;
    voices.change(|held| held.silent = true);
    let mut pieces = start(&world, &page, &admin.cookie, "scope=retell").await;
    read_until(&mut String::new(), &mut pieces, "Phone numbers").await;
    drop(pieces);
    voices.change(|held| held.silent = false);
    let taken = async {
        while admin.get("/c/salon/sync").await.text.contains("Nothing was synced yet.") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.expect("the run is taken in");
}

#[tokio::test]
async fn where_a_provider_is_away_it_is_said_why_nothing_was_taken_in() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    voices.change(|held| held.away = true);
    let csrf = admin.get("/c/salon/sync").await.csrf().to_owned();
    // It is asked once more after a while.
    let passes = async {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            world.clock.advance(jiff::SignedDuration::from_secs(1));
        }
    };
    let form = format!("csrf={csrf}&scope=retell");
    let told = tokio::select! {
        told = admin.post("/c/salon/sync", &form) => told,
        () = passes => unreachable!(),
    };
    assert!(told.status == 200 && told.text.contains("Nothing was taken in:"), "{}", told.text);
    assert!(told.text.trim_end().ends_with("</html>"), "{}", told.text);
    let unknown = admin.post("/c/salon/sync", &format!("csrf={csrf}&scope=everything")).await;
    assert!(unknown.status == 400 && unknown.text.contains("takes calcom, retell or all"), "{}", unknown.text);
}
