//! From events to counts of calls.

use crate::columns::hour_of;
use crate::rows::{Rows, Value, text};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{CallAnalyzed, CallEnded, CallEvent, CallReceived, Refusal};
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::ids::{CallId, CompanyId};
use ringbuch_domain::recorded::Recorded;

pub(super) fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    let fact = |call| Fact { event, company, call };
    match &event.data {
        AnyEvent::Call(call) => project_call(fact, call, rows),
        AnyEvent::Diary(diary) => project_diary(fact, diary, rows),
        _ => {}
    }
}

fn project_call<'a>(fact: impl Fn(&'a CallId) -> Fact<'a>, call: &'a CallEvent, rows: &mut Rows) {
    match call {
        CallEvent::CallReceived(it) => fact(&it.call).received(it, rows),
        CallEvent::CallEnded(it) => fact(&it.call).ended(it, rows),
        CallEvent::CallAnalyzed(it) => fact(&it.call).analyzed(it, rows),
        CallEvent::BookingAsked(it) => fact(&it.call).came_to("asked", rows),
        CallEvent::BookingRefused(it) => {
            let outcome = if matches!(it.reason, Refusal::Calendar { .. }) { "failed" } else { "refused" };
            fact(&it.call).came_to(outcome, rows);
        }
        _ => {}
    }
}

fn project_diary<'a>(fact: impl Fn(&'a CallId) -> Fact<'a>, diary: &'a DiaryEvent, rows: &mut Rows) {
    let (call, outcome) = match diary {
        DiaryEvent::BookingRequested(it) => (&it.call, "asked"),
        DiaryEvent::BookingConfirmed(it) => (&it.call, "confirmed"),
        DiaryEvent::BookingFailed(it) => (&it.call, "failed"),
        _ => return,
    };
    if let Some(call) = call {
        fact(call).came_to(outcome, rows);
    }
}

/// What a call is counted by; each has a statement that adds the call's row, or with `$3` = −1 takes it away.
const SUMS: &str =
    "INSERT INTO call_hours (company, hour, agent, agent_version, calls, ended, timed, duration_ms, priced,
                            cost_minor, appointment_requested, asked, confirmed)
     SELECT company, hour, agent, agent_version, CAST($3 AS BIGINT), CAST($3 AS BIGINT) * ended,
            CAST($3 AS BIGINT) * timed, CAST($3 AS BIGINT) * duration_ms, CAST($3 AS BIGINT) * priced,
            CAST($3 AS BIGINT) * cost_minor, CAST($3 AS BIGINT) * appointment_requested, CAST($3 AS BIGINT) * asked,
            CAST($3 AS BIGINT) * confirmed
     FROM call_facts WHERE company = $1 AND call = $2 AND counted = 1
     ON CONFLICT (company, hour, agent, agent_version) DO UPDATE
     SET calls = call_hours.calls + excluded.calls, ended = call_hours.ended + excluded.ended,
         timed = call_hours.timed + excluded.timed, duration_ms = call_hours.duration_ms + excluded.duration_ms,
         priced = call_hours.priced + excluded.priced, cost_minor = call_hours.cost_minor + excluded.cost_minor,
         appointment_requested = call_hours.appointment_requested + excluded.appointment_requested,
         asked = call_hours.asked + excluded.asked, confirmed = call_hours.confirmed + excluded.confirmed";

macro_rules! share_by {
    ($dimension:literal) => {
        concat!(
            "INSERT INTO call_shares (company, hour, dimension, value, calls) SELECT company, hour, '",
            $dimension,
            "', ",
            $dimension,
            ", CAST($3 AS BIGINT) FROM call_facts WHERE company = $1 AND call = $2 AND counted = 1 AND ",
            $dimension,
            " <> '' ON CONFLICT (company, hour, dimension, value) DO UPDATE
              SET calls = call_shares.calls + excluded.calls"
        )
    };
}
const DIRECTION: &str = share_by!("direction");
const SENTIMENT: &str = share_by!("sentiment");
const DISCONNECTION: &str = share_by!("disconnection");
const OUTCOME: &str = share_by!("outcome");

