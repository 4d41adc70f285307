//! A span while it lasts. Its trace may be told later than its beginning: the first event that is written in it says which
//! chain it belongs to, unless whoever asked named a trace of their own.

use super::{context, fresh_span, now};
use crate::telemetry::context::Place;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceId};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use std::borrow::Cow;
use std::fmt::Debug;
use std::time::SystemTime;
use tracing::field::{Field, Visit};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// The field of a span by which it joins the trace of what led to it.
const FOLLOWS: &str = "follows";

pub(super) struct Draft {
    pub(super) id: SpanId,
    pub(super) trace: Option<TraceId>,
    pub(super) parent: Option<SpanId>,
    pub(super) failed: bool,
    name: &'static str,
    began: SystemTime,
    attributes: Vec<KeyValue>,
}

impl Draft {
    pub(super) fn begin(name: &'static str) -> Self {
        let (began, attributes) = (now(), Vec::new());
        Self { id: fresh_span(), trace: None, parent: None, failed: false, name, began, attributes }
    }

    pub(super) fn end(self, trace: TraceId, parent: SpanId) -> SpanData {
        let (name, kind) = (self.title(), kind(self.name));
        let status = if self.failed { Status::error("") } else { Status::Unset };
        let mut data = data(context(trace, self.id), parent, kind, name, self.began);
        (data.attributes, data.status) = (self.attributes, status);
        data
    }

    /// `POST /api/v1/appointments` for a request, `provider book` for what is asked of a provider.
    fn title(&self) -> Cow<'static, str> {
        let of = |key: &str| self.attributes.iter().find(|it| it.key.as_str() == key).map(|it| it.value.to_string());
        match (of("method"), of("route"), of("operation")) {
            (Some(method), Some(route), _) => format!("{method} {route}").into(),
            (_, _, Some(operation)) => format!("{} {operation}", self.name).into(),
            _ => self.name.into(),
        }
    }

    fn note(&mut self, field: &Field, value: impl Into<Value>) {
        self.attributes.push(KeyValue::new(field.name(), value.into()));
    }

    /// The first word counts: what comes later is a step on the way.
    fn follow(&mut self, place: &str) {
        if let (None, Some(place)) = (self.trace, Place::parse(place)) {
            (self.trace, self.parent) = (Some(TraceId::from(place.trace)), Some(SpanId::from(place.span)));
        }
    }
}

impl Visit for Draft {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            FOLLOWS => self.follow(value),
            _ => self.note(field, value.to_owned()),
        }
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.note(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.note(field, i64::try_from(value).unwrap_or(i64::MAX));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.note(field, value);
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.note(field, value);
    }
}

fn kind(name: &str) -> SpanKind {
    match name {
        "request" => SpanKind::Server,
        "provider" => SpanKind::Client,
        "intake" | "booking" => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}

/// A span that is over now.
pub(super) fn data(
    span_context: SpanContext,
    parent_span_id: SpanId,
    span_kind: SpanKind,
    name: Cow<'static, str>,
    start_time: SystemTime,
) -> SpanData {
    SpanData {
        span_context,
        parent_span_id,
        parent_span_is_remote: false,
        span_kind,
        name,
        start_time,
        end_time: now(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::builder("ringbuch").build(),
    }
}

/// The span and those around it that are taken, each with the trace that it names.
pub(super) fn scope<'a, R: LookupSpan<'a>>(
    span: &SpanRef<'a, R>,
) -> impl Iterator<Item = (SpanRef<'a, R>, Option<TraceId>)> {
    span.scope().filter_map(|step| {
        let trace = step.extensions().get::<Draft>()?.trace;
        Some((step, trace))
    })
}
