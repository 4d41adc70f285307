//! The to-do list of kept times: lets them go when their time is over or their caller keeps another one or hangs up.

use crate::journal::{ExecuteError, Journal, JournalError};
use crate::runners::{Done, Errands};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::diary::{Command, Diary, DiaryEvent, Holder};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::{Cause, Link, Recorded, StreamId};
use ringbuch_projections::holds::{self, KeptHold};
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone)]
pub struct HoldErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
}

#[async_trait]
impl Errands for HoldErrands {
    type Row = KeptHold;
    type Key = (CompanyId, Date, String);

    fn name(&self) -> &'static str {
        "holds"
    }

    fn key(&self, row: &KeptHold) -> Self::Key {
        (row.company.clone(), row.page, row.holder.clone())
    }

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<KeptHold>> {
        Ok(holds::due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(holds::next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: KeptHold) -> anyhow::Result<Done> {
        let stream = StreamId::diary(&row.company, row.page);
        let page = self.journal.load::<Diary>(&stream).await?;
        let kept = row.holder().and_then(|holder| page.aggregate.holds().iter().find(|hold| hold.holder == holder));
        if let Some(hold) = kept.filter(|hold| hold.until == row.until_at) {
            let now = self.journal.clock().now();
            let release = || Command::ReleaseOldHold { holder: hold.holder.clone(), until: hold.until };
            let command = if hold.until <= now { Command::ExpireHolds { now } } else { release() };
            let Some(held) = self.held(&stream, &hold.holder).await? else {
                anyhow::bail!("a hold that was never kept")
            };
            let cause = Cause::answering(held, Uuid::now_v7());
            match self.journal.execute::<Diary>(&stream, Some(&row.company), cause, command).await {
                Ok(_) | Err(ExecuteError::Rejected(_)) => {}
                Err(ExecuteError::Failed(error)) => return Err(error.into()),
            }
        }
        Ok(Done::Told(self.journal.log().head().await?))
    }
}

impl HoldErrands {
    /// The event by which the holder keeps what they keep.
    async fn held(&self, stream: &StreamId, holder: &Holder) -> Result<Option<Link>, JournalError> {
        let events = self.journal.read_stream::<DiaryEvent>(stream).await?;
        let of_holder =
            |event: &&Recorded<DiaryEvent>| matches!(&event.data, DiaryEvent::SlotHeld(held) if held.holder == *holder);
        Ok(events.iter().rev().find(of_holder).map(Recorded::link))
    }
}
