//! Forgetting a person: the keys of everything that was sealed for them are destroyed, their number leads nowhere any
//! more, and their calls are shut out. The log stays as it is, and its chain with it.

use super::forgotten::apply;
use super::traces::{Person, Traces};
use crate::app::App;
use crate::journal::JournalError;
use crate::runners::{Activity, ProjectorError};
use jiff::Timestamp;
use ringbuch_adapters::key_store::{Erasure, KeyStoreError};
use ringbuch_domain::customer::Customer;
use ringbuch_domain::diary::Diary;
use ringbuch_domain::ids::{AccountId, BookingId, CallId, CompanyId, CustomerId};
use ringbuch_domain::ports::VoiceAgentsFailure;
use ringbuch_domain::recorded::StreamId;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum EraseError {
    #[error("there is no such customer")]
    Unknown,
    #[error("{}", standing_told(.0))]
    StillStanding(Vec<Standing>),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    #[error(transparent)]
    Projector(#[from] ProjectorError),
}

/// An appointment that is ahead, or not at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "StandingAppointment")]
pub struct Standing {
    pub appointment: BookingId,
    pub start: Timestamp,
    pub status: &'static str,
    /// Something is being done for it at the calendar just now.
    pub under_way: bool,
}

fn standing_told(standing: &[Standing]) -> String {
    let one = |it: &Standing| {
        let under_way = if it.under_way { ", being worked on" } else { "" };
        format!("{} ({}, {}{under_way})", it.appointment, it.start, it.status)
    };
    let all: Vec<_> = standing.iter().map(one).collect();
    format!("the person still has appointments: {}", all.join("; "))
}

/// What a provider still has of the person, or rows here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remainder {
    /// `calcom`, `retell`, or `ringbuch` for a read model that has not heard of the erasure.
    pub provider: &'static str,
    /// Our id of an appointment, which Cal.com keeps in the booking's metadata; the provider's own of a call; the read
    /// model's name.
    pub id: String,
    pub why: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ErasureReport")]
pub struct Report {
    pub customer: CustomerId,
    pub company: CompanyId,
    pub calls: usize,
    pub deliveries: usize,
    pub appointments: usize,
    /// Calls that the voice provider has deleted, or had not.
    pub deleted_at_provider: usize,
    pub remaining: Vec<Remainder>,
}

/// Who is to be forgotten, and how.
pub struct Erasing<'a> {
    pub app: &'a App,
    pub company: CompanyId,
    pub customer: CustomerId,
    /// `cli`, `key:…`
    pub by: String,
    /// Appointments ahead stay in the book, without anybody's name.
    pub keep_appointments: bool,
}

