//! Who calls in the demo, what they want, and what goes wrong on the way of their webhooks; the same seed tells the same
//! story.

use super::town::Business;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// What a caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Books a free-looking time.
    Books,
    /// Wants the same time as many others.
    Competes,
    /// Books without telling a number.
    BooksAnonymously,
    /// Asks something and books nothing.
    Asks,
    /// Says a date that nobody can read.
    Mumbles,
    /// Wants a day that is over.
    WantsThePast,
    /// Wants a Sunday.
    WantsSunday,
    /// Wants what is not on offer.
    WantsUnknownService,
    /// Calls a branch that takes no bookings.
    CallsInactiveBranch,
    /// Dials a number that nobody has set up.
    DialsUnknownNumber,
    /// Is called by the business.
    IsCalled,
    /// Speaks through the web page.
    OnTheWeb,
}

/// One call of the story.
#[derive(Debug, Clone)]
pub struct Part {
    pub number: u32,
    pub call_id: String,
    /// Place in the list of businesses.
    pub business: usize,
    pub scene: Scene,
    pub caller: Option<String>,
    pub name: String,
    pub our_number: String,
    pub date: String,
    pub time: String,
    /// The same two as the clock in the branch would show them.
    pub at: DateTime,
    pub service: Option<String>,
    /// What the staff do afterwards.
    pub afterwards: Afterwards,
    pub way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    Nothing,
    Cancel,
    /// To half an hour later the same day.
    MoveWithinDay,
    /// To the next working day.
    MoveToAnotherDay,
}

/// What happens to the call's webhooks.
#[expect(clippy::struct_excessive_bools, reason = "each happens, or does not, whatever the others do")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Way {
    pub repeated: bool,
    pub out_of_order: bool,
    pub lost: bool,
    pub garbage: bool,
    /// Sent to the company's own address.
    pub named: bool,
}

/// How often what happens, in thousandths.
#[derive(Debug, Clone, Copy)]
pub struct Mishaps {
    pub repeated: u32,
    pub out_of_order: u32,
    pub lost: u32,
    pub garbage: u32,
}

const NAMES: [&str; 12] = [
    "Max Mustermann",
    "Erika Musterfrau",
    "Jonas Beispiel",
    "Lena Beispiel",
    "Ali Muster",
    "Mia Probe",
    "Tim Probe",
    "Nora Beleg",
    "Paul Beleg",
    "Ida Entwurf",
    "Karl Entwurf",
    "Zoe Vorlage",
];

/// Numbers that are reserved for fiction.
fn fictional_mobile(rng: &mut StdRng) -> String {
    format!("+4917139200{:02}", rng.random_range(0..100))
}

pub struct Writer<'a> {
    rng: StdRng,
    businesses: &'a [Business],
    days: Vec<Date>,
    today: Date,
    mishaps: Mishaps,
    run: String,
    hot: (usize, Date, Time),
}

