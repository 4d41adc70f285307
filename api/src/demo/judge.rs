//! Judges a run by what the player saw acknowledged and by the calendar's own books, compared with what Ringbuch says.

use super::player::Player;
use crate::app::App;
use jiff::Timestamp;
use ringbuch_adapters::sandbox::Sandbox;
use ringbuch_adapters::sandbox::calcom::Booking;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::appointments::{AppointmentFilter, AppointmentStatus};
use ringbuch_projections::deliveries::DeliveryStatus;
use ringbuch_projections::{Paging, Scope, appointments, calls, deliveries, summary};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Debug, Serialize)]
pub struct Summary {
    pub calls: u64,
    pub webhooks: Webhooks,
    pub bookings: Bookings,
    pub calcom: Calcom,
    pub faults: BTreeMap<String, u64>,
    pub double_bookings: u64,
    pub lost_webhooks: u64,
    pub projection_lag: u64,
    pub elapsed_ms: u64,
    /// What was expected and is not so; empty when all is well.
    pub broken: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct Webhooks {
    pub sent: u64,
    pub acknowledged: u64,
    pub received: i64,
    pub processed: i64,
    pub failed: i64,
    pub duplicates: u64,
    pub rejected: u64,
    pub quarantined: i64,
}

#[derive(Debug, Serialize)]
pub struct Bookings {
    pub requested: i64,
    pub confirmed: i64,
    pub refused: i64,
    pub failed: i64,
    pub unknown: i64,
    pub cancelled: i64,
    pub moved: i64,
}

#[derive(Debug, Serialize)]
pub struct Calcom {
    pub live_bookings: u64,
    pub overlapping: u64,
}

/// Looks at everything once it has come to rest.
pub async fn judge(
    app: &App,
    sandbox: &Sandbox,
    player: &Player,
    calls: u32,
    elapsed_ms: u64,
) -> anyhow::Result<Summary> {
    let rows = &*app.store.rows;
    let told = summary::summary(rows, Scope::All).await?;
    let live = sandbox.calcom().live_bookings();
    let counted = app.tally.since(Timestamp::UNIX_EPOCH).await?;
    let count = |prefix: &str| counted.iter().filter(|it| it.name.starts_with(prefix)).map(|it| it.count).sum();
    let (mut faults, of_retell) = (sandbox.calcom().faults().counts(), sandbox.retell().faults().counts());
    for (kind, count) in of_retell {
        *faults.entry(kind).or_default() += count;
    }
    {
        let diary = player.diary();
        for (kind, count) in [
            ("webhook_repeated", diary.repeated),
            ("webhook_out_of_order", diary.out_of_order),
            ("webhook_never_delivered", diary.lost_on_purpose),
            ("webhook_garbage", diary.garbage),
        ] {
            faults.insert(kind.into(), count);
        }
    }
    let (sent, acknowledged, rejected) = {
        let diary = player.diary();
        (diary.sent, diary.acknowledged.len() as u64, diary.rejected)
    };
    let mut broken = Vec::new();
    let lost_webhooks = lost(app, player, &mut broken).await?;
    let double_bookings = doubles(&live) + sandbox.calcom().overlapping();
    compare(app, &live, &mut broken).await?;
    let head = app.journal.log().head().await?;
    let progress = *app.projector.progress().borrow();
    let summary = Summary {
        calls: calls.into(),
        webhooks: Webhooks {
            sent,
            acknowledged,
            received: told.webhooks.received,
            processed: told.webhooks.processed,
            failed: told.webhooks.failed + told.webhooks.dead,
            duplicates: count("duplicate:"),
            rejected: count("rejected:"),
            quarantined: told.webhooks.quarantined,
        },
        bookings: Bookings {
            requested: told.bookings.requested,
            confirmed: told.bookings.confirmed,
            refused: told.bookings.refused,
            failed: told.bookings.failed,
            unknown: told.bookings.unknown,
            cancelled: told.bookings.cancelled,
            moved: told.bookings.moved,
        },
        calcom: Calcom { live_bookings: live.len() as u64, overlapping: sandbox.calcom().overlapping() },
        faults,
        double_bookings,
        lost_webhooks,
        projection_lag: head.saturating_sub(progress),
        elapsed_ms,
        broken: vec![],
    };
    broken.extend(expectations(&summary, rejected));
    Ok(Summary { broken, ..summary })
}

fn expectations(summary: &Summary, rejected: u64) -> Vec<String> {
    let mut broken = Vec::new();
    let mut expect = |holds: bool, what: String| {
        if !holds {
            broken.push(what);
        }
    };
    let Bookings { confirmed, cancelled, unknown, .. } = summary.bookings;
    let live = i64::try_from(summary.calcom.live_bookings).unwrap_or(i64::MAX);
    expect(summary.double_bookings == 0, format!("{} double bookings", summary.double_bookings));
    expect(summary.lost_webhooks == 0, format!("{} webhooks are lost", summary.lost_webhooks));
    expect(unknown == 0, format!("the outcome of {unknown} bookings is still unknown"));
    expect(
        live == confirmed - cancelled,
        format!("{live} bookings live at the calendar, {confirmed} confirmed less {cancelled} cancelled here"),
    );
    expect(summary.webhooks.failed == 0, format!("{} webhooks failed", summary.webhooks.failed));
    expect(summary.projection_lag == 0, format!("read models are {} events behind", summary.projection_lag));
    let counted = summary.webhooks.rejected;
    expect(counted == rejected, format!("{rejected} requests were turned away, {counted} counted"));
    broken
}

/// Acknowledged bodies that Ringbuch does not hold as processed or quarantined, calls whose webhooks were lost on the
/// way and that were never found, and webhooks that were not accepted at all.
async fn lost(app: &App, player: &Player, broken: &mut Vec<String>) -> anyhow::Result<u64> {
    let rows = &*app.store.rows;
    let (acknowledged, given_up) = {
        let mut diary = player.diary();
        (std::mem::take(&mut diary.acknowledged), diary.given_up)
    };
    let mut lost = given_up;
    for id in acknowledged {
        let found = match id {
            Some(id) => deliveries::find(rows, Scope::All, &id).await?,
            None => None,
        };
        let settled = |status| matches!(status, DeliveryStatus::Processed | DeliveryStatus::Quarantined);
        lost += u64::from(found.is_none_or(|found| !settled(found.status)));
    }
    for business in player.businesses.iter() {
        let look = |call: &Value| {
            let numbers = ["to_number", "from_number"];
            let unknown_number = numbers.iter().any(|it| call.get(it).is_some_and(|it| it == "+493023125999"));
            (call.get("call_id").and_then(Value::as_str).map(str::to_owned), unknown_number)
        };
        for (id, unknown_number) in player.retell.told_of_calls(business.retell_account, look) {
            let Some(id) = id else { continue };
            let found = calls::find(rows, Scope::All, &CallId::new(&id)?).await?;
            if !unknown_number && found.is_none_or(|found| found.call.ended_at.is_none()) {
                lost += 1;
                broken.push(format!("the end of call {id} never arrived"));
            }
        }
    }
    Ok(lost)
}

/// Live bookings beyond the first of each of ours.
fn doubles(live: &[Booking]) -> u64 {
    let mut of_ours: HashMap<&str, u64> = HashMap::new();
    for id in live.iter().filter_map(|booking| booking.metadata.get("ringbuch_booking")?.as_str()) {
        *of_ours.entry(id).or_default() += 1;
    }
    of_ours.values().map(|count| count - 1).sum()
}

/// Every live booking at the calendar is a confirmed appointment here at the same time, and the other way round.
async fn compare(app: &App, live: &[Booking], broken: &mut Vec<String>) -> anyhow::Result<()> {
    let rows = &*app.store.rows;
    let mut confirmed = HashMap::new();
    let mut after = None;
    loop {
        let filter = AppointmentFilter { status: Some(AppointmentStatus::Confirmed), ..AppointmentFilter::default() };
        let page = appointments::list(rows, Scope::All, &filter, Paging { after, limit: 200 }).await?;
        confirmed.extend(page.items.into_iter().map(|it| (it.booking.to_string(), it.start_at)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut seen = HashSet::new();
    for booking in live {
        let Some(id) = booking.metadata.get("ringbuch_booking").and_then(Value::as_str) else { continue };
        seen.insert(id.to_owned());
        match confirmed.get(id) {
            None => broken.push(format!("booking {id} lives at the calendar but is not confirmed here")),
            Some(start) if *start != booking.start => {
                broken.push(format!("booking {id} stands at two different times"));
            }
            Some(_) => {}
        }
    }
    let missing = confirmed.keys().filter(|id| !seen.contains(*id));
    broken.extend(missing.map(|id| format!("booking {id} is confirmed here but does not live at the calendar")));
    Ok(())
}
