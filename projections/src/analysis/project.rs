//! From events to what calls are judged by.

use crate::columns::day_of;
use crate::rows::{Rows, Value, text};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::analysis::{Heard, Marks, Sentiment, listen};
use ringbuch_domain::call::{CallAnalyzed, CallEnded, CallEvent, CallReceived};
use ringbuch_domain::company::{CompanyEvent, PromptPublished};
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::{DiaryEvent, Holder, Standing};
use ringbuch_domain::ids::{CallId, CompanyId};
use ringbuch_domain::recorded::Recorded;

pub(super) fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    let fact = |call| Fact { event, company, call };
    match &event.data {
        AnyEvent::Call(call) => project_call(fact, call, rows),
        AnyEvent::Diary(diary) => project_diary(fact, diary, rows),
        AnyEvent::Company(CompanyEvent::PromptPublished(it)) => project_published(event, company, it, rows),
        AnyEvent::Customer(CustomerEvent::CustomerErased(it)) => {
            forget(&OF_CUSTOMER, [text(company), text(&it.customer)], rows);
        }
        _ => {}
    }
}

fn project_call<'a>(fact: impl Fn(&'a CallId) -> Fact<'a>, call: &'a CallEvent, rows: &mut Rows) {
    match call {
        CallEvent::CallReceived(it) => fact(&it.call).received(it, rows),
        CallEvent::CallEnded(it) => fact(&it.call).ended(it, rows),
        CallEvent::CallAnalyzed(it) => fact(&it.call).analyzed(it, rows),
        CallEvent::BookingAsked(it) => fact(&it.call).asked(rows),
        CallEvent::BookingRefused(it) => fact(&it.call).refused(it.reason.code(), rows),
        CallEvent::CallClosed(it) => fact(&it.call).marked(Marks::OVER, rows),
        CallEvent::CallErased(it) => forget(&OF_CALL, fact(&it.call).key(), rows),
        _ => {}
    }
}

fn project_diary<'a>(fact: impl Fn(&'a CallId) -> Fact<'a>, diary: &'a DiaryEvent, rows: &mut Rows) {
    match diary {
        DiaryEvent::SlotHeld(it) => {
            if let Holder::Call(call) = &it.holder {
                fact(call).marked(Marks::HELD, rows);
            }
        }
        DiaryEvent::BookingRequested(it) => {
            if let Some(call) = &it.call {
                fact(call).marked(Marks::SUBMITTED, rows);
            }
        }
        DiaryEvent::BookingFailed(it) => {
            if let Some(call) = &it.call {
                fact(call).refused(&it.reason, rows);
            }
        }
        DiaryEvent::BookingImported(it) if it.standing != Standing::Failed => {
            if let Some(call) = &it.call {
                fact(call).confirmed(rows);
            }
        }
        DiaryEvent::BookingConfirmed(it) => {
            if let Some(call) = &it.call {
                fact(call).confirmed(rows);
            }
        }
        _ => {}
    }
}

fn project_published(event: &Recorded<AnyEvent>, company: &CompanyId, it: &PromptPublished, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO agent_publications (company, agent, agent_version, published_at, published_by, why)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company, agent, agent_version) DO NOTHING",
        [
            text(company),
            it.agent.as_str().into(),
            it.version.into(),
            event.time.into(),
            it.by.as_str().into(),
            it.why.as_str().into(),
        ],
    );
}

