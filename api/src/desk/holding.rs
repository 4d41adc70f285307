//! Choosing a time keeps it for as long as the caller is on the line.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use super::openings::terms;
use super::subject::{Subject, offer_unknown};
use super::token::Tokens;
use crate::journal::ExecuteError;
use jiff::Timestamp;
use ringbuch_domain::desk::{Arguments, Offer, Sentence, Wanted};
use ringbuch_domain::diary::{Command, Diary, Hold, Holder, Rejection, shifted};
use ringbuch_domain::ids::CallId;
use ringbuch_domain::ports::OpenSlots;

/// A call that lasts longer than calls do keeps its time for some minutes more.
const SHORTEST_MINUTES: i64 = 5;

impl Desk {
    pub(super) async fn hold_slot(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let offer = self.offer(line, call, arguments)?.ok_or_else(|| offer_unknown(line))?;
        let subject = Subject::of(line, &offer)?;
        line.goes_on()?;
        let open = self.open(line, &subject, line.day_of(offer.start)).await.ok();
        let held = if open.as_ref().is_none_or(|open| lists(open, offer.start)) {
            // The page decides when it is told; it need not be asked before.
            self.keep(line, call, &subject, offer.start).await?
        } else {
            let free = self.free_among(line, &subject, offer.start, open.as_ref(), line.holder().as_ref()).await?;
            Err(free.err().unwrap_or(Rejection::SlotTaken))
        };
        match held {
            Ok(until) => {
                let moment = line.moment(offer.start);
                let answer = Answer::yes(line.says(&Sentence::Held { moment: &moment }));
                Ok(answer.with("held_until", until).then("book_appointment"))
            }
            Err(why) => self.lost(line, arguments, &subject, &offer, &why).await,
        }
    }

    async fn keep(
        &self,
        line: &Line,
        call: &CallId,
        subject: &Subject<'_>,
        start: Timestamp,
    ) -> Result<Result<Timestamp, Rejection>, Stop> {
        let day = line.day_of(start);
        let Some(terms) = terms(line, subject, day) else { return Ok(Err(Rejection::ServiceNotOffered)) };
        let until = kept_until(line);
        let hold = Hold {
            holder: Holder::Call(call.clone()),
            branch: subject.branch.clone(),
            event_type: subject.service.event_type,
            slot: subject.service.slot_at(start),
            wanted: subject.staff.clone(),
            terms,
            until,
            now: line.now,
        };
        let cause = line.chain(call).next();
        let page = line.page(day);
        match self.app.journal.execute::<Diary>(&page, Some(&line.company), cause, Command::Hold(hold)).await {
            Ok(_) => Ok(Ok(until)),
            Err(ExecuteError::Rejected(why)) => Ok(Err(why)),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    /// The offer that the agent hands back; nothing where it hands back none.
    pub(super) fn offer(&self, line: &Line, call: &CallId, arguments: &Arguments) -> Result<Option<Offer>, Stop> {
        let Some(token) = &arguments.offer else { return Ok(None) };
        let offer = Tokens::new(&self.app.index, line, call).offer(line, token);
        offer.map(Some).ok_or_else(|| offer_unknown(line).into())
    }

    /// What was offered has gone to somebody else meanwhile.
    pub(super) async fn lost(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        offer: &Offer,
        why: &Rejection,
    ) -> Result<Answer, Stop> {
        let wanted = Wanted::at(offer.start, offer.branch.clone(), offer.staff.clone());
        let answer = self.instead(line, arguments, subject, &wanted, why).await?;
        Ok(answer.in_vain())
    }
}

fn lists(open: &OpenSlots, start: Timestamp) -> bool {
    open.slots.iter().any(|open| open.start == start)
}

/// Until the longest call would be over, so that a time comes free even where nobody hears of the call's end.
fn kept_until(line: &Line) -> Timestamp {
    let began = line.reading.as_ref().and_then(|reading| reading.started_at).unwrap_or(line.now).min(line.now);
    let longest = agents_longest_call(line).unwrap_or_else(|| line.set_up().desk.longest_call_minutes.into());
    shifted(began, longest).max(shifted(line.now, SHORTEST_MINUTES))
}

/// After so many minutes the voice provider ends the agent's calls, where it is known.
fn agents_longest_call(line: &Line) -> Option<i64> {
    let agent = line.reading.as_ref()?.agent.as_ref()?;
    let longest = line.set_up().agents_there.get(agent)?.max_call_ms?;
    Some(i64::try_from(longest).unwrap_or(i64::MAX) / 60_000 + 1)
}
