//! The figures of a span as charts: by the hour for a day, by the day for more.

use super::super::chart::{Chart, Form, Point};
use super::super::page::Page;
use crate::metrics::Work;
use crate::pace::{HourlyLatency, hour_of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ringbuch_projections::booking_stats::{BookingCounts, BookingStats};
use ringbuch_projections::call_stats::{CallCounts, CallStats};
use ringbuch_projections::webhook_stats::WebhookStats;

/// How far back the pace is shown.
pub const HOURS: i64 = 24;

pub fn of(page: &Page, by_hour: bool, calls: &CallStats, bookings: &BookingStats) -> Vec<Chart> {
    let (labels, calls): (Vec<String>, Vec<&CallCounts>) = if by_hour {
        calls.hourly.iter().map(|point| (hour(page, point.hour), &point.counts)).unzip()
    } else {
        calls.daily.iter().map(|point| (day(page, point.date), &point.counts)).unzip()
    };
    let bookings: Vec<&BookingCounts> = if by_hour {
        bookings.hourly.iter().map(|point| &point.counts).collect()
    } else {
        bookings.daily.iter().map(|point| &point.counts).collect()
    };
    let points = |values: Vec<Vec<Option<f64>>>| -> Vec<Point> {
        labels.iter().cloned().zip(values).map(|(label, values)| Point { label, values }).collect()
    };
    let called = calls.iter().map(|it| vec![count(it.confirmed), count(it.calls - it.confirmed)]).collect();
    let came = bookings.iter().map(|it| vec![count(it.confirmed), count(it.refused), count(it.failed)]).collect();
    let rates = bookings.iter().map(|it| vec![rate(it.confirmed, it.wishes())]).collect();
    vec![
        chart(page, "overview.chart_calls", Form::Bars, &["overview.booked", "overview.not_booked"], points(called)),
        chart(
            page,
            "overview.chart_bookings",
            Form::Bars,
            &["overview.confirmed", "overview.refused", "overview.failed"],
            points(came),
        ),
        chart(page, "overview.chart_rate", Form::Line, &["overview.rate"], points(rates)),
    ]
}

pub fn webhooks(page: &Page, stats: &WebhookStats) -> Chart {
    let point = |it: &ringbuch_projections::webhook_stats::WebhookHour| Point {
        label: hour(page, it.hour),
        values: vec![count(it.success_count), count(it.failed_count)],
    };
    let points = stats.hourly.iter().map(point).collect();
    chart(page, "overview.chart_webhooks", Form::Bars, &["overview.success", "overview.failures"], points)
}

/// How long things took, a chart for each kind of request and each process that there was anything of.
pub fn pace(page: &Page, told: &[HourlyLatency], now: Timestamp) -> Vec<Chart> {
    let hours = || (0..HOURS).rev().filter_map(|ago| hour_of(now).checked_sub(SignedDuration::from_hours(ago)).ok());
    let drawn = |work: &Work| {
        let mine: Vec<_> = told.iter().filter(|it| it.work == work.as_str()).collect();
        let point = |at: Timestamp| {
            let it = mine.iter().find(|it| it.hour == at);
            Point { label: hour(page, at), values: vec![it.map(|it| it.p50), it.map(|it| it.p95)] }
        };
        let columns = vec!["p50".to_owned(), "p95".to_owned()];
        let name = page.word("overview.work", work.as_str());
        (!mine.is_empty()).then(|| Chart { name, form: Form::Times, columns, points: hours().map(point).collect() })
    };
    Work::ALL.iter().filter_map(drawn).collect()
}

fn chart(page: &Page, name: &str, form: Form, columns: &[&str], points: Vec<Point>) -> Chart {
    let columns = columns.iter().map(|key| page.say(key).to_string()).collect();
    Chart { name: page.say(name).to_string(), form, columns, points }
}

#[expect(clippy::cast_precision_loss, clippy::unnecessary_wraps, reason = "counts stay far below 2^53")]
fn count(count: i64) -> Option<f64> {
    Some(count as f64)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn hour(page: &Page, at: Timestamp) -> String {
    at.to_zoned(page.zone()).strftime("%H:%M").to_string()
}

fn day(page: &Page, date: Date) -> String {
    date.strftime(page.short_day()).to_string()
}
