//! One round: several who call for the same times of a day, and what is demanded of what came of it.

use super::guest::{About, Guest, Told};
use super::page::{Act, Operation, Record};
use crate::app::TestApp;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use ringbuch_domain::call::Call;
use ringbuch_domain::diary::{Booking, Diary, DiaryEvent, Holder, Standing};
use ringbuch_domain::recorded::StreamId;
use serde_json::Value;
use std::time::Duration;

pub struct Round {
    about: About,
    guests: Vec<Guest>,
    record: Record,
}

const ONE_TIME: &[&str] = &["11:00"];
const FOUR_TIMES: &[&str] = &["9:00", "10:00", "11:00", "14:00"];

impl Round {
    /// Mostly some who want the one time of one person; now and then ten of them, or twenty for three people at four times.
    pub fn thrown(dice: &mut StdRng, name: &str, day: String) -> Self {
        let (service, people, times, callers) = match dice.random_range(0..20) {
            0 => ("Beratung", 3, FOUR_TIMES, 20),
            1..3 => ("Färben", 1, ONE_TIME, 10),
            3..8 => ("Haarschnitt", 2, ONE_TIME, dice.random_range(3..6)),
            _ => ("Färben", 1, ONE_TIME, dice.random_range(2..5)),
        };
        let somebody_cancels = dice.random_range(0..4) == 0;
        let guest = |number: usize, dice: &mut StdRng| {
            let mut wants = vec![Act::Book];
            if dice.random_bool(0.3) {
                wants.insert(0, Act::Hold);
            }
            if somebody_cancels && dice.random_bool(0.6) {
                wants.push(Act::Cancel);
            }
            let pause = Duration::from_millis(dice.random_range(0..if somebody_cancels { 60 } else { 15 }));
            let asks_first = dice.random_bool(0.2);
            let call = format!("call_round_{name}_{number}");
            let guest = Guest::new(number, call, number % times.len(), wants);
            guest.pausing(pause, asks_first)
        };
        let guests = (0..callers).map(|number| guest(number, dice)).collect();
        Self { about: About { day, service, people, times }, guests, record: Record::default() }
    }

    /// All call at once.
    pub async fn play(&mut self, app: &TestApp) {
        let Self { about, guests, record } = self;
        join_all(guests.iter_mut().map(|guest| guest.speaks(app, about, record))).await;
    }

    /// Some of those whose line was cut do not call again.
    pub fn some_hang_up(&mut self, dice: &mut impl Rng) {
        for guest in self.guests.iter_mut().filter(|guest| !guest.open.is_empty() && guest.told == Told::Nothing) {
            guest.gone = dice.random_bool(0.2);
        }
    }

    /// Everything has come to its end: everybody was told the truth, nobody is booked twice, as many are booked as can be,
    /// and what was answered could have been answered by somebody who does one thing after the other. Gives what there was
    /// to be seen.
    pub async fn is_as_it_should(&mut self, app: &TestApp, seed: u64) -> Vec<&'static str> {
        let day = self.about.day.parse().unwrap();
        let stream = StreamId::diary(&app.salon.id, day);
        let page = app.app().journal.load::<Diary>(&stream).await.unwrap();
        let events = app.app().journal.read_stream::<DiaryEvent>(&stream).await.unwrap();
        let events: Vec<&DiaryEvent> = events.iter().map(|event| &event.data).collect();
        let Self { about, guests, record } = self;
        for guest in &mut *guests {
            let call = app.app().journal.load::<Call>(&StreamId::call(&app.salon.id, &guest.call_id())).await.unwrap();
            let mut theirs = page.aggregate.bookings().filter(|it| it.request.call == Some(guest.call_id()));
            let booking = theirs.next();
            let which = || format!("seed {seed}, {} of {}: {:?}, {booking:?}", guest.call, about.day, guest.told);
            assert_eq!(theirs.next(), None, "{}", which());
            was_told_the_truth(guest, booking, &events, &which());
            stands_at_the_calendar_as_here(app, guest, booking, &which());
            let held = events.iter().any(|event| holds_for(event, guest));
            let refused = call.aggregate.asked().iter().any(|asked| call.aggregate.was_refused(asked.booking));
            for (number, it) in std::mem::take(&mut guest.open) {
                close(record, (number, it), booking.map(|it| it.standing), held, refused, &which());
            }
        }
        let mut seen: Vec<&str> = guests.iter().map(|guest| guest.told.word()).collect();
        seen.extend(
            self.as_many_as_can_be(&page.aggregate, seed).then_some("rounds in which all times were given away"),
        );
        assert!(self.record.is_linearizable(), "seed {seed}, {}:\n{}", self.about.day, self.record.shown());
        seen
    }

    /// Where nobody cancels and nobody whose line was cut stays away, nothing is left over, which is what this says.
    fn as_many_as_can_be(&self, page: &Diary, seed: u64) -> bool {
        let nobody_lets_go = self.guests.iter().all(|guest| !guest.gone && !guest.wants.contains(&Act::Cancel));
        let nobody_cancels = nobody_lets_go && page.bookings().all(|it| it.standing == Standing::Confirmed);
        for time in 0..self.about.times.len() {
            let mine = |it: &&Booking| {
                let of = |guest: &&Guest| it.request.call == Some(guest.call_id()) && guest.time == time;
                it.standing.is_live() && self.guests.iter().any(|guest| of(&guest))
            };
            let (booked, wanted) =
                (page.bookings().filter(mine).count(), self.guests.iter().filter(|guest| guest.time == time).count());
            assert!(booked <= self.about.people, "seed {seed}, {}: {booked}", self.about.day);
            let all = wanted.min(self.about.people);
            let shown =
                || format!("seed {seed}, {} at {}:\n{}", self.about.day, self.about.times[time], self.record.shown());
            assert!(!nobody_cancels || booked == all, "{booked} of {all}: {}", shown());
        }
        nobody_cancels
    }
}