impl Erasing<'_> {
    /// Does it. Begun again after a failure, or for what a provider did not delete, it goes on where it was.
    pub async fn run(&self, watch: &(dyn Fn(u64) + Sync)) -> Result<Report, EraseError> {
        let known = self.app.journal.load::<Customer>(&StreamId::customer(self.customer)).await?;
        known.aggregate.id.ok_or(EraseError::Unknown)?;
        let account = self.app.directory.account_of(&self.company).await.map(|(account, _)| account);
        let person = Person { company: &self.company, customer: self.customer, account: account.as_ref() };
        let log = self.app.journal.log();
        let mut traces = Traces::find(log, person, 0, &BTreeSet::new(), watch).await?;
        let booked = self.booked(&traces).await?;

        let (deleted, mut remaining) = self.delete_calls(account.as_ref(), &traces.calls).await;
        self.forget(&traces).await?;
        // What arrived meanwhile: from now on intake shuts it out itself.
        let later = Traces::find(log, person, traces.read_to, &traces.calls, watch).await?;
        if later.calls != traces.calls || !later.keys.is_subset(&traces.keys) {
            self.forget(&later).await?;
            traces.calls.extend(later.calls);
            traces.deliveries.extend(later.deliveries);
        }
        self.app.projector.catch_up().await?;
        remaining.extend(self.unheard().await?);
        remaining.extend(booked);
        Ok(Report {
            customer: self.customer,
            company: self.company.clone(),
            calls: traces.calls.len(),
            deliveries: traces.deliveries.len(),
            appointments: traces.bookings.len(),
            deleted_at_provider: deleted,
            remaining,
        })
    }

    async fn forget(&self, traces: &Traces) -> Result<(), EraseError> {
        let erasure = Erasure {
            company: self.company.clone(),
            customer: self.customer,
            calls: traces.calls.iter().cloned().collect(),
            keys: traces.keys.iter().copied().collect(),
            erased_at: self.app.clock.now(),
            by: self.by.clone(),
        };
        self.app.store.keys.erase(erasure.clone()).await?;
        self.app.journal.forget();
        Ok(apply(self.app, &erasure).await?)
    }

    /// Read models that still show what they showed: those that are paused, or wait to be built anew.
    async fn unheard(&self) -> Result<Vec<Remainder>, EraseError> {
        let stream = StreamId::customer(self.customer);
        let told = self.app.journal.log().read_stream(&stream, 0).await.map_err(JournalError::from)?;
        let told = told.last().map_or(0, |event| event.position);
        let behind = self.app.projector.standing().await?.into_iter().filter(|it| it.checkpoint < told);
        let remains = behind.map(|it| {
            let why = match it.activity {
                Activity::Paused => format!("it is paused; `ringbuch projections resume {}` empties its rows", it.name),
                Activity::Rebuilding => "it is being built anew, and its rows are emptied when that is done".to_owned(),
                Activity::Following => "it is behind the log, and its rows are emptied when it comes there".to_owned(),
            };
            Remainder { provider: "ringbuch", id: it.name.to_owned(), why }
        });
        Ok(remains.collect())
    }

    /// What Cal.com has of the person, unless an appointment stands in the way.
    async fn booked(&self, traces: &Traces) -> Result<Vec<Remainder>, EraseError> {
        let now = self.app.clock.now();
        let (mut there, mut standing) = (Vec::new(), Vec::new());
        for (id, pages) in &traces.bookings {
            let mut asked = false;
            for page in pages {
                let diary = self.app.journal.load::<Diary>(page).await?;
                let Some(booking) = diary.aggregate.booking(*id) else { continue };
                asked |= booking.attempts > 0 || booking.standing.is_at_the_calendar();
                let under_way = booking.errand.is_some();
                let ahead = booking.standing.is_live() && booking.slot.start > now;
                if under_way || (ahead && !self.keep_appointments) {
                    let (start, status) = (booking.slot.start, booking.standing.as_str());
                    standing.push(Standing { appointment: *id, start, status, under_way });
                }
            }
            if asked {
                there.push(Remainder { provider: "calcom", id: id.to_string(), why: CALCOM_KEEPS.to_owned() });
            }
        }
        if standing.is_empty() { Ok(there) } else { Err(EraseError::StillStanding(standing)) }
    }

    async fn delete_calls(&self, account: Option<&AccountId>, calls: &BTreeSet<CallId>) -> (usize, Vec<Remainder>) {
        let (mut deleted, mut remaining) = (0, Vec::new());
        for call in calls {
            let asked = match account {
                Some(account) => self.app.voice.delete_call(account, call.as_str()).await,
                None => Err(VoiceAgentsFailure::NoKey("the company has no account".into())),
            };
            match asked {
                Ok(()) | Err(VoiceAgentsFailure::NotFound) => deleted += 1,
                Err(failure) => {
                    let (id, why) = (call.to_string(), format!("{failure}; run this again"));
                    remaining.push(Remainder { provider: "retell", id, why });
                }
            }
        }
        (deleted, remaining)
    }
}

const CALCOM_KEEPS: &str =
    "Cal.com has no way to delete a booking; look there for the one with this id as its metadata ringbuch_booking";
