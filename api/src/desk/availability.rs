//! Is it free, and if not, what else: the page's own rule and the calendar's open times give one answer.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::{Line, rounds};
use super::subject::{Subject, when_of};
use super::token::Tokens;
use futures_util::try_join;
use jiff::Timestamp;
use ringbuch_domain::call::Call;
use ringbuch_domain::desk::{Arguments, Candidate, Offer, Sentence, Wanted, When};
use ringbuch_domain::diary::{Rejection, Span};
use ringbuch_domain::ids::{CallId, StaffId};
use ringbuch_domain::spoken::Language;
use serde::Serialize;

/// An offer as the agent gets it.
#[derive(Serialize)]
struct Shown<'a> {
    offer_id: String,
    start: Timestamp,
    /// The time as it is said.
    spoken: String,
    service: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<&'a str>,
}

impl Desk {
    pub(super) async fn check_availability(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let subject = self.subject(line, arguments).await?;
        let (branch, staff) = (subject.branch.clone(), subject.staff.clone());
        let (wanted, exact) = match when_of(line, arguments) {
            When::At(start) => (Wanted::at(start, branch, staff), Some(start)),
            When::Within(spans) => (Wanted { spans, branch, staff }, None),
            // The next time that there is.
            When::Unsaid => (Wanted::at(line.now, branch, staff), None),
            When::Ask { reason, sentence } => return Ok(Answer::no(reason, sentence).then("ask_time")),
        };
        if let Some(start) = exact {
            let free = self.free(line, arguments, &subject, start, line.holder()).await?;
            let offer = Offer {
                branch: subject.branch.clone(),
                event_type: subject.service.event_type,
                staff: subject.staff.clone(),
                start,
                round: line.round(),
            };
            return match free {
                Ok(_) => Ok(self.free_answer(line, call, &subject, &offer)),
                Err(why) => self.instead(line, arguments, &subject, &wanted, &why).await,
            };
        }
        if closed_throughout(line, &wanted) {
            return self.instead(line, arguments, &subject, &wanted, &Rejection::Closed).await;
        }
        let found = self.found(line, arguments, &subject, &wanted).await?;
        if found.is_empty() {
            return Ok(nothing_free(line));
        }
        let spoken: Vec<String> = found.iter().map(|it| spoken(line, &subject, it)).collect();
        let answer = Answer::yes(line.says(&Sentence::Offered { offers: &spoken }));
        Ok(self.with_offers(answer.with("available", true), line, (call, line.round()), &subject, &found))
    }

    fn free_answer(&self, line: &Line, call: &CallId, subject: &Subject<'_>, offer: &Offer) -> Answer {
        let moment = line.moment(offer.start);
        let shown = self.shown(line, call, subject, offer);
        let answer = Answer::yes(line.says(&Sentence::Free { moment: &moment }));
        answer.with("available", true).with("offer", shown).then("hold_or_book")
    }

    /// Why it cannot be had, and what can.
    pub(super) async fn instead(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        wanted: &Wanted,
        why: &Rejection,
    ) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        // A booking of this very request may have been asked for and refused.
        let stream = line.call_stream(call);
        let (known, found) = try_join!(
            async { Ok(self.app.journal.load::<Call>(&stream).await?) },
            self.found(line, arguments, subject, wanted)
        )?;
        let round = rounds(&known.aggregate);
        let offers: Vec<String> = found.iter().map(|it| spoken(line, subject, it)).collect();
        let why_spoken = line.says_why(why, &wanted.branch, wanted.begins());
        if found.is_empty() {
            let message = format!("{why_spoken} {}", line.says(&Sentence::NothingFree));
            let none: [(); 0] = [];
            let answer = Answer::yes(message).because(why.code()).with("available", false);
            return Ok(answer.with("alternatives", none).then("ask_other_day"));
        }
        let message = line.says(&Sentence::Instead { why: &why_spoken, offers: &offers });
        let answer = Answer::yes(message).because(why.code()).with("available", false);
        Ok(self.with_offers(answer, line, (call, round), subject, &found))
    }

    fn with_offers(
        &self,
        answer: Answer,
        line: &Line,
        (call, round): (&CallId, u32),
        subject: &Subject<'_>,
        found: &[Candidate],
    ) -> Answer {
        let offer = |it: &Candidate| Offer {
            branch: it.branch.clone(),
            event_type: subject.service.event_type,
            staff: it.staff.clone(),
            start: it.start,
            round,
        };
        let shown: Vec<_> = found.iter().map(|it| self.shown(line, call, subject, &offer(it))).collect();
        answer.with("alternatives", shown).then("offer_alternatives")
    }

    fn shown<'a>(
        &self,
        line: &'a Line,
        call: &CallId,
        subject: &Subject<'a>,
        offer: &Offer,
    ) -> impl Serialize + use<'a> {
        let set_up = line.set_up();
        Shown {
            offer_id: Tokens::new(&self.app.index, line, call).of_offer(offer),
            start: offer.start,
            spoken: line.moment(offer.start),
            service: &subject.service.title,
            branch: set_up.branches.get(&offer.branch).map_or("", |branch| branch.name.as_str()),
            staff: offer.staff.as_ref().and_then(|staff| name_of(line, staff)),
        }
    }
}

/// The branch is closed on every day that would do.
fn closed_throughout(line: &Line, wanted: &Wanted) -> bool {
    let closed = |span: &Span| line.set_up().closing(&wanted.branch, line.day_of(span.from)).is_some();
    !wanted.spans.is_empty() && wanted.spans.iter().all(closed)
}

pub fn name_of<'a>(line: &'a Line, staff: &StaffId) -> Option<&'a str> {
    line.set_up().staff.get(staff).map(|member| member.details.name.as_str())
}

fn nothing_free(line: &Line) -> Answer {
    let none: [(); 0] = [];
    let answer = Answer::yes(line.says(&Sentence::NothingFree)).because("nothing_free");
    answer.with("available", false).with("alternatives", none).then("ask_other_day")
}

/// With whom and where, as far as that differs from what was asked for.
fn spoken(line: &Line, subject: &Subject<'_>, it: &Candidate) -> String {
    let (with, at) = match line.language {
        Language::German => ("bei", "in der Filiale"),
        Language::English => ("with", "at our branch"),
    };
    let other = it.staff.as_ref().filter(|staff| Some(*staff) != subject.staff.as_ref());
    let staff = other.and_then(|staff| name_of(line, staff)).map(|name| format!(" {with} {name}"));
    let elsewhere = line.set_up().branches.get(&it.branch).filter(|_| it.branch != subject.branch);
    let branch = elsewhere.map(|branch| format!(" {at} {}", branch.name));
    [Some(line.moment(it.start)), staff, branch].into_iter().flatten().collect()
}
