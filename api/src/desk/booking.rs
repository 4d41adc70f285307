//! Taking a time. The call is told its wish, and the wish goes the way of every other; "booked" is said once the calendar
//! has confirmed it.

use super::Desk;
use super::answer::{Answer, Stop};
use super::availability::name_of;
use super::line::Line;
use super::outcome::{CameOf, Place};
use super::subject::{Subject, when_of};
use super::token::Tokens;
use crate::journal::{ExecuteError, Loaded};
use ringbuch_domain::call::{self, AskedAtDesk, BookingAsked, Call, Refusal, Said, Wish, Wished};
use ringbuch_domain::desk::{Arguments, Offer, Sentence, When};
use ringbuch_domain::diary::{Booking, Rejection, Standing};
use ringbuch_domain::ids::{BookingId, CallId, CustomerId, derived};
use ringbuch_domain::recorded::Cause;

impl Desk {
    pub(super) async fn book_appointment(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let offer = self.taken(line, call, arguments).await?;
        let subject = Subject::of(line, &offer)?;
        let (known, customer) = self.recorded(line, call).await?;
        let mut booking = offer.booking(&line.company, call);
        if known.aggregate.asked_for(booking).is_none() {
            if let Some(same) = self.stands_already(line, &known.aggregate, &offer).await? {
                booking = same;
            } else {
                self.few_enough(line, arguments, &known.aggregate).await?;
                self.details(line, customer, arguments).await?;
                self.still_free(line, arguments, &subject, &offer).await?;
                self.ask(line, (&known, customer), &offer, booking, arguments).await?;
            }
        }
        let came = self.came_of(line, call, Place { page: line.day_of(offer.start), booking }).await?;
        self.told(line, arguments, &subject, &offer, (call, booking), came).await
    }

    /// The page decides again when it is asked; who hears it here is spared a wish that comes to nothing.
    async fn still_free(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        offer: &Offer,
    ) -> Result<(), Stop> {
        let open = self.open(line, subject, line.day_of(offer.start)).await.ok();
        match self.free_among(line, subject, offer.start, open.as_ref(), line.holder().as_ref()).await? {
            Ok(_) => Ok(()),
            Err(why) => Err(self.lost(line, arguments, subject, offer, &why).await?.into()),
        }
    }

    /// The offer is all that a booking needs; without one, an exact day and time will do.
    async fn taken(&self, line: &Line, call: &CallId, arguments: &Arguments) -> Result<Offer, Stop> {
        let said = when_of(line, arguments);
        if let Some(offer) = self.offer(line, call, arguments)? {
            let other_time = matches!(said, When::At(start) if start != offer.start);
            let named = arguments.service.as_ref().and_then(|said| line.set_up().service_named(&offer.branch, said));
            let other_service = named.is_some_and(|named| named.event_type != offer.event_type);
            if other_time || other_service {
                return Err(Answer::no("contradiction", line.says(&Sentence::Contradiction))
                    .then("check_availability")
                    .into());
            }
            return Ok(offer);
        }
        let subject = self.subject(line, arguments).await?;
        match said {
            When::At(start) => Ok(Offer {
                branch: subject.branch,
                event_type: subject.service.event_type,
                staff: subject.staff,
                start,
                round: 0,
            }),
            When::Ask { reason, sentence } => Err(Answer::no(reason, sentence).then("ask_time").into()),
            When::Within(_) => Err(self.check_availability(line, arguments).await?.because("time_missing").into()),
            When::Unsaid => Err(Answer::no("date_missing", line.says(&Sentence::AskWhen)).then("ask_date").into()),
        }
    }

