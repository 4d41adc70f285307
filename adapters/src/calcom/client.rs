//! The port `Calendar` on Cal.com's version 2: one exchange for each act, two or more for a look-up.

use super::answer::{About, Answer, refused, unknown, unreadable};
use super::breaker::BreakerState;
use super::exchange::{Ask, Exchange};
use super::limiter::Priority;
use super::listing::{self, Place, Route};
use super::settings::{CalcomOptions, CalcomSettings, CompanySettings};
use super::wire::{self, BookingToMake, Cancelling, Rescheduling};
use crate::outbound::Outbound;
use async_trait::async_trait;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{BookRequest, Calendar, CalendarFailure, Clock, LookUp, ProviderBooking};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Pages of one list around one time; more than this is no answer to the question.
const PAGES_AT_MOST: usize = 50;

/// Cal.com for all companies. A clone shares everything but its priority.
#[derive(Clone)]
pub struct Calcom {
    exchange: Arc<Exchange>,
    priority: Priority,
}

impl Calcom {
    /// Speaks for callers on the phone; see [`Calcom::in_the_background`].
    pub fn new(
        outbound: Outbound,
        companies: Arc<dyn CompanySettings>,
        clock: Arc<dyn Clock>,
        options: CalcomOptions,
    ) -> Self {
        let exchange = Arc::new(Exchange::new(outbound, companies, clock, options));
        Self { exchange, priority: Priority::Caller }
    }

    /// The same for work that can wait: it yields to callers on the phone and waits longer for its turn.
    pub fn in_the_background(&self) -> Self {
        Self { exchange: self.exchange.clone(), priority: Priority::Background }
    }

    /// The state of every breaker, by company and provider.
    pub fn breaker_states(&self) -> Vec<(CompanyId, &'static str, BreakerState)> {
        self.exchange.states().into_iter().map(|(company, state)| (company, "calcom", state)).collect()
    }

    /// How many requests each company's key may still send now.
    pub fn rate_limits_remaining(&self) -> Vec<(CompanyId, &'static str, usize)> {
        self.exchange.remaining().into_iter().map(|(company, left)| (company, "calcom", left)).collect()
    }

    async fn post<T>(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        (operation, segments): (&'static str, Vec<&str>),
        body: &(impl Serialize + Sync),
        read: impl FnOnce(&Answer) -> Result<T, CalendarFailure> + Send,
    ) -> Result<T, CalendarFailure> {
        let ask = Ask {
            operation,
            method: Method::POST,
            segments,
            query: Vec::new(),
            version: settings.versions.booking.clone(),
            body: Some(serde_json::to_value(body).map_err(|_| refused("unwritable"))?),
            total: self.exchange.options().write_total,
        };
        self.exchange.ask(company, settings, self.priority, ask, read).await
    }

    async fn read_one<T>(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        uid: &str,
        read: impl Fn(&Answer) -> Result<T, CalendarFailure> + Send + Sync,
    ) -> Result<T, CalendarFailure> {
        let ask = Ask {
            operation: "get",
            method: Method::GET,
            segments: vec!["bookings", uid],
            query: Vec::new(),
            version: settings.versions.booking.clone(),
            body: None,
            total: self.exchange.options().read_total,
        };
        self.exchange.read(company, settings, self.priority, ask, read).await
    }

    /// Every page of one list, reduced to what is ours.
    async fn list(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        look_up: &LookUp,
        route: &Route,
        status: &str,
    ) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        let (mut found, mut place) = (Vec::new(), Place::Start);
        for _ in 0..PAGES_AT_MOST {
            let ask = Ask {
                operation: "find",
                method: Method::GET,
                segments: route.segments.iter().map(String::as_str).collect(),
                query: listing::query(look_up, route.paging, status, &place),
                version: route.version.clone(),
                body: None,
                total: self.exchange.options().read_total,
            };
            let read = |answer: &Answer| page(answer, look_up, &place);
            let (bookings, next) = self.exchange.read(company, settings, self.priority, ask, read).await?;
            found.extend(bookings);
            match next {
                Some(next) => place = next,
                None => return Ok(found),
            }
        }
        Err(unknown("list_without_end"))
    }
}

#[async_trait]
impl Calendar for Calcom {
    fn rests_for(&self, company: &CompanyId) -> Option<Duration> {
        self.exchange.rests_for(company, self.priority)
    }