fn holds_for(event: &DiaryEvent, guest: &Guest) -> bool {
    matches!(event, DiaryEvent::SlotHeld(held) if held.holder == Holder::Call(guest.call_id()))
}

/// "Booked" is said of what was confirmed, "no" of what does not stand, and what was noted has come to one or the other.
fn was_told_the_truth(guest: &Guest, booking: Option<&Booking>, events: &[&DiaryEvent], which: &str) {
    let standing = booking.map(|it| it.standing);
    let confirmed =
        |id| events.iter().any(|event| matches!(event, DiaryEvent::BookingConfirmed(it) if it.booking == id));
    let was_confirmed = booking.is_some_and(|it| confirmed(it.id()));
    let ended = matches!(standing, None | Some(Standing::Confirmed | Standing::Cancelled | Standing::Failed));
    let wants_it_off = guest.open.iter().any(|(_, it)| it.act == Act::Cancel);
    let truth = match guest.told {
        Told::Booked if wants_it_off => was_confirmed,
        Told::Booked => was_confirmed && standing == Some(Standing::Confirmed),
        Told::Cancelled => was_confirmed && standing == Some(Standing::Cancelled),
        Told::Refused => !was_confirmed && !booking.is_some_and(|it| it.standing.is_live()),
        Told::Noted => matches!(standing, Some(Standing::Confirmed | Standing::Failed) | None),
        Told::Nothing => guest.gone,
    };
    assert!(truth && ended, "{which}");
}

/// The stand-in for Cal.com keeps its own books.
fn stands_at_the_calendar_as_here(app: &TestApp, guest: &Guest, booking: Option<&Booking>, which: &str) {
    let of = |it: &Value| it.as_str() == Some(guest.call.as_str());
    let live = app.calcom().live_bookings();
    let there: Vec<_> = live.iter().filter(|it| it.metadata.get("ringbuch_call").is_some_and(of)).collect();
    let here = booking.filter(|it| it.standing == Standing::Confirmed);
    let same = here.is_none_or(|here| there.iter().all(|there| there.start == here.slot.start));
    assert!(there.len() == usize::from(here.is_some()) && same, "{which}: at Cal.com {there:?}");
}

/// What had no answer that told has come to an end all the same, which ends the asking.
fn close(
    record: &Record,
    (number, it): (usize, Operation),
    standing: Option<Standing>,
    held: bool,
    refused: bool,
    which: &str,
) {
    match (it.act, standing) {
        (Act::Hold, _) if held => record.answered(number, it, true),
        (Act::Book, Some(Standing::Confirmed | Standing::Cancelled)) | (Act::Cancel, Some(Standing::Cancelled)) => {
            record.answered(number, it, true);
        }
        // The page had given it away until the calendar said no.
        (Act::Book, Some(Standing::Failed)) => {
            let let_go = Operation { act: Act::Cancel, ..it };
            let gone = record.asked(let_go);
            record.answered(number, it, true);
            record.answered(gone, let_go, true);
        }
        (Act::Book, None) if refused => record.answered(number, it, false),
        (Act::Hold, _) | (Act::Book, None) | (Act::Cancel, Some(Standing::Confirmed)) => record.came_to_nothing(number),
        _ => panic!("{which}: {it:?} has come to nothing that could be"),
    }
}