/// Adds the calls that `$2` names to the rows that count them, or with `$3` = −1 takes them away. Only what is over is
/// counted.
macro_rules! counted {
    ($which:literal) => {
        concat!(
            "INSERT INTO analysis_days (company, day, agent, agent_version, heard, marks, refusal, calls, timed,
                                        duration_ms, priced, cost_minor, measured, p50_ms, p95_ms, waited, waited_ms,
                                        positive, neutral, negative)
             SELECT company, day, agent, agent_version, heard, marks, refusal, CAST($3 AS BIGINT) * COUNT(*),
                    CAST($3 AS BIGINT) * COUNT(duration_ms),
                    CAST($3 AS BIGINT) * CAST(COALESCE(SUM(duration_ms), 0) AS BIGINT),
                    CAST($3 AS BIGINT) * COUNT(cost_minor),
                    CAST($3 AS BIGINT) * CAST(COALESCE(SUM(cost_minor), 0) AS BIGINT),
                    CAST($3 AS BIGINT) * COUNT(p50_ms),
                    CAST($3 AS BIGINT) * CAST(COALESCE(SUM(p50_ms), 0) AS BIGINT),
                    CAST($3 AS BIGINT) * CAST(COALESCE(SUM(p95_ms), 0) AS BIGINT),
                    CAST($3 AS BIGINT) * COUNT(confirmed_at - asked_at),
                    CAST($3 AS BIGINT) * CAST(COALESCE(SUM((confirmed_at - asked_at) / 1000), 0) AS BIGINT),
                    CAST($3 AS BIGINT) * COUNT(CASE WHEN COALESCE(mood, heard_mood) = 'positive' THEN 1 END),
                    CAST($3 AS BIGINT) * COUNT(CASE WHEN COALESCE(mood, heard_mood) = 'neutral' THEN 1 END),
                    CAST($3 AS BIGINT) * COUNT(CASE WHEN COALESCE(mood, heard_mood) = 'negative' THEN 1 END)
             FROM call_analyses WHERE company = $1 AND ",
            $which,
            " = $2 AND (marks & 128) = 128
             GROUP BY company, day, agent, agent_version, heard, marks, refusal
             ON CONFLICT (company, day, agent, agent_version, heard, marks, refusal) DO UPDATE
             SET calls = analysis_days.calls + excluded.calls, timed = analysis_days.timed + excluded.timed,
                 duration_ms = analysis_days.duration_ms + excluded.duration_ms,
                 priced = analysis_days.priced + excluded.priced,
                 cost_minor = analysis_days.cost_minor + excluded.cost_minor,
                 measured = analysis_days.measured + excluded.measured,
                 p50_ms = analysis_days.p50_ms + excluded.p50_ms, p95_ms = analysis_days.p95_ms + excluded.p95_ms,
                 waited = analysis_days.waited + excluded.waited,
                 waited_ms = analysis_days.waited_ms + excluded.waited_ms,
                 positive = analysis_days.positive + excluded.positive,
                 neutral = analysis_days.neutral + excluded.neutral,
                 negative = analysis_days.negative + excluded.negative"
        )
    };
}

/// Statements about a call, or about all calls of a person.
struct Counted {
    count: &'static str,
    blank: &'static str,
    tidy: &'static str,
}

macro_rules! counted_by {
    ($which:literal) => {
        Counted {
            count: counted!($which),
            blank: concat!(
                "UPDATE call_analyses SET heard = '{}', heard_mood = NULL WHERE company = $1 AND ",
                $which,
                " = $2"
            ),
            tidy: concat!(
                "DELETE FROM analysis_days WHERE calls = 0 AND company = $1
                 AND day IN (SELECT day FROM call_analyses WHERE company = $1 AND ",
                $which,
                " = $2)"
            ),
        }
    };
}

const OF_CALL: Counted = counted_by!("call");
const OF_CUSTOMER: Counted = counted_by!("customer");

/// Takes calls out of the counts, changes their rows, and puts them back.
fn recount(of: &Counted, key: &[Value; 2], change: &'static str, rest: &[Value], rows: &mut Rows) {
    let signed = |sign: i64| [key.as_slice(), &[sign.into()]].concat();
    rows.execute(of.count, signed(-1));
    rows.execute(change, [key.as_slice(), rest].concat());
    rows.execute(of.count, signed(1));
}

/// Takes away what was heard. A row that counts nothing any more would still tell it.
fn forget(of: &Counted, key: [Value; 2], rows: &mut Rows) {
    recount(of, &key, of.blank, &[], rows);
    rows.execute(of.tidy, key);
}

/// An event of a call, whichever comes first.
struct Fact<'a> {
    event: &'a Recorded<AnyEvent>,
    company: &'a CompanyId,
    call: &'a CallId,
}

