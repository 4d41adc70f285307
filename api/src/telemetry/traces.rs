//! Traces for a collector that speaks OTLP. Spans of the log become spans of a trace once they are over; every event that is
//! written becomes one as well, on which hangs whatever a to-do list does about it, on whichever node and whenever.

mod draft;
mod export;

pub use export::{flush, start};

use super::context::Place;
use crate::clock::SystemClock;
use draft::{Draft, data, scope};
use export::Told;
use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::SpanData;
use ringbuch_domain::ports::{Append, Clock};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tokio::sync::mpsc;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Span, Subscriber, dispatcher};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Registry, SpanRef};
use uuid::Uuid;

/// Takes spans as they end and hands them to the task that sends them. Where that does not keep up, spans are dropped and
/// counted: a collector must not hold a caller up.
pub struct Traces {
    out: mpsc::Sender<Told>,
    dropped: AtomicU64,
}

fn now() -> SystemTime {
    SystemClock.now().into()
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut draft = Draft::begin(attributes.metadata().name());
            attributes.record(&mut draft);
            span.extensions_mut().insert(draft);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(draft) = span.extensions_mut().get_mut::<Draft>()
        {
            values.record(draft);
        }
    }

    /// What is warned of inside a span is what went wrong there.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() <= Level::WARN
            && let Some(span) = context.event_span(event)
            && let Some(draft) = span.extensions_mut().get_mut::<Draft>()
        {
            draft.failed = true;
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let trace = settled(&span, fresh());
        let parent = span.parent().and_then(|parent| nearest(&parent)).filter(|(of, _)| *of == trace);
        let Some(draft) = span.extensions_mut().remove::<Draft>() else { return };
        let parent = draft.parent.or(parent.map(|(_, span)| span)).unwrap_or(SpanId::INVALID);
        self.tell(draft.end(trace, parent));
    }
}

impl Traces {
    fn tell(&self, span: SpanData) {
        if self.out.try_send(Told::Span(Box::new(span))).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn fresh() -> TraceId {
    TraceId::from(Uuid::new_v4().as_u128())
}

/// The trace that a span is part of. Where nothing has said so yet it is this one, from now on.
fn settled<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>, otherwise: TraceId) -> TraceId {
    let mut topmost = None;
    for (step, trace) in scope(span) {
        if let Some(trace) = trace {
            return trace;
        }
        topmost = Some(step);
    }
    if let Some(span) = topmost
        && let Some(draft) = span.extensions_mut().get_mut::<Draft>()
    {
        draft.trace = Some(otherwise);
    }
    otherwise
}

/// The span itself, or the nearest around it that is part of a trace.
fn nearest<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<(TraceId, SpanId)> {
    let (step, _) = scope(span).next()?;
    let id = step.extensions().get::<Draft>()?.id;
    Some((settled(span, fresh()), id))
}

/// Looks at the span that this is called in, if traces are taken.
fn here<T>(look: impl FnOnce(&Traces, Option<SpanRef<'_, Registry>>) -> T) -> Option<T> {
    // While the dispatcher is lent out nobody finds it, the current span neither.
    let dispatch = dispatcher::get_default(Dispatch::clone);
    let (traces, registry) = (dispatch.downcast_ref::<Traces>()?, dispatch.downcast_ref::<Registry>()?);
    let span = Span::current().id().and_then(|id| registry.span(&id));
    Some(look(traces, span))
}

/// The place that a request made here belongs to, for the header of that name.
pub fn traceparent() -> Option<String> {
    let (trace, span) = here(|_, span| nearest(&span?))??;
    let (trace, span) = (u128::from_be_bytes(trace.to_bytes()), u64::from_be_bytes(span.to_bytes()));
    Some(Place { trace, span }.to_string())
}

/// Events on their way into the log.
pub struct Writing {
    correlation: Uuid,
    events: Vec<(Uuid, &'static str)>,
    began: SystemTime,
}

impl Writing {
    /// Nothing where no traces are taken.
    pub fn of(append: &Append) -> Option<Self> {
        here(|_, _| ())?;
        let events = append.events.iter().map(|event| (event.id, event.kind)).collect();
        Some(Self { correlation: append.cause.correlation, events, began: now() })
    }

    /// They are durable: each is a span on which hangs what it leads to.
    pub fn done(self) {
        let Self { correlation, events, began } = self;
        let trace = TraceId::from(correlation.as_u128());
        here(|traces, span| {
            let around = span.and_then(|span| {
                settled(&span, trace);
                nearest(&span)
            });
            for (event, kind) in events {
                let id = SpanId::from(event.as_u64_pair().1);
                traces.tell(written(trace, id, kind, began, around));
            }
        });
    }
}

/// What was done in another trace is no part of this one, and linked with it.
fn written(
    trace: TraceId,
    id: SpanId,
    kind: &'static str,
    began: SystemTime,
    around: Option<(TraceId, SpanId)>,
) -> SpanData {
    let parent = around.filter(|(of, _)| *of == trace).map_or(SpanId::INVALID, |(_, span)| span);
    let mut written = data(context(trace, id), parent, SpanKind::Producer, kind.into(), began);
    let elsewhere = around.filter(|(of, _)| *of != trace);
    written.links.links.extend(elsewhere.map(|(of, span)| Link::with_context(context(of, span))));
    written
}

fn context(trace: TraceId, span: SpanId) -> SpanContext {
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
}

fn fresh_span() -> SpanId {
    SpanId::from(Uuid::new_v4().as_u64_pair().1)
}
