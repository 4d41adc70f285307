//! Copies in memory of what companies may ask about in SQL: one for each company, made when it is asked for and made anew
//! when the read models have moved on. A company sees nothing but its own copy, so no statement can reach another's rows.

use super::acts::refused;
use crate::app::App;
use crate::problem::Problem;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::query::{Answer, Bounds, Copy, Table};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::rows::{Row, RowsError, Value};
use ringbuch_projections::views::{self, Kind, View};
use ringbuch_projections::{Scope, appointments, calls, deliveries, directory};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How far back a copy reaches.
pub const DAYS: i64 = 90;
/// The newest rows of a table that a copy holds.
pub const MOST_ROWS: u32 = 20_000;
/// A copy is not made anew more often.
pub const REST: Duration = Duration::from_secs(10);

/// Companies whose copies are kept; of more, those not asked for longest are dropped.
const COMPANIES: usize = 12;
/// Questions at work at once, and how long another one waits.
const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Copies {
    kept: Mutex<BTreeMap<CompanyId, Slot>>,
    places: Arc<Semaphore>,
}

#[derive(Clone)]
struct Slot {
    asked_at: Timestamp,
    copy: Arc<tokio::sync::Mutex<Option<Arc<Kept>>>>,
}

/// The copy of one company.
pub struct Kept {
    copy: Copy,
    pub as_of: Timestamp,
    /// IANA name of the zone that times are told in.
    pub zone: String,
    /// How far the read models had come.
    position: u64,
    /// Rows of each table, and whether that is all there is.
    reach: BTreeMap<&'static str, (usize, bool)>,
}

impl Default for Copies {
    fn default() -> Self {
        Self { kept: Mutex::default(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Kept {
    pub fn reach_of(&self, table: &str) -> (usize, bool) {
        self.reach.get(table).copied().unwrap_or_default()
    }
}

impl Copies {
    /// Answers a question from the company's copy, and tells of when that is.
    pub async fn ask(
        &self,
        app: &App,
        company: &CompanyId,
        sql: &str,
        bounds: Bounds,
    ) -> Result<(Answer, Timestamp), Problem> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(Problem::unavailable(5)) };
        let kept = self.of(app, company).await?;
        let (as_of, sql) = (kept.as_of, sql.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let answer = kept.copy.ask(&sql, bounds);
            drop(place);
            answer
        });
        let answer = asked.await.map_err(|_panicked| Problem::internal())?;
        Ok((answer.map_err(|error| refused(&error))?, as_of))
    }

    /// The company's copy as it may be asked now.
    pub async fn of(&self, app: &App, company: &CompanyId) -> Result<Arc<Kept>, Problem> {
        let now = app.clock.now();
        let slot = self.slot(company, now);
        let mut held = slot.lock().await;
        if let Some(kept) = held.as_ref() {
            let young = now.duration_since(kept.as_of).unsigned_abs() < REST;
            if young || kept.position == position(app).await? {
                return Ok(Arc::clone(kept));
            }
        }
        let fresh = Arc::new(made(app, company, now).await?);
        *held = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn slot(&self, company: &CompanyId, now: Timestamp) -> Arc<tokio::sync::Mutex<Option<Arc<Kept>>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = kept.entry(company.clone()).or_insert_with(|| Slot { asked_at: now, copy: Arc::default() });
        slot.asked_at = now;
        let copy = Arc::clone(&slot.copy);
        if kept.len() > COMPANIES {
            let oldest = kept.iter().filter(|(known, _)| *known != company).min_by_key(|(_, slot)| slot.asked_at);
            let oldest = oldest.map(|(known, _)| known.clone());
            oldest.map(|oldest| kept.remove(&oldest));
        }
        copy
    }
}

/// How far the read models have come that copies are made of.
async fn position(app: &App) -> Result<u64, RowsError> {
    let mut sum = 0_u64;
    for projection in [calls::PROJECTION, appointments::PROJECTION, deliveries::PROJECTION, directory::PROJECTION] {
        sum = sum.wrapping_add(app.store.rows.checkpoint(projection.name, projection.version).await?);
    }
    Ok(sum)
}

async fn made(app: &App, company: &CompanyId, now: Timestamp) -> Result<Kept, Problem> {
    let position = position(app).await?;
    let zone = app.directory.known().company(company).map_or_else(|| "UTC".to_owned(), |known| known.zone.clone());
    let local = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let since = now.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN);
    let (mut tables, mut reach) = (vec![], BTreeMap::new());
    for view in views::ALL {
        let mut rows = views::newest(view, &*app.store.rows, Scope::Company(company), since, MOST_ROWS).await?;
        let complete = rows.len() <= MOST_ROWS as usize;
        rows.truncate(MOST_ROWS as usize);
        reach.insert(view.name, (rows.len(), complete));
        tables.push(table(view, rows, &local));
    }
    let copied =
        tokio::task::spawn_blocking(move || Copy::of(&tables)).await.map_err(|_panicked| Problem::internal())?;
    Ok(Kept { copy: copied.map_err(|error| refused(&error))?, as_of: now, zone, position, reach })
}

fn table(view: &View, rows: Vec<Row>, zone: &TimeZone) -> Table {
    let kind = |kind: Kind| if matches!(kind, Kind::Text | Kind::Time) { "TEXT" } else { "INTEGER" };
    let columns = view.columns.iter().map(|column| (column.name, kind(column.kind))).collect();
    let told =
        |row: Row| Row(row.0.into_iter().zip(view.columns).map(|(value, it)| read(value, it.kind, zone)).collect());
    Table { name: view.name, columns, rows: rows.into_iter().map(told).collect() }
}

/// A time as people write it down; everything else as it is.
fn read(value: Value, kind: Kind, zone: &TimeZone) -> Value {
    let (Kind::Time, Value::Int(micros)) = (kind, &value) else { return value };
    let time = Timestamp::from_microsecond(*micros).map(|time| time.to_zoned(zone.clone()));
    time.map_or(Value::Null, |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string().into())
}
