//! One list as it has been compared so far: up to when, so that the next comparison leaves no gap, however long nobody
//! compared.

use super::event::{Compared, ComparisonEvent};
use cqrs_es::event_sink::EventSink;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A comparison that found nothing is told no more often than this; until it is, the next ones look as far back.
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(12);
/// How far before its end the last comparison is compared again: clocks differ, and what is being written is not listed.
const OVERLAP: SignedDuration = SignedDuration::from_mins(30);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    compared_to: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Tell(Compared),
}

/// Nothing is ever refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {}

impl Comparison {
    /// From when on to compare, for somebody who would look back to `since`, or to `first` while nothing was compared.
    pub fn resumes_at(&self, since: Timestamp, first: Timestamp) -> Timestamp {
        let overlapping = self.compared_to.map(|to| to.checked_sub(OVERLAP).unwrap_or(Timestamp::MIN));
        overlapping.unwrap_or(first).min(since)
    }

    pub fn decide(&self, command: Command) -> Vec<ComparisonEvent> {
        let Command::Tell(compared) = command;
        let due = self.compared_to.is_none_or(|told| compared.to.duration_since(told) >= TOLD_EVERY);
        let news = due || !compared.findings.is_empty();
        news.then(|| compared.into()).into_iter().collect()
    }
}

impl cqrs_es::Aggregate for Comparison {
    const TYPE: &'static str = "comparison";
    type Command = Command;
    type Event = ComparisonEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command) {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ComparisonEvent) {
        let ComparisonEvent::Compared(compared) = event;
        // A span that somebody compares once more by hand takes nothing back.
        self.compared_to = self.compared_to.max(Some(compared.to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::{Done, Finding, List, What};
    use crate::salon::{at, company};
    use cqrs_es::test::TestFramework;

    fn compared(to: &str, findings: Vec<Finding>) -> Compared {
        let list = List::Calendar(company());
        Compared { list, from: at("2025-07-01T00:00:00Z"), to: at(to), listed: 7, findings }
    }

    fn finding() -> Finding {
        Finding { what: What::ForeignDiffers, done: Done::Filed, call: None, booking: None, at: None }
    }

    fn told(to: &str) -> Vec<ComparisonEvent> {
        vec![compared(to, vec![]).into()]
    }

    #[test]
    fn what_was_found_is_told_and_that_nothing_was_found_twice_a_day() {
        let tell = |to: &str, findings| Command::Tell(compared(to, findings));
        let case = |given: Vec<ComparisonEvent>| TestFramework::<Comparison>::with(()).given(given);
        case(vec![]).when(tell("2025-07-02T00:00:00Z", vec![])).then_expect_events(told("2025-07-02T00:00:00Z"));
        let once = || told("2025-07-02T00:00:00Z");
        case(once()).when(tell("2025-07-02T11:59:59Z", vec![])).then_expect_events(vec![]);
        case(once()).when(tell("2025-07-02T12:00:00Z", vec![])).then_expect_events(told("2025-07-02T12:00:00Z"));
        let found = compared("2025-07-02T01:00:00Z", vec![finding()]);
        case(once()).when(Command::Tell(found.clone())).then_expect_events(vec![found.into()]);
    }

    #[test]
    fn spans_overlap_and_leave_no_gap() {
        let (since, first) = (at("2025-07-05T00:00:00Z"), at("2025-04-06T00:00:00Z"));
        let after = |events: Vec<ComparisonEvent>| {
            let mut comparison = Comparison::default();
            for event in events {
                cqrs_es::Aggregate::apply(&mut comparison, event);
            }
            comparison.resumes_at(since, first)
        };
        assert_eq!(after(vec![]), first);
        assert_eq!(after(told("2025-07-05T12:00:00Z")), since);
        assert_eq!(after(told("2025-07-03T12:00:00Z")), at("2025-07-03T11:30:00Z"), "nobody had compared for days");
        let by_hand = [told("2025-07-03T12:00:00Z"), told("2025-07-01T12:00:00Z")].concat();
        assert_eq!(after(by_hand), at("2025-07-03T11:30:00Z"));
    }
}