    /// The same time and service was taken in this call before, under another offer of it.
    async fn stands_already(&self, line: &Line, call: &Call, offer: &Offer) -> Result<Option<BookingId>, Stop> {
        let same = |asked: &&BookingAsked| asked.start == offer.start && asked.event_type == offer.event_type;
        for asked in call.asked().iter().filter(same) {
            let page = self.page(line, asked.page).await?;
            let standing = page.aggregate.booking(asked.booking).map(|booking| booking.standing);
            let open = standing.is_none() && !call.was_refused(asked.booking);
            if open || standing.is_some_and(Standing::is_live) {
                return Ok(Some(asked.booking));
            }
        }
        Ok(None)
    }

    async fn few_enough(&self, line: &Line, arguments: &Arguments, call: &Call) -> Result<(), Stop> {
        let mut made = 0;
        for asked in call.asked().iter().filter(|asked| !call.was_refused(asked.booking)) {
            // One that no page knows yet is on its way there.
            let stands = self.booking_of(line, line.known_call()?, asked.booking).await?;
            made += u32::from(stands.is_none_or(|booking| booking.standing.is_live()));
        }
        if made < line.set_up().desk.bookings_per_call {
            return Ok(());
        }
        let why = line.says(&Sentence::TooManyBookings);
        Err(self.calls_back(line, arguments, "too_many_bookings", &why).await?.into())
    }

    async fn ask(
        &self,
        line: &Line,
        (known, customer): (&Loaded<Call>, CustomerId),
        offer: &Offer,
        booking: BookingId,
        arguments: &Arguments,
    ) -> Result<(), Stop> {
        let call = line.known_call()?;
        let said = Said {
            date: arguments.date.clone(),
            time: arguments.time.clone(),
            service: arguments.service.clone(),
            name: arguments.name.clone(),
        };
        let Arguments { name, email, phone, notes, .. } = arguments.clone();
        let wished = Wished {
            event_type: offer.event_type,
            staff: offer.staff.clone(),
            start: offer.start,
            page: line.day_of(offer.start),
            wish: Wish { name, email, phone, notes, said },
        };
        let asked = AskedAtDesk { booking, branch: offer.branch.clone(), wished };
        let chain = line.chain(call);
        chain.saw(known.newest());
        self.meet(line, &chain, customer, arguments).await?;
        let cause = Cause { command: derived(&["ask", &booking.to_string()]), ..chain.next() };
        let command = call::Command::Ask(Box::new(asked));
        match self.app.journal.execute::<Call>(&line.call_stream(call), Some(&line.company), cause, command).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Rejected(_)) => Err(Answer::no("call_unknown", line.says(&Sentence::CallUnknown)).into()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    async fn told(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        offer: &Offer,
        (call, booking): (&CallId, BookingId),
        came: CameOf,
    ) -> Result<Answer, Stop> {
        let moment = line.moment(offer.start);
        let id = Tokens::new(&self.app.index, line, call).of_appointment(booking);
        let stands =
            |status: &str, message: String| Answer::yes(message).with("status", status).with("appointment_id", &id);
        Ok(match came {
            CameOf::Booked(booked) => stands("confirmed", booked_sentence(line, &booked)).then("goodbye"),
            CameOf::Pending => stands("pending", line.says(&Sentence::Pending { moment: &moment })).then("goodbye"),
            CameOf::Noted => stands("noted", line.says(&Sentence::Noted { moment: &moment })).then("goodbye"),
            CameOf::Cancelled => Answer::no("cancelled", line.says(&Sentence::CancelledBefore { moment: &moment }))
                .then("check_availability"),
            CameOf::Refused(reason) => {
                let why = match &reason {
                    Refusal::Diary { rejection } => rejection.clone(),
                    _ => Rejection::SlotTaken,
                };
                let answer = self.lost(line, arguments, subject, offer, &why).await?;
                answer.because(reason.code())
            }
        })
    }
}

/// What the calendar has confirmed, as it has.
fn booked_sentence(line: &Line, booked: &Booking) -> String {
    let moment = line.moment(booked.slot.start);
    let staff = booked.staff.as_ref().and_then(|staff| name_of(line, staff));
    line.says(&Sentence::Booked { moment: &moment, staff })
}
