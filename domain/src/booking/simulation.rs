//! A booking's whole life with everything that can go wrong: two workers who crash, sleep and overtake each other, a
//! calendar that answers late, never, twice or with a lie, and a customer who cancels and moves meanwhile. However it
//! goes, book and calendar agree in the end, and nothing is left to do.

mod calendar;
mod worker;

use super::{Patience, Step, next_step};
use crate::diary::tests::{ask, slot, terms};
use crate::diary::{Booking, Command, Diary, DiaryEvent, Hold, Holder, RequestBooking, Slot, Standing, Terms, shifted};
use crate::ids::BookingId;
use crate::salon::{ADVICE, at, branch};
use calendar::{Calendar, Effect};
use cqrs_es::Aggregate;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeMap;
use worker::Errand;

/// More than any life needs; whoever takes more goes round in circles.
const STEPS_AT_MOST: u32 = 2_000;

/// What happens at some time.
#[derive(Debug, Clone)]
enum Happening {
    /// A request takes effect at the calendar.
    Effect(Effect),
    /// A worker looks what is to be done.
    Look,
    /// A worker goes on after the calendar has answered, or not.
    GoOn(Box<Errand>),
    Customer(Wish),
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    Cancel,
    Move { days: i64, hours: i64 },
}

/// Chance as it was drawn, and good luck after that.
#[derive(Debug, Clone)]
struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        self.0.next().map_or(0, |drawn| drawn % sides)
    }
    fn seconds(&mut self, at_most: u8) -> SignedDuration {
        SignedDuration::from_secs(self.roll(at_most).into())
    }
}

struct World {
    now: Timestamp,
    ahead: BTreeMap<(Timestamp, u32), Happening>,
    count: u32,
    pages: BTreeMap<Date, Diary>,
    /// The page that the to-do list names.
    page: Date,
    calendar: Calendar,
    dice: Dice,
    patience: Patience,
}

const BEGIN: &str = "2025-07-02T06:00:00Z";
const PAGE: Date = date(2025, 7, 2);

impl World {
    fn new(dice: Vec<u8>, start: &str, strict: bool, wishes: &[(i64, Wish)]) -> Self {
        let now = at(BEGIN);
        let mut world = Self {
            now,
            ahead: BTreeMap::new(),
            count: 0,
            pages: BTreeMap::new(),
            page: PAGE,
            calendar: Calendar::new(strict),
            dice: Dice(dice.into_iter()),
            patience: Patience::default(),
        };
        let request = RequestBooking { now, call: None, ..ask(1, start, &["anna"]) };
        world.tell(PAGE, Command::RequestBooking(Box::new(request))).expect("a free day");
        for (seconds, wish) in wishes {
            world.later(SignedDuration::from_secs(*seconds), Happening::Customer(*wish));
        }
        world.later(SignedDuration::ZERO, Happening::Look);
        world.later(SignedDuration::from_secs(1), Happening::Look);
        world
    }

    fn later(&mut self, wait: SignedDuration, happening: Happening) {
        self.at(self.now + wait, happening);
    }

    fn at(&mut self, time: Timestamp, happening: Happening) {
        self.count += 1;
        self.ahead.insert((time.max(self.now), self.count), happening);
    }

    fn id() -> BookingId {
        ask(1, "09:00", &[]).booking
    }

    fn booking(&self) -> Booking {
        self.pages[&self.page].booking(Self::id()).cloned().expect("it stands where the list says")
    }

    /// Puts a command to a page; nothing where it says no. Whatever was accepted changes nothing the second time.
    fn tell(&mut self, page: Date, command: Command) -> Option<Vec<DiaryEvent>> {
        let diary = self.pages.entry(page).or_default();
        let events = diary.decide(command.clone()).ok()?;
        for event in &events {
            diary.apply(event.clone());
            if let DiaryEvent::BookingMoved(moved) = event {
                self.page = moved.page;
            }
        }
        if !matches!(command, Command::TwinCancelled { .. }) {
            let said = format!("twice: {command:?}");
            assert_eq!(diary.decide(command).unwrap_or_default(), [], "{said}");
        }
        Some(events)
    }

    fn next(&self) -> Step {
        next_step(&self.booking(), self.now, &self.patience)
    }

