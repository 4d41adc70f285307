//! Each fault as a client meets it, and what it leaves in the books.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use tokio::io::AsyncReadExt;

use super::super::{Burst, Fault, FaultPlan, FaultRates, Operation, Outage};
use super::harness::Town;

#[derive(Debug, PartialEq)]
enum Outcome {
    Answered(u16),
    Unreadable(u16),
    TimedOut,
    Cut,
}

async fn attempt(town: &Town, start: &str) -> Outcome {
    attempt_within(town, start, Duration::from_secs(20)).await
}

/// For requests that are never answered.
async fn give_up(town: &Town, start: &str) {
    let outcome = attempt_within(town, start, Duration::from_millis(300)).await;
    assert_eq!(outcome, Outcome::TimedOut);
}

async fn attempt_within(town: &Town, start: &str, patience: Duration) -> Outcome {
    let request = town.request("POST", "/v2/bookings", "2024-08-13", &town.anna.api_key);
    let request = request.json(&Town::wish(town.cut, start)).timeout(patience);
    match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            let readable = response.json::<Value>().await.is_ok();
            if readable { Outcome::Answered(status) } else { Outcome::Unreadable(status) }
        }
        Err(error) if error.is_timeout() => Outcome::TimedOut,
        Err(_) => Outcome::Cut,
    }
}

/// Until something holds: bounded, so that a broken sandbox fails the test and does not hang it.
async fn until(holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to hold");
}

#[tokio::test]
async fn faults_in_the_order_in_which_they_were_ordered() {
    let table = [
        (Fault::BookedThenTimedOut, Outcome::TimedOut, true),
        (Fault::TimedOutBefore, Outcome::TimedOut, false),
        (Fault::CutBefore, Outcome::Cut, false),
        (Fault::CutAfter, Outcome::Cut, true),
        (Fault::ServerErrorBefore, Outcome::Answered(500), false),
        (Fault::ServerErrorAfter, Outcome::Answered(500), true),
        (Fault::Slow(Duration::from_millis(40)), Outcome::Answered(201), true),
        (Fault::Malformed, Outcome::Unreadable(201), true),
        (Fault::RateLimited, Outcome::Answered(429), false),
    ];
    let town = Town::open().await;
    for (fault, ..) in &table {
        town.calcom.faults().next(Operation::CreateBooking, *fault);
    }
    let mut booked = 0;
    for (index, (fault, outcome, done)) in table.iter().enumerate() {
        let start = format!("2025-07-02T{:02}:{:02}:00Z", 7 + index / 2, index % 2 * 30);
        if *outcome == Outcome::TimedOut {
            give_up(&town, &start).await;
        } else {
            assert_eq!(attempt(&town, &start).await, *outcome, "{fault:?}");
        }
        booked += usize::from(*done);
        until(|| town.calcom.books().len() >= booked).await;
        assert_eq!(town.calcom.books().len(), booked, "{fault:?} at {start}");
    }
    assert_eq!(attempt(&town, "2025-07-18T10:00:00Z").await, Outcome::Answered(201), "no orders are left");
    let counts = town.calcom.faults().counts();
    assert_eq!(counts.values().sum::<u64>(), 9);
    assert_eq!(counts["booked_then_timed_out"], 1);
    assert_eq!(town.calcom.too_many_sent(), 1);
    assert_eq!(town.calcom.requests()[&Operation::CreateBooking], 10);
}

#[tokio::test]
async fn other_operations_do_not_meet_it() {
    let town = Town::open().await;
    town.calcom.faults().next(Operation::CreateBooking, Fault::CutBefore);
    assert_eq!(town.get("/v2/me", "").await.status, 200);
    assert_eq!(attempt(&town, "2025-07-02T09:00:00Z").await, Outcome::Cut);
}

#[tokio::test]
async fn a_late_booking_lands_after_an_empty_look_up() {
    let town = Town::open().await;
    let faults = town.calcom.faults();
    faults.next(Operation::CreateBooking, Fault::LateOnCue);
    give_up(&town, "2025-07-02T09:00:00Z").await;
    let list = "/v2/bookings?afterStart=2025-07-02T09:00:00Z";
    assert_eq!(town.get(list, "2024-08-13").await.data(), &serde_json::json!([]));
    assert_eq!(faults.late_waiting(), 1);
    faults.release_late();
    until(|| town.calcom.books().len() == 1).await;
    assert_eq!(town.get(list, "2024-08-13").await.data().as_array().unwrap().len(), 1);

    faults.next(Operation::CreateBooking, Fault::LateBooked(Duration::from_millis(50)));
    give_up(&town, "2025-07-02T10:00:00Z").await;
    until(|| town.calcom.books().len() == 2).await;
}