impl Fact<'_> {
    fn received(&self, it: &CallReceived, rows: &mut Rows) {
        let rest = [
            day_of(it.started_at.unwrap_or(self.event.time)).into(),
            it.agent.as_deref().unwrap_or_default().into(),
            it.agent_version.unwrap_or(-1).into(),
        ];
        self.recount(
            "UPDATE call_analyses SET day = $3, agent = $4, agent_version = $5, marks = marks | 1
             WHERE company = $1 AND call = $2",
            &rest,
            rows,
        );
    }

    /// A later word of the end replaces the first, but for what it does not say.
    fn ended(&self, it: &CallEnded, rows: &mut Rows) {
        let heard = it.private.known().and_then(|spoken| spoken.transcript.as_deref()).map(listen);
        let kept = |heard: &Heard| serde_json::to_string(heard).unwrap_or_else(|_| "{}".to_owned());
        let rest = [
            text(&it.customer),
            heard.as_ref().map(kept).into(),
            heard.as_ref().and_then(|heard| heard.sentiment).map(Sentiment::as_str).into(),
            it.ended_at.into(),
            it.duration_ms.into(),
            it.cost.map(|cost| cost.minor).into(),
            it.latency.map(|latency| latency.p50_ms).into(),
            it.latency.map(|latency| latency.p95_ms).into(),
        ];
        self.recount(
            "UPDATE call_analyses
             SET customer = $3, heard = COALESCE($4, heard), heard_mood = COALESCE($5, heard_mood),
                 ended_at = COALESCE($6, ended_at), duration_ms = COALESCE($7, duration_ms),
                 cost_minor = COALESCE($8, cost_minor), p50_ms = COALESCE($9, p50_ms), p95_ms = COALESCE($10, p95_ms),
                 marks = CASE WHEN confirmed_at <= COALESCE($6, ended_at) THEN marks | 192
                              ELSE (marks - (marks & 64)) | 128 END
             WHERE company = $1 AND call = $2",
            &rest,
            rows,
        );
    }

    fn analyzed(&self, it: &CallAnalyzed, rows: &mut Rows) {
        let mood = it.sentiment.as_deref().and_then(Sentiment::of);
        let voicemail = if it.voicemail == Some(true) { Marks::VOICEMAIL } else { 0 };
        self.recount(
            "UPDATE call_analyses SET mood = COALESCE($3, mood), marks = marks | $4 WHERE company = $1 AND call = $2",
            &[mood.map(Sentiment::as_str).into(), voicemail.into()],
            rows,
        );
    }

    fn asked(&self, rows: &mut Rows) {
        self.recount(
            "UPDATE call_analyses SET marks = marks | 8, asked_at = COALESCE(asked_at, $3)
             WHERE company = $1 AND call = $2",
            &[self.event.time.into()],
            rows,
        );
    }

    /// The end is by the provider's clock, the confirmation by the log's.
    fn confirmed(&self, rows: &mut Rows) {
        self.recount(
            "UPDATE call_analyses
             SET confirmed_at = COALESCE(confirmed_at, $3),
                 marks = CASE WHEN COALESCE(confirmed_at, $3) <= ended_at THEN marks | 96 ELSE marks | 32 END
             WHERE company = $1 AND call = $2",
            &[self.event.time.into()],
            rows,
        );
    }

    fn refused(&self, reason: &str, rows: &mut Rows) {
        let change = "UPDATE call_analyses SET refusal = $3 WHERE company = $1 AND call = $2";
        self.recount(change, &[reason.into()], rows);
    }

    fn marked(&self, mark: i64, rows: &mut Rows) {
        let change = "UPDATE call_analyses SET marks = marks | $3 WHERE company = $1 AND call = $2";
        self.recount(change, &[mark.into()], rows);
    }

    fn key(&self) -> [Value; 2] {
        [text(self.company), text(self.call)]
    }

    fn recount(&self, change: &'static str, rest: &[Value], rows: &mut Rows) {
        let key = self.key();
        rows.execute(
            "INSERT INTO call_analyses (company, call, day) VALUES ($1, $2, $3) ON CONFLICT (company, call) DO NOTHING",
            [key.as_slice(), &[day_of(self.event.time).into()]].concat(),
        );
        recount(&OF_CALL, &key, change, rest, rows);
    }
}
