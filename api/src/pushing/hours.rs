//! A person's working hours, written into the calendar's schedule that they were read from.

use super::{Author, PushError, Pushing};
use ringbuch_domain::company::{Command, Company, DayOverride, HoursPushed, WeeklyHours, WorkingHoursSynced};
use ringbuch_domain::ids::StaffId;
use ringbuch_domain::ports::{Hours, ScheduleThere};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

/// A person's hours as they stand at the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HoursThere {
    pub staff: StaffId,
    pub schedule: i64,
    pub name: String,
    /// IANA name of the schedule's zone, in which all times are.
    pub zone: String,
    pub weekly: Vec<WeeklyHours>,
    pub overrides: Vec<DayOverride>,
    /// What a push names as that which its author has read.
    pub digest: String,
}

/// A week and the days that differ from it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewHours {
    pub weekly: Vec<WeeklyHours>,
    pub overrides: Vec<DayOverride>,
    /// The digest of what the author had before their eyes; without it, that is what was last read from the calendar.
    pub read: Option<String>,
}

pub async fn hours(pushing: &Pushing<'_>, staff: &StaffId) -> Result<HoursThere, PushError> {
    let set_up = pushing.set_up().await?;
    let there = pushing.app.calendar_set_up.schedule(pushing.company, schedule(&set_up.aggregate, staff)?).await?;
    Ok(shown(staff, there))
}

/// Replaces a person's hours at the calendar; nothing is sent where they are not what the author has read.
pub async fn push_hours(
    pushing: &Pushing<'_>,
    staff: &StaffId,
    new: NewHours,
    author: Author,
) -> Result<HoursThere, PushError> {
    let set_up = pushing.set_up().await?;
    let company = &set_up.aggregate;
    let schedule = schedule(company, staff)?;
    let there = pushing.app.calendar_set_up.schedule(pushing.company, schedule).await?;
    let read = company.hours_there(staff, &there);
    let known = match &new.read {
        Some(read_digest) => *read_digest == digest(&there),
        None => company.staff.get(staff).and_then(|member| member.hours.as_ref()) == Some(&read),
    };
    if !known {
        return Err(PushError::ChangedMeanwhile { there: json!(shown(staff, there)) });
    }
    let wanted = WorkingHoursSynced { weekly: new.weekly, overrides: new.overrides, ..read };
    // What the rules would not take is not sent either.
    let checked = Command::SyncHours(wanted.clone());
    company.decide(checked).map_err(|rejection| PushError::Refused(rejection.to_string()))?;
    let sent = Hours {
        weekly: wanted.weekly.iter().map(|it| (it.weekday, it.window)).collect(),
        overrides: wanted.overrides.iter().map(|it| (it.date, it.windows.clone())).collect(),
    };
    let after = pushing.app.calendar_set_up.put_hours(pushing.company, schedule, &sent).await?;
    let hours = company.hours_there(staff, &after);
    let pushed = HoursPushed { staff: staff.clone(), schedule, by: author.by, why: author.why };
    pushing.note(Command::NoteHoursPushed { hours, pushed }).await?;
    Ok(shown(staff, after))
}

fn schedule(company: &Company, staff: &StaffId) -> Result<i64, PushError> {
    let member = company.staff.get(staff).ok_or(PushError::Unknown("member of staff"))?;
    let schedule = member.hours.as_ref().and_then(|hours| hours.schedule);
    schedule.ok_or_else(|| {
        let told = "their hours were told here and not read from the calendar; run `sync calcom` first";
        PushError::Refused(told.into())
    })
}

/// Of everything that a push replaces, with whose it is and the zone that it is read in.
fn digest(there: &ScheduleThere) -> String {
    let read = json!([there.schedule, there.zone, there.hours.weekly, there.hours.overrides]);
    hex::encode(Sha256::digest(read.to_string().as_bytes()))
}

fn shown(staff: &StaffId, there: ScheduleThere) -> HoursThere {
    let digest = digest(&there);
    let weekly = there.hours.weekly.into_iter().map(|(weekday, window)| WeeklyHours { weekday, window });
    let overrides = there.hours.overrides.into_iter().map(|(date, windows)| DayOverride { date, windows });
    HoursThere {
        staff: staff.clone(),
        schedule: there.schedule,
        name: there.name,
        zone: there.zone,
        weekly: weekly.collect(),
        overrides: overrides.collect(),
        digest,
    }
}
