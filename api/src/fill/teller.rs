//! Tells one call after the other, in the order in which they begin. The same seed tells the same calls.

use super::afterwards::Afterwards;
use super::plot::Plot;
use super::spread::Spread;
use super::story::{Appointment, Caller, Part, Story, Told};
use super::town::{Company, HALF_HOURS};
use super::{FillError, Wanted, unusable, words};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::VoiceLatency;
use ringbuch_domain::company::PromptPublished;
use ringbuch_domain::diary::Slot;
use ringbuch_domain::ids::{BookingId, CallId, CustomerId, DeliveryId, derived};
use ringbuch_domain::recorded::StreamId;
use std::collections::BTreeMap;

/// Of so many calls one is of somebody new.
const NEW: u32 = 3;
/// People who called this recently may still be being registered.
const RECENT: u64 = 400;
const LONGEST_AHEAD: i64 = 14;

pub struct Teller {
    town: Vec<Company>,
    spread: Spread,
    wanted: Wanted,
    /// Makes ids differ from those of an earlier run over the same log.
    run: u64,
    dice: StdRng,
    next: u64,
    day: Option<Date>,
    version: usize,
    /// Of each company: how many people have called.
    people: Vec<u64>,
    /// How much of a page is taken.
    pages: BTreeMap<(Date, usize), u32>,
    afterwards: Afterwards,
    /// What is to be told before the next call.
    first: Vec<Part>,
}

impl Teller {
    pub fn new(town: Vec<Company>, spread: Spread, wanted: Wanted, run: u64) -> Self {
        Self {
            people: vec![0; town.len()],
            dice: StdRng::seed_from_u64(wanted.seed.wrapping_add(run)),
            town,
            spread,
            wanted,
            run,
            next: 0,
            day: None,
            version: 0,
            pages: BTreeMap::new(),
            afterwards: Afterwards::default(),
            first: Vec::new(),
        }
    }

    fn story(&mut self) -> Result<Told, FillError> {
        let (day, began) = self.spread.at(self.next).ok_or_else(|| unusable("the clock is out of range"))?;
        if self.day.replace(day) != Some(day) {
            self.begin_day(day, began);
        }
        if !self.first.is_empty() {
            return Ok(Told { calls: 0, parts: std::mem::take(&mut self.first) });
        }
        let place = self.dice.random_range(0..self.town.len());
        let call = CallId::new(&format!("call_{}", self.id("call", self.next).simple())).map_err(unusable)?;
        let delivery = DeliveryId::new(&self.id("delivery", self.next).simple().to_string()).map_err(unusable)?;
        let plot = Plot::draw(&mut self.dice, self.version);
        let caller = self.caller(place);
        let appointment = if plot.asks() { Some(self.appointment(place, day)?) } else { None };
        let when = appointment
            .as_ref()
            .map_or((day, 10), |it| (it.page, 9 + u32::try_from(self.next % 8).unwrap_or_default()));
        let transcript = words::transcript(plot, &mut self.dice, when);
        let p50_ms = self.dice.random_range(550..1_150);
        let company = self.town.get(place).ok_or_else(|| unusable("no company"))?;
        let branch = company.branches.get(self.dice.random_range(0..company.branches.len()));
        let story = Story {
            company,
            call,
            delivery,
            branch: branch.ok_or_else(|| unusable("no branch"))?,
            version: i64::try_from(self.version).unwrap_or_default() + 1,
            plot,
            caller,
            began,
            lasts: SignedDuration::from_secs(self.dice.random_range(35..240)),
            latency: VoiceLatency { p50_ms, p95_ms: p50_ms * 2 },
            transcript,
            mood: mood(plot, self.dice.random_range(0..100)),
            appointment,
        };
        let parts = story.parts();
        self.afterwards.draw(&mut self.dice, &story, day);
        self.next += 1;
        Ok(Told { calls: 1, parts })
    }

