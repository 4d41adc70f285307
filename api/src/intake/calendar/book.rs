//! The pages of one company's book as they are brought in step with the calendar: written, or for a rehearsal only
//! imagined.

use crate::journal::{Chain, ExecuteError, Journal, JournalError};
use cqrs_es::{Aggregate, DomainEvent};
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::company::Company;
use ringbuch_domain::diary::{Command, Diary};
use ringbuch_domain::ids::{CompanyId, StaffId};
use ringbuch_domain::recorded::{Link, StreamId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

pub struct Book<'a> {
    pub company: CompanyId,
    pub set_up: Company,
    journal: &'a Journal,
    hand: Hand,
}

enum Hand {
    /// What is written answers what led to it.
    Writes(Chain),
    Imagines(Mutex<Imagined>),
}

#[derive(Default)]
struct Imagined {
    pages: HashMap<Date, Diary>,
    /// Kinds of the events that the pages would gain.
    kinds: Vec<String>,
}

impl<'a> Book<'a> {
    /// To be written in, because of that event.
    pub async fn open(journal: &'a Journal, company: CompanyId, because: Link) -> Result<Self, JournalError> {
        let chain = Chain::from_outside(because.correlation);
        chain.saw(Some(because));
        Self::of(journal, company, Hand::Writes(chain)).await
    }

    /// To see what would be written.
    pub async fn imagine(journal: &'a Journal, company: CompanyId) -> Result<Self, JournalError> {
        Self::of(journal, company, Hand::Imagines(Mutex::default())).await
    }

    async fn of(journal: &'a Journal, company: CompanyId, hand: Hand) -> Result<Self, JournalError> {
        let set_up = journal.load::<Company>(&StreamId::company(&company)).await?.aggregate.clone();
        Ok(Self { company, set_up, journal, hand })
    }

    pub fn now(&self) -> Timestamp {
        self.journal.clock().now()
    }

    pub fn is_imagined(&self) -> bool {
        matches!(self.hand, Hand::Imagines(_))
    }

    /// What a rehearsal would have written.
    pub fn imagined(self) -> Vec<String> {
        match self.hand {
            Hand::Writes(_) => vec![],
            Hand::Imagines(imagined) => imagined.into_inner().unwrap_or_else(PoisonError::into_inner).kinds,
        }
    }

    /// The local day of a time.
    pub fn day_of(&self, time: Timestamp) -> Date {
        time.to_zoned(self.set_up.zone()).date()
    }

    /// Who a host of the calendar is here.
    pub fn staff_of(&self, host: Option<i64>) -> Option<StaffId> {
        host.and_then(|host| self.set_up.staff_of_host(host)).cloned()
    }

    pub async fn page(&self, day: Date) -> Result<Diary, JournalError> {
        if let Hand::Imagines(imagined) = &self.hand
            && let Some(page) = locked(imagined).pages.get(&day)
        {
            return Ok(page.clone());
        }
        Ok(self.journal.load::<Diary>(&StreamId::diary(&self.company, day)).await?.aggregate.clone())
    }

    /// Tells a page what the calendar holds; true where that was news to it. What the page says no to was overtaken.
    pub async fn tell(&self, day: Date, command: Command) -> Result<bool, JournalError> {
        match &self.hand {
            Hand::Writes(chain) => self.write(chain, day, command).await,
            Hand::Imagines(imagined) => {
                let page = self.page(day).await?;
                Ok(imagine(&mut locked(imagined), day, page, command))
            }
        }
    }

    async fn write(&self, chain: &Chain, day: Date, command: Command) -> Result<bool, JournalError> {
        let stream = StreamId::diary(&self.company, day);
        match self.journal.execute::<Diary>(&stream, Some(&self.company), chain.next(), command).await {
            Ok(executed) => {
                chain.saw(executed.newest);
                Ok(!executed.events.is_empty())
            }
            Err(ExecuteError::Rejected(rejection)) => {
                tracing::debug!(%stream, %rejection, "what the calendar holds was overtaken");
                Ok(false)
            }
            Err(ExecuteError::Failed(error)) => Err(error),
        }
    }
}

fn imagine(imagined: &mut Imagined, day: Date, mut page: Diary, command: Command) -> bool {
    let events = page.decide(command).unwrap_or_default();
    let news = !events.is_empty();
    for event in events {
        imagined.kinds.push(event.event_type());
        page.apply(event);
    }
    imagined.pages.insert(day, page);
    news
}

fn locked(imagined: &Mutex<Imagined>) -> std::sync::MutexGuard<'_, Imagined> {
    imagined.lock().unwrap_or_else(PoisonError::into_inner)
}
