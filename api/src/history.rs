//! The log read backwards, for those who look at what happened last.

use ringbuch_domain::ports::{EventLog, LogError};
use ringbuch_domain::recorded::Envelope;
use ringbuch_projections::Scope;

/// Events that are read at once.
const AT_ONCE: usize = 500;

/// The newest of the events that concern somebody.
#[derive(Debug, Default)]
pub struct Newest {
    /// The newest first.
    pub events: Vec<Envelope>,
    /// Where to go on, as the `before` of the next question; absent where nothing can be left. What was looked through
    /// may have held too little, or nothing.
    pub next: Option<u64>,
}

/// At most so many events that stand before a position, out of about so many that are looked through.
pub async fn newest(
    log: &dyn EventLog,
    scope: Scope<'_>,
    before: u64,
    wanted: usize,
    look_through: usize,
) -> Result<Newest, LogError> {
    let (mut found, mut before, mut looked) = (Newest::default(), before, 0);
    while looked < look_through {
        let mut part = log.read_back(before, AT_ONCE).await?;
        part.retain(|event| event.position < before);
        let Some(first) = part.first().map(|event| event.position) else { return Ok(found) };
        looked += part.len();
        for event in part.into_iter().rev().filter(|event| concerns(scope, event)) {
            if found.events.len() == wanted {
                found.next = found.events.last().map(|last| last.position);
                return Ok(found);
            }
            found.events.push(event);
        }
        before = first;
    }
    found.next = Some(before);
    Ok(found)
}

/// Without a company named, everything does.
pub fn concerns(scope: Scope<'_>, event: &Envelope) -> bool {
    match scope {
        Scope::Company(company) => event.company.as_ref() == Some(company),
        Scope::All => true,
    }
}

/// The events of one stream that somebody may see. What no company was known for yet, such as the receipt of a delivery, goes
/// with the rest of its stream, unless that is another company's as well.
pub fn visible(scope: Scope<'_>, mut events: Vec<Envelope>) -> Vec<Envelope> {
    let own = events.iter().any(|event| concerns(scope, event));
    let foreign = events.iter().any(|event| event.company.is_some() && !concerns(scope, event));
    events.retain(|event| concerns(scope, event) || own && !foreign);
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use ringbuch_domain::ids::CompanyId;
    use ringbuch_domain::ports::{Append, AppendError, Appended};
    use ringbuch_domain::recorded::{Cause, EventHash, StreamId};
    use uuid::Uuid;

    /// A log of so many events, of which every third is the salon's and the others are somebody else's.
    struct Log(u64);

    fn company(id: &str) -> CompanyId {
        CompanyId::new(id).unwrap()
    }

    fn event(position: u64, of: Option<&str>) -> Envelope {
        Envelope {
            position,
            stream: StreamId::from_stored("s"),
            revision: position,
            id: Uuid::nil(),
            cause: Cause::first(Uuid::nil()),
            company: of.map(company),
            kind: "Noted".into(),
            version: 1,
            time: Timestamp::UNIX_EPOCH,
            public: b"{}".to_vec(),
            private: None,
            hash: EventHash([0; 32]),
        }
    }

    #[async_trait]
    impl EventLog for Log {
        async fn append(&self, _: Append) -> Result<Appended, AppendError> {
            Err(AppendError::Unavailable(LogError::message("it is only read")))
        }
        async fn read_stream(&self, _: &StreamId, _: u64) -> Result<Vec<Envelope>, LogError> {
            Ok(vec![])
        }
        async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
            let of = |position: u64| if position.is_multiple_of(3) { "salon" } else { "praxis" };
            Ok((after + 1..=self.0).take(limit).map(|position| event(position, Some(of(position)))).collect())
        }
        async fn head(&self) -> Result<u64, LogError> {
            Ok(self.0)
        }
        async fn wait_for_news(&self, _: u64) -> Result<(), LogError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn pages_lead_through_all_that_concerns_a_company_and_only_that() {
        let salon = company("salon");
        for look_through in [usize::MAX, 700] {
            let (mut seen, mut before) = (Vec::new(), u64::MAX);
            loop {
                let page = newest(&Log(2_000), Scope::Company(&salon), before, 50, look_through).await.unwrap();
                assert!(page.events.len() <= 50);
                seen.extend(page.events.iter().map(|event| event.position));
                let Some(next) = page.next else { break };
                before = next;
            }
            let expected: Vec<u64> =
                (1..=2_000_u64).rev().filter(|position: &u64| position.is_multiple_of(3)).collect();
            assert_eq!(seen, expected, "{look_through}");
        }
    }

    #[tokio::test]
    async fn an_empty_log_holds_nothing() {
        let page = newest(&Log(0), Scope::All, u64::MAX, 50, 4_000).await.unwrap();
        assert!(page.events.is_empty() && page.next.is_none());
    }

    #[test]
    fn a_receipt_that_was_nobodys_goes_with_its_stream() {
        let salon = company("salon");
        let seen = |of: &[Option<&str>]| {
            let events = (1..).zip(of).map(|(position, of)| event(position, *of)).collect();
            visible(Scope::Company(&salon), events).len()
        };
        assert_eq!(seen(&[None, Some("salon")]), 2);
        assert_eq!(seen(&[None, Some("praxis")]), 0);
        assert_eq!(seen(&[None]), 0);
        assert_eq!(seen(&[Some("praxis"), None, Some("salon")]), 1, "a number that has moved");
    }
}