    fn begin_day(&mut self, day: Date, at: Timestamp) {
        self.first = self.afterwards.before(day, at);
        self.pages = self.pages.split_off(&(day, 0));
        let version = self.spread.sixth(day);
        if version != std::mem::replace(&mut self.version, version) {
            let version = u32::try_from(version).unwrap_or_default() + 1;
            self.first.extend(self.town.iter().map(|company| published(company, version, at)));
        }
    }

    fn id(&self, what: &str, nth: u64) -> uuid::Uuid {
        let Wanted { seed, .. } = self.wanted;
        derived(&["synthetic", what, &seed.to_string(), &self.run.to_string(), &nth.to_string()])
    }

    /// Somebody new, or one of those who have called before.
    fn caller(&mut self, place: usize) -> Caller {
        let known = self.people.get(place).copied().unwrap_or_default();
        let settled = known.saturating_sub(RECENT);
        let is_new = settled == 0 || self.dice.random_range(0..NEW) == 0;
        let nth = if is_new { known } else { self.dice.random_range(0..settled) };
        if is_new && let Some(count) = self.people.get_mut(place) {
            *count += 1;
        }
        // A third withholds the number.
        let number = (nth % 3 != 0).then(|| format!("+4917139200{:02}", nth % 100));
        let id = CustomerId(self.id(&format!("customer of {place}"), nth));
        Caller { id, name: words::name(nth), number, is_new }
    }

    /// The next time that somebody has, from some day of the next two weeks on.
    fn appointment(&mut self, place: usize, day: Date) -> Result<Appointment, FillError> {
        let company = self.town.get(place).ok_or_else(|| unusable("no company"))?;
        let (nth, staff) = (self.next, u32::try_from(company.staff.len()).unwrap_or(u32::MAX));
        let mut page = day.checked_add(self.dice.random_range(1..=LONGEST_AHEAD).days()).map_err(unusable)?;
        let taken = loop {
            let taken = self.pages.entry((page, place)).or_default();
            if page.weekday() != jiff::civil::Weekday::Sunday && *taken < staff.saturating_mul(HALF_HOURS) {
                *taken += 1;
                break *taken - 1;
            }
            page = page.tomorrow().map_err(unusable)?;
        };
        let half_hour = self.spread.half_hour(page, taken % HALF_HOURS);
        let start = half_hour.ok_or_else(|| unusable("the clock is out of range"))?;
        let end = start.checked_add(SignedDuration::from_mins(30)).map_err(unusable)?;
        let person = company.staff.get((taken / HALF_HOURS) as usize).ok_or_else(|| unusable("no staff"))?;
        let service = company.services.get(self.dice.random_range(0..company.services.len()));
        Ok(Appointment {
            booking: BookingId(self.id("booking", nth)),
            page,
            slot: Slot { start, end, buffer_before_minutes: 0, buffer_after_minutes: 0 },
            staff: person.clone(),
            event_type: *service.ok_or_else(|| unusable("no service"))?,
        })
    }
}

impl Iterator for Teller {
    type Item = Result<Told, FillError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next < self.wanted.calls {
            return Some(self.story());
        }
        // What the last day has left.
        let day = self.day.take()?;
        let tomorrow = day.tomorrow().ok()?;
        let (_, at) = self.spread.at(self.wanted.calls.saturating_sub(1))?;
        Some(Ok(Told { calls: 0, parts: self.afterwards.before(tomorrow, at) }))
    }
}

fn published(company: &Company, version: u32, at: Timestamp) -> Part {
    let (agent, by) = (company.agent.clone(), "fill".to_owned());
    let published = PromptPublished { agent, version, by, why: format!("Version {version}") };
    Part {
        stream: StreamId::company(&company.id),
        company: Some(company.id.clone()),
        at,
        from_outside: true,
        events: vec![AnyEvent::Company(published.into())],
    }
}

fn mood(plot: Plot, dice: u32) -> &'static str {
    match (plot, dice) {
        (Plot::Price | Plot::NoTimeFits | Plot::Fails | Plot::Broken, 0..40) | (_, 0..4) => "negative",
        (Plot::Books | Plot::BooksAfterwards, 4..60) => "positive",
        _ => "neutral",
    }
}
