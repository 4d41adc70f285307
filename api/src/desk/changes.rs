//! Moving and cancelling for whoever could show that the appointment is theirs.

use super::Desk;
use super::answer::{Answer, Stop};
use super::availability::name_of;
use super::line::Line;
use super::outcome::{Place, Rest};
use super::subject::{Subject, when_of};
use crate::appointments::{AppointmentError, Appointments};
use jiff::Timestamp;
use ringbuch_domain::desk::{Arguments, Offer, Sentence, When};
use ringbuch_domain::diary::{Booking, Holder, Standing, shifted};
use ringbuch_domain::ids::{CallId, StaffId};
use ringbuch_projections::booking_todo::Stage;

/// Who changed something, as the log names them.
const BY: &str = "desk";

impl Desk {
    pub(super) async fn cancel_appointment(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let booking = self.named(line, call, arguments, arguments).await?;
        let moment = line.moment(booking.slot.start);
        if booking.standing == Standing::Cancelled {
            return Ok(cancelled(line, &moment));
        }
        let notice = line.set_up().desk.cancel_notice_minutes;
        if is_too_late(line, &booking, notice) {
            let why = line.says(&Sentence::TooLateToCancel);
            return self.calls_back(line, arguments, "too_late_to_cancel", &why).await;
        }
        self.rows_are_current().await;
        let by_desk = Appointments::new(&self.app, line.company.clone(), BY);
        if let Err(error) = by_desk.cancel(booking.id(), arguments.notes.clone()).await {
            return refused(error, line.says(&Sentence::NotCancelled { moment: &moment }));
        }
        let place = Place { page: line.day_of(booking.slot.start), booking: booking.id() };
        Ok(match self.pursued(line, call, place, Stage::Cancel).await? {
            Some(Rest::Stands(now)) if now.standing == Standing::Cancelled => cancelled(line, &moment),
            Some(Rest::Stands(_)) => {
                Answer::no("not_cancelled", line.says(&Sentence::NotCancelled { moment: &moment }))
            }
            _ => Answer::yes(line.says(&Sentence::CancelNoted { moment: &moment })).with("status", "noted"),
        })
    }

    pub(super) async fn move_appointment(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        // Day and time say where it is to stand; that it is theirs is shown by name and number, or by its id.
        let evidence = Arguments { date: None, time: None, ..arguments.clone() };
        let booking = self.named(line, call, arguments, &evidence).await?;
        let (start, staff) = self.target(line, call, arguments, &booking).await?;
        let subject = Subject { staff: staff.clone(), ..subject_of(line, &booking)? };
        if is_there(&booking, start) {
            return Ok(moved(line, start, &booking));
        }
        if is_too_late(line, &booking, line.set_up().desk.move_notice_minutes) {
            let why = line.says(&Sentence::TooLateToMove);
            return self.calls_back(line, arguments, "too_late_to_move", &why).await;
        }
        let on_its_way = booking.target().is_some_and(|target| target.slot.start == start);
        if !on_its_way && let Some(answer) = self.refuses_target(line, arguments, &subject, &booking, start).await? {
            return Ok(answer);
        }
        self.rows_are_current().await;
        let by_desk = Appointments::new(&self.app, line.company.clone(), BY);
        match by_desk.move_to_somebody(booking.id(), start, staff).await {
            Ok(_) => self.moves(line, call, &booking, start).await,
            Err(AppointmentError::Refused(why)) if booking.act().is_none() => {
                self.lost(line, arguments, &subject, &offer_at(&booking, start), &why).await
            }
            Err(error) => refused(error, line.says(&Sentence::NotMoved { moment: &line.moment(booking.slot.start) })),
        }
    }

    async fn moves(&self, line: &Line, call: &CallId, booking: &Booking, start: Timestamp) -> Result<Answer, Stop> {
        let place = Place { page: line.day_of(booking.slot.start), booking: booking.id() };
        let moment = line.moment(start);
        Ok(match self.pursued(line, call, place, Stage::Move).await? {
            Some(Rest::Stands(now)) if now.standing == Standing::Moved || is_there(&now, start) => {
                let there = self.page(line, line.day_of(start)).await?;
                moved(line, start, there.aggregate.booking(booking.id()).unwrap_or(&now))
            }
            Some(Rest::Stands(_)) => {
                let stays = line.moment(booking.slot.start);
                Answer::no("not_moved", line.says(&Sentence::NotMoved { moment: &stays })).then("check_availability")
            }
            _ => Answer::yes(line.says(&Sentence::MoveNoted { moment: &moment })).with("status", "noted"),
        })
    }

