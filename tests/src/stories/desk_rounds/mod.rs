//! A thousand rounds of callers who want the same times, while the server is killed and the calendar times out, cuts lines
//! and answers nonsense. What each was told is held against what came of it, and all of it together against a model of the
//! page by a linearizability checker. The dice are thrown from seeds, which a failure names.

mod guest;
mod page;
mod round;

use crate::app::{Setting, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use guest::Told;
use jiff::{SignedDuration, ToSpan};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use ringbuch_adapters::sandbox::{FaultPlan, FaultRates, Operation};
use ringbuch_domain::desk::RulesChange;
use round::Round;
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::{Duration, Instant};

/// Rounds that are played at once, each on a day of its own; one of the server's deaths meets all of them.
const AT_ONCE: usize = 20;
/// Days that a server's calendar has for them.
const BATCHES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_rounds_end_with_the_truth() {
    let (mut seen, started) = (BTreeMap::new(), Instant::now());
    for seed in 0..10 {
        rounds(Database::sqlite_in_memory().await, seed, BATCHES, &mut seen).await;
    }
    println!(
        "1000 rounds, the server dying 50 times in the middle of 20 of them: {seen:#?}, in {:?}",
        started.elapsed()
    );
    for told in [Told::Nothing, Told::Booked, Told::Noted, Told::Refused, Told::Cancelled] {
        assert!(seen.contains_key(told.word()), "nobody was {}", told.word());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the PostgreSQL server that tests/run starts"]
async fn rounds_on_postgres_end_with_the_truth() {
    let mut seen = BTreeMap::new();
    rounds(Database::postgres().await, 100, 3, &mut seen).await;
    println!("60 rounds: {seen:#?}");
}

/// Plays some batches on one database, and counts what each caller was told and how many faults of each kind they met.
async fn rounds(database: Database, seed: u64, batches: usize, seen: &mut BTreeMap<String, u64>) {
    let setting = Setting { answers_within: Duration::from_millis(400), mortal: true, ..Setting::default() };
    let mut app = TestApp::with(database, setting).await;
    app.desk_does(RulesChange { answer_within_seconds: Some(1), ..RulesChange::default() }).await;
    app.calcom().faults().follow(plan(seed));
    let mut dice = StdRng::seed_from_u64(seed);
    let first = app.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for batch in 0..batches {
        let day = |at: usize| first.saturating_add(i64::try_from(2 + batch * AT_ONCE + at).unwrap().days());
        let mut thrown: Vec<Round> =
            (0..AT_ONCE).map(|at| Round::thrown(&mut dice, &format!("{batch}_{at}"), day(at).to_string())).collect();
        play_and_die(&app, &mut thrown, &mut dice).await;
        app.revive().await;
        for round in &mut thrown {
            round.some_hang_up(&mut dice);
        }
        join_all(thrown.iter_mut().map(|round| round.play(&app))).await;
        app.advance_until_quiet(SignedDuration::from_mins(20)).await;
        for round in &mut thrown {
            for word in round.is_as_it_should(&app, seed).await {
                *seen.entry(word.to_owned()).or_insert(0) += 1;
            }
        }
    }
    for (kind, count) in app.calcom().faults().counts() {
        *seen.entry(kind).or_insert(0) += count;
    }
    app.calcom().faults().calm();
    app.finish().await;
}

/// All play until the server dies, at a moment that is counted in bookings that Cal.com was asked for.
async fn play_and_die(app: &TestApp, thrown: &mut [Round], dice: &mut StdRng) {
    let at = app.asked(Operation::CreateBooking) + dice.random_range(1..u64::try_from(AT_ONCE).unwrap());
    let later = Duration::from_millis(dice.random_range(0..8));
    let mut playing = pin!(join_all(thrown.iter_mut().map(|round| round.play(app))));
    let moment = async {
        while app.asked(Operation::CreateBooking) < at {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(later).await;
    };
    tokio::select! {
        _ = &mut playing => return app.kill().await,
        () = moment => {}
    }
    // Whoever is on the line is cut off.
    tokio::join!(app.kill(), playing);
}

/// Of what changes the calendar every sixth request meets something, of what reads every fiftieth.
fn plan(seed: u64) -> FaultPlan {
    let bookings = FaultRates {
        booked_then_timed_out: 25,
        timed_out_before: 15,
        cut_before: 30,
        cut_after: 40,
        server_error_before: 20,
        server_error_after: 20,
        malformed: 20,
        ..FaultRates::default()
    };
    let reads = FaultRates { cut_before: 10, server_error_before: 10, ..FaultRates::default() };
    FaultPlan { seed, bookings, reads, ..FaultPlan::default() }
}
