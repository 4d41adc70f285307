//! What strangers send, damaged at random: nothing panics, and what is read says the same twice. Each target runs for
//! `RINGBUCH_TEST_FUZZ_SECONDS` (2); `tests/run` lets each run for a minute in the pipeline. A failure prints the smallest input.

mod damage;
mod targets;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};
use std::time::{Duration, Instant};

const SECONDS: &str = "RINGBUCH_TEST_FUZZ_SECONDS";

/// Draws inputs until the time is over. Every run draws others.
fn for_a_while<S: Strategy>(strategy: &S, holds: impl Fn(S::Value)) {
    let until = Instant::now() + patience();
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let mut rounds = 0_u32;
    while rounds == 0 || Instant::now() < until {
        let round = runner.run(strategy, |input| {
            holds(input);
            Ok(())
        });
        round.unwrap_or_else(|failure| panic!("after {rounds} rounds of 64: {failure}"));
        rounds += 1;
    }
}

fn patience() -> Duration {
    let seconds = std::env::var(SECONDS).ok().map(|text| text.parse().expect("a whole number of seconds"));
    Duration::from_secs(seconds.unwrap_or(2))
}
