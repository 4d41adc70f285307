//! Somebody who calls in a round: what they ask for, one thing after the other, and what they were told of it.

use super::page::{Act, Operation, Record};
use crate::app::{Caller, TestApp};
use ringbuch_domain::ids::CallId;
use serde_json::{Value, json};
use std::time::Duration;

/// What a round is about.
pub struct About {
    pub day: String,
    pub service: &'static str,
    pub people: usize,
    pub times: &'static [&'static str],
}

/// What they were told of their booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Nothing,
    Booked,
    /// "I am noting it."
    Noted,
    Refused,
    Cancelled,
}

impl Told {
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "hung up without an answer",
            Self::Booked => "booked",
            Self::Noted => "noted",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

pub struct Guest {
    /// Which of the round's.
    pub number: usize,
    pub call: String,
    pub time: usize,
    /// Before each thing that they ask for.
    pause: Duration,
    /// They ask whether it is free before, and take the offer; otherwise they name day and time.
    asks_first: bool,
    /// What they want, one after the other.
    pub wants: Vec<Act>,
    pub told: Told,
    /// What has no answer yet, under its number in the record, or has one that leaves open what comes of it.
    pub open: Vec<(usize, Operation)>,
    /// They do not call again after the line was cut.
    pub gone: bool,
    offer: Option<String>,
    appointment: Option<String>,
    at: usize,
}

impl Guest {
    pub fn new(number: usize, call: String, time: usize, wants: Vec<Act>) -> Self {
        Self {
            number,
            call,
            time,
            pause: Duration::ZERO,
            asks_first: wants.contains(&Act::Hold),
            wants,
            told: Told::Nothing,
            open: Vec::new(),
            gone: false,
            offer: None,
            appointment: None,
            at: 0,
        }
    }

    pub fn pausing(mut self, pause: Duration, asks_first: bool) -> Self {
        (self.pause, self.asks_first) = (pause, asks_first || self.asks_first);
        self
    }

    pub fn call_id(&self) -> CallId {
        CallId::new(&self.call).unwrap()
    }

    /// Asks for all that they want, until the line is cut. What had no answer is asked for again.
    pub async fn speaks(&mut self, app: &TestApp, about: &About, record: &Record) {
        // Each has a number of their own, or the calendar takes two of them for one person.
        let caller =
            app.caller("Gast").under(&self.call).from(&format!("+4917139200{:02}", self.number)).on(&about.day);
        while let Some(act) = self.wants.get(self.at).copied().filter(|_| !self.gone) {
            tokio::time::sleep(self.pause).await;
            if self.asks_first && self.offer.is_none() {
                match self.is_offered(&caller, about).await {
                    Some(()) => continue,
                    None => return,
                }
            }
            let it = Operation { caller: self.number, act, time: self.time, people: about.people, granted: None };
            let (function, arguments) = self.says(act, about);
            // Asked again after the line was cut it is the same asking.
            let number = self.open.last().filter(|(_, open)| *open == it).map(|(number, _)| *number);
            let number = number.unwrap_or_else(|| {
                let number = record.asked(it);
                self.open.push((number, it));
                number
            });
            let answer = caller.tries(function, &arguments).await;
            // A server that dies may just have the time to say that it cannot; they try again as with no answer.
            let Some(answer) = answer.filter(|answer| answer["reason"] != "not_now") else { return };
            if let Some(granted) = self.hears(act, &answer) {
                record.answered(number, it, granted);
                self.open.retain(|(open, _)| *open != number);
            }
            self.at += 1;
        }
    }

    /// Nothing where the line was cut.
    async fn is_offered(&mut self, caller: &Caller<'_>, about: &About) -> Option<()> {
        let asks = json!({ "datum": about.day, "uhrzeit": about.times[self.time], "dienstleistung": about.service });
        let answer = caller.tries("check_availability", &asks).await?;
        self.offer = answer["offer"]["offer_id"].as_str().map(str::to_owned);
        if self.offer.is_none() {
            // It is taken, or the calendar cannot be asked: they name the time all the same.
            self.asks_first = false;
            self.wants.retain(|act| *act != Act::Hold);
        }
        Some(())
    }

    fn says(&self, act: Act, about: &About) -> (&'static str, Value) {
        match (act, &self.offer) {
            (Act::Hold, _) => ("hold_slot", json!({ "offer_id": self.offer })),
            (Act::Book, Some(offer)) => ("book_appointment", json!({ "offer_id": offer, "name": "Gast" })),
            (Act::Book, None) => (
                "book_appointment",
                json!({ "datum": about.day, "uhrzeit": about.times[self.time], "dienstleistung": about.service,
                        "name": "Gast" }),
            ),
            (Act::Cancel, _) => ("cancel_appointment", json!({ "appointment_id": self.appointment })),
        }
    }

    /// Whether it was granted; nothing where the answer leaves that open.
    fn hears(&mut self, act: Act, answer: &Value) -> Option<bool> {
        let (status, reason) = (answer["status"].as_str(), answer["reason"].as_str());
        match (act, status, reason) {
            (Act::Hold, ..) if answer["success"] == true => Some(true),
            (Act::Hold, _, Some("slot_taken")) => Some(false),
            (Act::Book, Some("confirmed"), _) => {
                self.appointment = answer["appointment_id"].as_str().map(str::to_owned);
                self.told = Told::Booked;
                Some(true)
            }
            (Act::Cancel, Some("cancelled"), _) => {
                self.told = Told::Cancelled;
                Some(true)
            }
            (Act::Book | Act::Cancel, Some("noted"), _) => {
                if act == Act::Book {
                    self.told = Told::Noted;
                }
                self.wants.truncate(self.at);
                None
            }
            (Act::Book, _, Some(reason)) if answer["success"] == false => {
                self.told = Told::Refused;
                self.wants.truncate(self.at);
                (reason == "slot_taken").then_some(false)
            }
            _ => panic!("{act:?} was answered {answer}"),
        }
    }
}
