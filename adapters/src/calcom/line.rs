//! What one act for one company speaks through: whose calendar it is, how urgent it is, and the exchange behind.

use super::answer::{Answer, refused, unknown, unreadable};
use super::exchange::{Ask, Exchange};
use super::settings::{Api, ApiVersions, CalcomSettings};
use crate::provider::Priority;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::CalendarFailure;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// Pages of one list; more than this is no answer to any question that is asked.
pub(super) const PAGES_AT_MOST: usize = 50;
/// The most that the lists of members, schedules and webhooks give at once.
const TAKE: usize = 250;

pub(super) struct Line<'a> {
    exchange: &'a Exchange,
    company: &'a CompanyId,
    settings: CalcomSettings,
    priority: Priority,
}

impl<'a> Line<'a> {
    pub(super) async fn to(
        exchange: &'a Exchange,
        company: &'a CompanyId,
        priority: Priority,
    ) -> Result<Self, CalendarFailure> {
        let settings = exchange.settings(company).await?;
        Ok(Self { exchange, company, settings, priority })
    }

    pub(super) fn api(&self) -> Api {
        self.settings.api
    }

    pub(super) fn versions(&self) -> &ApiVersions {
        &self.settings.versions
    }

    pub(super) fn now(&self) -> Timestamp {
        self.exchange.clock().now()
    }

    /// Sends what changes something, once.
    pub(super) async fn write<T>(
        &self,
        ask: Ask<'_>,
        read: impl FnOnce(&Answer) -> Result<T, CalendarFailure> + Send,
    ) -> Result<T, CalendarFailure> {
        let ask = Ask { total: self.exchange.options().write_total, ..ask };
        self.exchange.ask(self.company, &self.settings, self.priority, ask, read).await
    }

    /// Sends what only reads.
    pub(super) async fn read<T>(
        &self,
        ask: Ask<'_>,
        read: impl Fn(&Answer) -> Result<T, CalendarFailure> + Send + Sync,
    ) -> Result<T, CalendarFailure> {
        let ask = Ask { total: self.exchange.options().read_total, ..ask };
        self.exchange.read(self.company, &self.settings, self.priority, ask, read).await
    }

    /// Every item of a list that is asked with `take` and `skip` and does not say whether there is more: the page that is
    /// not full is the last.
    pub(super) async fn every(&self, ask: Ask<'_>) -> Result<Vec<Value>, CalendarFailure> {
        let mut all = Vec::new();
        for _ in 0..PAGES_AT_MOST {
            let mut ask = ask.clone();
            ask.query.extend([("take", TAKE.to_string()), ("skip", all.len().to_string())]);
            let page = self.read(ask, Answer::items).await?;
            let last = page.len() != TAKE;
            all.extend(page);
            if last {
                return Ok(all);
            }
        }
        Err(unknown("list_without_end"))
    }
}

impl<'a> Ask<'a> {
    pub(super) fn get(operation: &'static str, segments: Vec<&'a str>) -> Self {
        let (query, version, body, total) = (Vec::new(), None, None, Duration::ZERO);
        Self { operation, method: Method::GET, segments, query, version, body, total }
    }

    /// A request with a body.
    pub(super) fn sending(
        operation: &'static str,
        method: Method,
        segments: Vec<&'a str>,
        body: &impl Serialize,
    ) -> Result<Self, CalendarFailure> {
        let body = serde_json::to_value(body).map_err(|_| refused("unwritable"))?;
        Ok(Self { method, body: Some(body), ..Self::get(operation, segments) })
    }

    pub(super) fn of_version(self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), ..self }
    }

    pub(super) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }
}

impl Answer {
    /// The `data` of a list.
    fn items(&self) -> Result<Vec<Value>, CalendarFailure> {
        let data = self.data(super::answer::About::List)?;
        data.as_array().cloned().ok_or_else(unreadable)
    }
}