    async fn book(&self, company: &CompanyId, request: &BookRequest) -> Result<ProviderBooking, CalendarFailure> {
        let settings = self.exchange.settings(company).await?;
        let body = BookingToMake::from(request);
        // For some event types Cal.com answers with the booking that the same attendee already has at that time: it is
        // handed on as it is, with the id that it carries.
        let read = |answer: &Answer| wire::booking(answer.data(About::NewBooking)?);
        self.post(company, &settings, ("book", vec!["bookings"]), &body, read).await
    }

    async fn find(&self, company: &CompanyId, look_up: &LookUp) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        let settings = self.exchange.settings(company).await?;
        let route = listing::route(look_up, &settings.versions);
        let mut found: Vec<ProviderBooking> = Vec::new();
        for status in listing::statuses(look_up, self.exchange.clock().now()) {
            for booking in self.list(company, &settings, look_up, &route, status).await? {
                // Seen in two lists, the later one is the newer word.
                found.retain(|known| known.uid != booking.uid);
                found.push(booking);
            }
        }
        Ok(found)
    }

    async fn get(&self, company: &CompanyId, uid: &str) -> Result<ProviderBooking, CalendarFailure> {
        let settings = self.exchange.settings(company).await?;
        self.read_one(company, &settings, uid, |answer| wire::booking(answer.data(About::Booking)?)).await
    }

    async fn cancel(&self, company: &CompanyId, uid: &str, reason: &str) -> Result<(), CalendarFailure> {
        let settings = self.exchange.settings(company).await?;
        // Some event types ask for a reason.
        let reason = if reason.is_empty() { "Cancelled" } else { reason };
        let body = Cancelling { cancellation_reason: reason };
        let cancelled = self.post(company, &settings, ("cancel", vec!["bookings", uid, "cancel"]), &body, |answer| {
            if answer.says_cancelled_already() {
                return Ok(Cancelled::Before);
            }
            answer.data(About::Booking).map(|_| Cancelled::Now)
        });
        match cancelled.await? {
            Cancelled::Now => Ok(()),
            Cancelled::Before => self.read_one(company, &settings, uid, nowhere_else).await,
        }
    }

    async fn reschedule(
        &self,
        company: &CompanyId,
        uid: &str,
        start: Timestamp,
        reason: &str,
    ) -> Result<ProviderBooking, CalendarFailure> {
        let settings = self.exchange.settings(company).await?;
        let body = Rescheduling { start, rescheduling_reason: reason };
        let moved =
            self.post(company, &settings, ("reschedule", vec!["bookings", uid, "reschedule"]), &body, |answer| {
                match answer.says_moved_to() {
                    Some(uid) => Ok(Moved::Before { uid }),
                    None => wire::booking(answer.data(About::Booking)?).map(Moved::Now),
                }
            });
        let new_uid = match moved.await? {
            Moved::Now(booking) => return Ok(booking),
            Moved::Before { uid } => uid,
        };
        let found = self.read_one(company, &settings, &new_uid, |answer| wire::booking(answer.data(About::Booking)?));
        // It was moved before; that it cannot be read now must not sound as if nothing had been done.
        found.await.map_err(|_| unknown("moved_before_but_unreadable"))
    }
}

enum Cancelled {
    Now,
    Before,
}

enum Moved {
    Now(ProviderBooking),
    Before { uid: String },
}

/// A moved booking is cancelled under its old uid and lives on under a new one: that is no success of cancelling.
fn nowhere_else(answer: &Answer) -> Result<(), CalendarFailure> {
    match wire::moved_to(answer.data(About::Booking)?) {
        Some(_) => Err(refused("moved")),
        None => Ok(()),
    }
}

/// What of a page is ours, and where the next one begins.
fn page(
    answer: &Answer,
    look_up: &LookUp,
    place: &Place,
) -> Result<(Vec<ProviderBooking>, Option<Place>), CalendarFailure> {
    let items = answer.data(About::List)?.as_array().ok_or_else(unreadable)?;
    let ours = items.iter().filter(|item| wire::carries(item) == Some(look_up.booking));
    let found = ours.map(wire::booking).collect::<Result<Vec<_>, _>>()?;
    let whole = answer.json.as_ref().unwrap_or(&Value::Null);
    let next = listing::next(whole, place, items.len()).map_err(|_| unreadable())?;
    Ok((found, next))
}