impl<'a> Writer<'a> {
    pub fn new(seed: u64, businesses: &'a [Business], calls: u32, now: Timestamp, mishaps: Mishaps) -> Self {
        let zone = jiff::tz::TimeZone::get(super::town::ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = now.to_zoned(zone).date();
        // Enough days that most callers find a time, few enough that some do not.
        let wanted = usize::try_from(calls / 45).unwrap_or(usize::MAX).clamp(6, 70);
        let days: Vec<Date> =
            today.series(1.day()).skip(1).filter(|day| day.weekday() != Weekday::Sunday).take(wanted).collect();
        let first = days.first().copied().unwrap_or(today);
        let hot = (0, first, Time::constant(11, 0, 0, 0));
        Self {
            rng: StdRng::seed_from_u64(seed),
            businesses,
            days,
            today,
            mishaps,
            run: format!("{seed:x}{:x}", now.as_second()),
            hot,
        }
    }

    pub fn part(&mut self, number: u32) -> Part {
        let scene = self.scene();
        let competes = scene == Scene::Competes;
        if competes && self.rng.random_range(0..12) == 0 {
            self.hot = (self.rng.random_range(0..self.businesses.len()), self.day(), self.slot());
        }
        let business = if competes { self.hot.0 } else { self.rng.random_range(0..self.businesses.len()) };
        let (date, time) = if competes { (self.hot.1, self.hot.2) } else { (self.day(), self.slot()) };
        let our_number = self.our_number(business, scene);
        let service = self.service(business, scene);
        Part {
            number,
            call_id: format!("call_demo_{}_{number:06}", self.run),
            business,
            scene,
            caller: self.caller(scene),
            name: self.pick(&NAMES).to_owned(),
            our_number,
            date: self.date_as_said(scene, date),
            time: self.time_as_said(time),
            at: date.to_datetime(time),
            service,
            afterwards: self.afterwards(scene),
            way: self.way(),
        }
    }

    fn scene(&mut self) -> Scene {
        match self.rng.random_range(0..1000) {
            0..=629 => Scene::Books,
            630..=699 => Scene::Competes,
            700..=769 => Scene::BooksAnonymously,
            770..=859 => Scene::Asks,
            860..=884 => Scene::Mumbles,
            885..=899 => Scene::WantsThePast,
            900..=919 => Scene::WantsSunday,
            920..=939 => Scene::WantsUnknownService,
            940..=954 => Scene::CallsInactiveBranch,
            955..=964 => Scene::DialsUnknownNumber,
            965..=984 => Scene::IsCalled,
            _ => Scene::OnTheWeb,
        }
    }

    fn our_number(&mut self, business: usize, scene: Scene) -> String {
        let places = self.businesses.get(business).map(|it| it.branches.as_slice()).unwrap_or_default();
        let wanted = scene != Scene::CallsInactiveBranch;
        let fitting: Vec<&str> = places.iter().filter(|it| it.active == wanted).map(|it| it.number.as_str()).collect();
        match (scene, fitting.choose(&mut self.rng)) {
            (Scene::DialsUnknownNumber, _) => "+493023125999".to_owned(),
            (_, Some(number)) => (*number).to_owned(),
            // A business without an inactive branch is called at any of them.
            (_, None) => places.first().map(|it| it.number.clone()).unwrap_or_default(),
        }
    }

    fn service(&mut self, business: usize, scene: Scene) -> Option<String> {
        if scene == Scene::WantsUnknownService {
            return Some("Mondflug".to_owned());
        }
        let services = self.businesses.get(business).map(|it| it.services.as_slice()).unwrap_or_default();
        if self.rng.random_range(0..4) == 0 { None } else { services.choose(&mut self.rng).cloned() }
    }

    fn caller(&mut self, scene: Scene) -> Option<String> {
        match scene {
            Scene::OnTheWeb => None,
            Scene::BooksAnonymously => Some(self.pick(&["anonymous", "unknown", ""]).to_owned()),
            _ => Some(fictional_mobile(&mut self.rng)),
        }
    }

    fn day(&mut self) -> Date {
        self.days.choose(&mut self.rng).copied().unwrap_or(self.today)
    }

    fn slot(&mut self) -> Time {
        let half_hours = self.rng.random_range(0..19_i8);
        Time::new(8 + half_hours / 2, (half_hours % 2) * 30, 0, 0).unwrap_or(Time::midnight())
    }

    fn date_as_said(&mut self, scene: Scene, date: Date) -> String {
        match scene {
            Scene::Mumbles => self.pick(&["irgendwann", "nächsten Freitag", "{{datum}}"]).to_owned(),
            Scene::WantsThePast => self.today.checked_sub(30.days()).unwrap_or(self.today).to_string(),
            Scene::WantsSunday => {
                let ahead = i64::from(self.today.weekday().until(Weekday::Sunday)) + 7;
                self.today.checked_add(ahead.days()).unwrap_or(self.today).to_string()
            }
            _ => match self.rng.random_range(0..3) {
                0 => date.strftime("%d.%m.%Y").to_string(),
                _ => date.to_string(),
            },
        }
    }

    fn time_as_said(&mut self, time: Time) -> String {
        match self.rng.random_range(0..3) {
            0 => time.strftime("%H:%M Uhr").to_string(),
            _ => time.strftime("%H:%M").to_string(),
        }
    }

    fn afterwards(&mut self, scene: Scene) -> Afterwards {
        if scene != Scene::Books {
            return Afterwards::Nothing;
        }
        match self.rng.random_range(0..100) {
            0..=3 => Afterwards::Cancel,
            4..=5 => Afterwards::MoveWithinDay,
            6..=7 => Afterwards::MoveToAnotherDay,
            _ => Afterwards::Nothing,
        }
    }

    fn way(&mut self) -> Way {
        let mut strikes = |per_mille: u32| self.rng.random_range(0..1000) < per_mille;
        let Mishaps { repeated, out_of_order, lost, garbage } = self.mishaps;
        Way {
            repeated: strikes(repeated),
            out_of_order: strikes(out_of_order),
            lost: strikes(lost),
            garbage: strikes(garbage),
            named: strikes(500),
        }
    }

    fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        from.choose(&mut self.rng).copied().unwrap_or_default()
    }
}