/// A call's row of facts, of which a share that is still empty is not counted yet.
struct Fact<'a> {
    event: &'a Recorded<AnyEvent>,
    company: &'a CompanyId,
    call: &'a CallId,
}

impl Fact<'_> {
    fn received(&self, it: &CallReceived, rows: &mut Rows) {
        let rest = [
            hour_of(it.started_at.unwrap_or(self.event.time)).into(),
            it.agent.as_deref().unwrap_or_default().into(),
            it.agent_version.unwrap_or(-1).into(),
            it.direction.as_str().into(),
        ];
        self.recount(
            rows,
            &[DIRECTION, SENTIMENT, DISCONNECTION, OUTCOME],
            "UPDATE call_facts
             SET counted = 1, hour = $3, agent = $4, agent_version = $5, direction = $6,
                 outcome = CASE WHEN outcome = '' THEN 'none' ELSE outcome END
             WHERE company = $1 AND call = $2",
            &rest,
        );
    }

    fn ended(&self, it: &CallEnded, rows: &mut Rows) {
        let rest = [
            it.disconnection.as_deref().into(),
            it.duration_ms.into(),
            it.duration_ms.map(|_| 1_i64).into(),
            it.cost.map(|cost| cost.minor).into(),
            it.cost.map(|_| 1_i64).into(),
        ];
        self.recount(
            rows,
            &[DISCONNECTION],
            "UPDATE call_facts
             SET counted = 1, ended = 1, disconnection = COALESCE($3, disconnection),
                 duration_ms = COALESCE($4, duration_ms), timed = COALESCE($5, timed),
                 cost_minor = COALESCE($6, cost_minor), priced = COALESCE($7, priced)
             WHERE company = $1 AND call = $2",
            &rest,
        );
    }

    fn analyzed(&self, it: &CallAnalyzed, rows: &mut Rows) {
        self.recount(
            rows,
            &[SENTIMENT],
            "UPDATE call_facts
             SET counted = 1, sentiment = COALESCE($3, sentiment),
                 appointment_requested = COALESCE($4, appointment_requested)
             WHERE company = $1 AND call = $2",
            &[it.sentiment.as_deref().into(), it.appointment_requested.into()],
        );
    }

    /// What a call has achieved once is not taken from it by what follows, only bettered.
    fn came_to(&self, outcome: &str, rows: &mut Rows) {
        self.recount(
            rows,
            &[OUTCOME],
            "UPDATE call_facts
             SET counted = 1, asked = 1, confirmed = CASE WHEN $3 = 'confirmed' THEN 1 ELSE confirmed END,
                 outcome = CASE WHEN outcome = 'confirmed' OR (outcome = 'failed' AND $3 <> 'confirmed') THEN outcome
                                ELSE $3 END
             WHERE company = $1 AND call = $2",
            &[outcome.into()],
        );
    }

    /// Takes the call out of the counts that change, changes its row, and puts it back.
    fn recount(&self, rows: &mut Rows, shares: &[&'static str], change: &'static str, rest: &[Value]) {
        let key = [text(self.company), text(self.call)];
        let signed = |sign: i64| [key.as_slice(), &[sign.into()]].concat();
        rows.execute(
            "INSERT INTO call_facts (company, call, hour) VALUES ($1, $2, $3) ON CONFLICT (company, call) DO NOTHING",
            [key.as_slice(), &[hour_of(self.event.time).into()]].concat(),
        );
        for count in [&[SUMS], shares].concat() {
            rows.execute(count, signed(-1));
        }
        rows.execute(change, [key.as_slice(), rest].concat());
        for count in [&[SUMS], shares].concat() {
            rows.execute(count, signed(1));
        }
    }
}