#[tokio::test]
async fn a_slow_booking_is_made_though_the_client_has_gone() {
    let town = Town::open().await;
    town.calcom.faults().next(Operation::CreateBooking, Fault::Slow(Duration::from_secs(1)));
    give_up(&town, "2025-07-02T09:00:00Z").await;
    until(|| town.calcom.books().len() == 1).await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_held_for_a_while_only() {
    let town = Town::open().await;
    town.calcom.faults().hold_at_most(Duration::from_millis(20));
    town.calcom.faults().next(Operation::CreateBooking, Fault::TimedOutBefore);
    assert_eq!(attempt(&town, "2025-07-02T09:00:00Z").await, Outcome::Cut);
}

#[tokio::test]
async fn down_and_up_again() {
    let town = Town::open().await;
    let faults = town.calcom.faults();
    // The first request leaves a connection that is kept alive: it closes as well.
    assert_eq!(attempt(&town, "2025-07-02T09:00:00Z").await, Outcome::Answered(201));
    faults.set_down(true);
    assert_eq!(attempt(&town, "2025-07-02T10:00:00Z").await, Outcome::Cut);
    let mut silent =
        tokio::net::TcpStream::connect(town.sandbox.calcom_url().trim_start_matches("http://")).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(10), silent.read(&mut [0; 8])).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "closed though nothing was asked: {read:?}");
    faults.set_down(false);
    assert_eq!(attempt(&town, "2025-07-02T10:00:00Z").await, Outcome::Answered(201));
    assert!(faults.counts()["down"] >= 1);
    faults.down_for(Duration::from_hours(1));
    assert_eq!(attempt(&town, "2025-07-02T11:00:00Z").await, Outcome::Cut);
    faults.calm();
    assert_eq!(attempt(&town, "2025-07-02T11:00:00Z").await, Outcome::Answered(201));
}

#[tokio::test]
async fn one_outage_of_a_plan() {
    let town = Town::open().await;
    let outage = Some(Outage { after_requests: 2, lasts: Duration::from_millis(300) });
    town.calcom.faults().follow(FaultPlan { outage, ..FaultPlan::default() });
    let mut outcomes = Vec::new();
    for hour in 9..12 {
        outcomes.push(attempt(&town, &format!("2025-07-02T{hour:02}:00:00Z")).await);
    }
    assert_eq!(outcomes, [Outcome::Answered(201), Outcome::Answered(201), Outcome::Cut]);
    let mut last = Outcome::Cut;
    for _ in 0..200 {
        last = attempt(&town, "2025-07-02T13:00:00Z").await;
        if last != Outcome::Cut {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(last, Outcome::Answered(201));
}

async fn planned_run(seed: u64) -> (Vec<Outcome>, BTreeMap<String, u64>) {
    let town = Town::open().await;
    town.calcom.set_rate_limit(super::limits::plenty());
    let bookings = FaultRates { cut_before: 150, server_error_after: 150, malformed: 100, ..FaultRates::default() };
    let bursts = Some(Burst { per_mille: 50, length: 2 });
    town.calcom.faults().follow(FaultPlan { seed, bookings, bursts, ..FaultPlan::default() });
    let mut outcomes = Vec::new();
    for slot in 0..60 {
        let (day, hour) = (1 + slot / 15, 7 + (slot % 15) / 2);
        let start = format!("2025-07-0{day}T{hour:02}:{:02}:00Z", (slot % 2) * 30);
        outcomes.push(attempt(&town, &start).await);
    }
    (outcomes, town.calcom.faults().counts())
}

#[tokio::test]
async fn a_plan_can_be_repeated() {
    let (outcomes, counts) = planned_run(11).await;
    assert_eq!(planned_run(11).await, (outcomes, counts.clone()));
    assert_ne!(planned_run(12).await.1, counts);
    for kind in ["cut_before", "server_error_after", "malformed", "rate_limited"] {
        assert!(counts[kind] > 0, "{counts:?}");
    }
}

#[tokio::test]
async fn retell_has_faults_of_its_own() {
    let town = Town::open().await;
    let retell = town.retell();
    retell.add_account("Salon", "key_a");
    let info = async || {
        let request = town.http.get(format!("{}/get-api-key-info", town.sandbox.retell_url())).bearer_auth("key_a");
        super::harness::reply(request).await
    };
    retell.faults().next(Operation::GetKeyInfo, Fault::ServerErrorBefore);
    let broken = info().await;
    assert_eq!((broken.status, &broken.body["status"]), (500, &"error".into()));
    assert_eq!(info().await.status, 200);
    assert!(town.calcom.faults().counts().is_empty());
}

#[tokio::test]
async fn after_shutdown_nobody_answers_and_the_books_stay() {
    let town = Town::open().await;
    assert_eq!(attempt(&town, "2025-07-02T09:00:00Z").await, Outcome::Answered(201));
    let (calcom, http) = (town.calcom.clone(), town.http.clone());
    calcom.faults().next(Operation::GetMe, Fault::TimedOutBefore);
    let waiting = town.request("GET", "/v2/me", "", &town.anna.api_key).send();
    let url = town.sandbox.calcom_url();
    let seen = calcom.clone();
    let close = async {
        until(|| !seen.faults().counts().is_empty()).await;
        town.sandbox.shutdown().await;
    };
    let (waited, ()) = futures_util::future::join(waiting, close).await;
    assert!(waited.is_err(), "a held answer does not keep the sandbox alive");
    assert!(http.get(url).send().await.is_err());
    assert_eq!(calcom.books().len(), 1);
}