    /// Where it is to stand, and with whom where an offer says so: the same service at the same branch.
    async fn target(
        &self,
        line: &Line,
        call: &CallId,
        arguments: &Arguments,
        booking: &Booking,
    ) -> Result<(Timestamp, Option<StaffId>), Stop> {
        let said = when_of(line, arguments);
        if let Some(offer) = self.offer(line, call, arguments)? {
            let request = &booking.request;
            let other_time = matches!(said, When::At(start) if start != offer.start);
            if other_time || (&offer.branch, offer.event_type) != (&request.branch, request.event_type) {
                let contradiction = Answer::no("contradiction", line.says(&Sentence::Contradiction));
                return Err(contradiction.then("check_availability").into());
            }
            return Ok((offer.start, offer.staff));
        }
        match said {
            When::At(start) => Ok((start, None)),
            When::Ask { reason, sentence } => Err(Answer::no(reason, sentence).then("ask_time").into()),
            When::Within(_) => Err(self.check_availability(line, arguments).await?.because("time_missing").into()),
            When::Unsaid => Err(Answer::no("date_missing", line.says(&Sentence::AskWhen)).then("ask_date").into()),
        }
    }

    async fn refuses_target(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        booking: &Booking,
        start: Timestamp,
    ) -> Result<Option<Answer>, Stop> {
        let slot = subject.service.slot_at(start);
        // The calendar's open times leave out the appointment's own, which moving it sets free.
        let own = slot.from() < booking.slot.to() && booking.slot.from() < slot.to();
        let open = if own { None } else { self.open(line, subject, line.day_of(start)).await.ok() };
        let holder = Holder::Move(booking.id());
        match self.free_among(line, subject, start, open.as_ref(), Some(&holder)).await? {
            Ok(_) => Ok(None),
            Err(why) => self.lost(line, arguments, subject, &offer_at(booking, start), &why).await.map(Some),
        }
    }

    /// An appointment that was booked a moment ago is found where it stands.
    async fn rows_are_current(&self) {
        if let Ok(head) = self.app.journal.log().head().await {
            self.app.projector.absorbed(head).await;
        }
    }
}

fn subject_of<'a>(line: &'a Line, booking: &Booking) -> Result<Subject<'a>, Stop> {
    Subject::of(line, &offer_at(booking, booking.slot.start))
}

fn offer_at(booking: &Booking, start: Timestamp) -> Offer {
    let (branch, event_type) = (booking.request.branch.clone(), booking.request.event_type);
    Offer { branch, event_type, staff: None, start, round: 0 }
}

fn is_there(booking: &Booking, start: Timestamp) -> bool {
    booking.slot.start == start && booking.errand.is_none()
}

fn is_too_late(line: &Line, booking: &Booking, notice_minutes: u32) -> bool {
    shifted(line.now, notice_minutes.into()) > booking.slot.start
}

fn cancelled(line: &Line, moment: &str) -> Answer {
    Answer::yes(line.says(&Sentence::Cancelled { moment })).with("status", "cancelled").then("goodbye")
}

/// With whom, as the calendar has it.
fn moved(line: &Line, start: Timestamp, booking: &Booking) -> Answer {
    let staff = booking.staff.as_ref().and_then(|staff| name_of(line, staff));
    Answer::yes(line.says(&Sentence::Moved { moment: &line.moment(start), staff }))
        .with("status", "moved")
        .then("goodbye")
}

/// The business says no; anything else is broken.
fn refused(error: AppointmentError, sentence: String) -> Result<Answer, Stop> {
    match error {
        AppointmentError::Refused(why) => Ok(Answer::no(why.code(), sentence)),
        AppointmentError::Unknown => Ok(Answer::no("appointment_unknown", sentence)),
        other => Err(other.into()),
    }
}