    /// Lets everything happen, in its order, until nothing is left to do.
    fn run(&mut self) {
        for _ in 0..STEPS_AT_MOST {
            let Some(((time, _), happening)) = self.ahead.pop_first() else { return };
            self.now = time;
            match happening {
                Happening::Effect(effect) => self.calendar.take(&effect),
                Happening::Customer(wish) => self.wish(wish),
                Happening::Look => self.look(),
                Happening::GoOn(errand) => self.go_on(*errand),
            }
        }
        panic!("it goes round in circles: {:?}", self.booking());
    }

    fn wish(&mut self, wish: Wish) {
        let booking = self.booking();
        match wish {
            Wish::Cancel => {
                let cancel = Command::RequestCancel { booking: booking.id(), by: "api".into(), reason: None };
                self.tell(self.page, cancel);
            }
            Wish::Move { days, hours } => self.wish_to_move(&booking, days, hours),
        }
        self.later(SignedDuration::ZERO, Happening::Look);
    }

    fn wish_to_move(&mut self, booking: &Booking, days: i64, hours: i64) {
        let page = self.page.checked_add(days.days()).expect("a date");
        let start = booking.slot.start + SignedDuration::from_hours(24 * days + hours);
        let to = Slot { start, end: shifted(start, 30), ..booking.slot };
        if self.tell(page, Command::Hold(self.hold(page, to))).is_none() {
            return;
        }
        let staff = booking.request.staff.clone();
        let request = Command::RequestMove { booking: booking.id(), to, page, staff, by: "api".into() };
        if self.tell(self.page, request).is_none() && booking.errand.is_none() {
            self.tell(page, Command::ReleaseHold { holder: Holder::Move(booking.id()) });
        }
    }

    fn hold(&self, page: Date, slot: Slot) -> Hold {
        let day = |page: Date| at(&format!("{page}T00:00:00Z"));
        let (day_starts, day_ends) = (day(page), day(page) + SignedDuration::from_hours(24));
        Hold {
            holder: Holder::Move(Self::id()),
            branch: branch("mitte"),
            event_type: ADVICE,
            slot,
            wanted: None,
            terms: Terms { day_starts, day_ends, ..terms(&["anna"]) },
            until: self.now + SignedDuration::from_secs(140),
            now: self.now,
        }
    }

    /// Book and calendar say the same, and nobody has anything left to do.
    fn agrees(&self) {
        let booking = self.booking();
        assert_eq!(self.next(), Step::Done, "{booking:?}");
        let live: Vec<_> = self.calendar.live().collect();
        match booking.standing {
            Standing::Confirmed => {
                assert_eq!(live.len(), 1, "{live:?} {booking:?}");
                assert_eq!(Some(&live[0].name), booking.provider.known(), "{booking:?}");
                assert_eq!(live[0].start, booking.slot.start);
            }
            _ => assert_eq!(live.len(), 0, "{live:?} {booking:?}"),
        }
        let elsewhere = self.pages.iter().filter(|(page, _)| **page != self.page);
        let ghosts = elsewhere.filter_map(|(_, page)| page.booking(Self::id())).filter(|it| it.standing.is_live());
        assert_eq!(ghosts.count(), 0, "it stands on one page only");
    }
}

fn wishes() -> impl Strategy<Value = Vec<(i64, Wish)>> {
    let wish = prop_oneof![
        Just(Wish::Cancel),
        (0_i64..2, -1_i64..3).prop_map(|(days, hours)| Wish::Move { days, hours }),
        (-1_i64..2, 1_i64..3).prop_map(|(days, hours)| Wish::Move { days, hours }),
    ];
    let when = prop_oneof![0_i64..60, 0_i64..600, 0_i64..20_000];
    prop::collection::vec((when, wish), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lesson_13_however_it_goes_book_and_calendar_agree_in_the_end(
        dice in prop::collection::vec(any::<u8>(), 0..80),
        start in prop_oneof![Just("06:04"), Just("07:00"), Just("15:00")],
        strict in any::<bool>(),
        wishes in wishes(),
    ) {
        let mut world = World::new(dice, start, strict, &wishes);
        world.run();
        world.agrees();
    }
}

#[test]
fn with_good_luck_it_takes_one_attempt() {
    let mut world = World::new(vec![], "15:00", true, &[]);
    world.run();
    world.agrees();
    let booking = world.booking();
    assert_eq!((booking.standing, booking.attempts, booking.slot), (Standing::Confirmed, 1, slot("15:00")));
}
