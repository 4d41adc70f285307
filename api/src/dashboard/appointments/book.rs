//! The appointment book as a picture: a column for each person on a day, or for each day of a week; bookings, holds and
//! what others have put into the calendar as blocks. Everything is read from the pages of the diary themselves.

use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use ringbuch_domain::diary::{Diary, Slot};
use ringbuch_domain::ids::{BookingId, BranchId, StaffId};
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::StaffMember;

/// One thing that takes somebody's time.
pub struct Entry {
    /// Absent: not ours, or only held.
    pub booking: Option<BookingId>,
    /// `confirmed`, `pending`, `requested`, `completed`, `no_show`, `held`, `foreign`.
    pub kind: String,
    pub name: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub staff: Option<StaffId>,
    day: Date,
}

#[cfg(test)]
impl Entry {
    /// As long as they come: with a long name, and of somebody.
    pub(super) fn made_up(day: Date) -> Self {
        let from = "2025-06-30T09:30:00Z".parse().unwrap();
        Self {
            booking: Some(BookingId(uuid::Uuid::now_v7())),
            kind: "confirmed".into(),
            name: "Maximiliane Mustermann-Musterfrau".into(),
            from,
            to: from + jiff::SignedDuration::from_mins(30),
            staff: Some(StaffId::new("staff_maximiliane").unwrap()),
            day,
        }
    }
}

/// A block of the picture, in its own units.
pub struct Block {
    pub x: usize,
    pub y: i64,
    pub width: usize,
    pub height: i64,
    pub entry: usize,
}

impl Block {
    /// How much of a name stands in it.
    pub fn letters(&self) -> usize {
        (self.width.saturating_sub(10) / LETTER).max(1)
    }
}

pub struct Column {
    pub x: usize,
    pub title: String,
}

/// An hour's line.
pub struct Hour {
    pub y: i64,
    pub text: String,
}

pub struct Book {
    pub entries: Vec<Entry>,
    pub columns: Vec<Column>,
    pub blocks: Vec<Block>,
    pub hours: Vec<Hour>,
    pub width: usize,
    pub height: i64,
    /// What there is beyond what fits on a page.
    pub left_out: usize,
}

/// Appointments of a page that shows a day, each in the picture and in a list below it; a week is a picture alone.
const IN_A_DAY: usize = 150;
const IN_A_WEEK: usize = 350;
/// Left of the columns stand the hours, above them the titles.
const MARGIN: usize = 56;
const HEAD: i64 = 32;
const HOUR: i64 = 48;
/// As broad as most letters of a name are at most.
const LETTER: usize = 8;
/// What is shown where nothing begins earlier or ends later.
const OFFICE: (i64, i64) = (8, 18);

/// What is to be shown.
pub struct Wanted {
    pub day: Date,
    /// The whole week that the day lies in.
    pub week: bool,
    /// Of one branch, and of one person, alone.
    pub branch: Option<BranchId>,
    pub staff: Option<StaffId>,
}

impl Wanted {
    fn shows(&self, member: &StaffMember) -> bool {
        let there = |branch| member.branches.is_empty() || member.branches.contains(branch);
        self.branch.as_ref().is_none_or(there) && self.staff.as_ref().is_none_or(|staff| *staff == member.staff)
    }
}

impl Book {
    pub async fn open(visit: &Visit, page: &Page, staff: &[StaffMember], wanted: &Wanted) -> Result<Self, Problem> {
        let (zone, day, week) = (page.zone(), wanted.day, wanted.week);
        let monday = day.nth_weekday(-1, Weekday::Monday).unwrap_or(day);
        let monday = if day.weekday() == Weekday::Monday { day } else { monday };
        let days: Vec<Date> = if week { monday.series(jiff::Span::new().days(1)).take(7).collect() } else { vec![day] };
        let staff: Vec<StaffMember> = staff.iter().filter(|it| wanted.shows(it)).cloned().collect();
        let mut entries = vec![];
        for day in &days {
            let stream = StreamId::diary(visit.company(), *day);
            let diary = visit.app.journal.load::<Diary>(&stream).await?;
            entries.extend(entries_of(&diary.aggregate, page, *day, wanted.branch.as_ref(), visit.now()));
        }
        entries.retain(|it| wanted.staff.is_none() || it.staff == wanted.staff);
        entries.sort_by_key(|it| (it.from, it.to));
        Ok(Self::drawn(entries, &days, &staff, week, &zone, page))
    }

    pub(super) fn drawn(
        mut entries: Vec<Entry>,
        days: &[Date],
        staff: &[StaffMember],
        week: bool,
        zone: &TimeZone,
        page: &Page,
    ) -> Self {
        let most = if week { IN_A_WEEK } else { IN_A_DAY };
        let left_out = entries.len().saturating_sub(most);
        entries.truncate(most);
        let (first, last) = hours(&entries, zone);
        let titles: Vec<String> = if week {
            days.iter().map(|day| day_title(*day, page)).collect()
        } else {
            staff.iter().map(|it| it.name.clone()).chain([page.say("appointments.anybody").to_string()]).collect()
        };
        let count = titles.len().max(1);
        let wide = if week { 130 } else { (910 / count).clamp(120, 300) };
        let columns =
            titles.into_iter().enumerate().map(|(at, title)| Column { x: MARGIN + at * wide, title }).collect();
        let column = |entry: &Entry| {
            if week {
                return days.iter().position(|day| *day == entry.day).unwrap_or_default();
            }
            let of = staff.iter().position(|it| Some(&it.staff) == entry.staff.as_ref());
            of.unwrap_or(staff.len())
        };
        let minute = |at: Timestamp, day: Date| {
            let local = at.to_zoned(zone.clone());
            if local.date() > day { 24 * 60 } else { i64::from(local.hour()) * 60 + i64::from(local.minute()) }
        };
        let places: Vec<usize> = entries.iter().map(column).collect();
        let lanes = lanes(&entries, &places);
        let block = |(at, entry): (usize, &Entry)| {
            let (from, to) = (minute(entry.from, entry.day), minute(entry.to, entry.day));
            let (lane, of) = lanes.get(at).copied().unwrap_or((0, 1));
            let width = (wide - 6) / of;
            Block {
                x: MARGIN + places.get(at).copied().unwrap_or_default() * wide + 3 + lane * width,
                y: HEAD + (from - first * 60) * HOUR / 60,
                width: width.saturating_sub(1),
                height: ((to - from).max(20) * HOUR / 60).max(18),
                entry: at,
            }
        };
        let blocks = entries.iter().enumerate().map(block).collect();
        let hours = (first..=last)
            .map(|hour| Hour { y: HEAD + (hour - first) * HOUR, text: format!("{hour:02}:00") })
            .collect();
        let (width, height) = (MARGIN + count * wide, HEAD + (last - first) * HOUR + 8);
        Self { entries, columns, blocks, hours, width, height, left_out }
    }

    /// When something begins and ends: `09:30–10:00`.
    #[expect(clippy::unused_self, reason = "a template calls methods of its book")]
    pub fn clock(&self, page: &Page, entry: &Entry) -> String {
        let local = |at: Timestamp| at.to_zoned(page.zone()).strftime("%H:%M").to_string();
        format!("{}–{}", local(entry.from), local(entry.to))
    }

    pub fn entry(&self, block: &Block) -> Option<&Entry> {
        self.entries.get(block.entry)
    }
}

fn entries_of(diary: &Diary, page: &Page, day: Date, branch: Option<&BranchId>, now: Timestamp) -> Vec<Entry> {
    let wanted = |of: &BranchId| branch.is_none_or(|branch| branch == of);
    let entry = |slot: &Slot, kind: &str, name: String, staff: Option<StaffId>, booking| Entry {
        booking,
        kind: kind.to_owned(),
        name,
        from: slot.start,
        to: slot.end,
        staff,
        day,
    };
    let nameless = || page.say("appointments.nameless").to_string();
    let booked = diary.bookings().filter(|it| it.standing.is_live() && wanted(&it.request.branch)).map(|it| {
        let name = it.request.private.known().map_or_else(nameless, |contact| contact.name.clone());
        entry(&it.slot, it.standing.as_str(), name, only(it.staff.as_ref(), &it.request.staff), Some(it.id()))
    });
    let holds = diary.holds().iter().filter(|it| it.until > now && wanted(&it.branch));
    let held =
        holds.map(|it| entry(&it.slot, "held", page.say("appointments.held").to_string(), only(None, &it.staff), None));
    let foreign = diary.foreign_bookings().map(|it| {
        entry(&it.slot, "foreign", page.say("appointments.foreign").to_string(), only(None, &it.staff), None)
    });
    booked.chain(held).chain(foreign).collect()
}

/// Who serves it, where that is certain.
fn only(known: Option<&StaffId>, possible: &[StaffId]) -> Option<StaffId> {
    match (known, possible) {
        (Some(known), _) => Some(known.clone()),
        (None, [one]) => Some(one.clone()),
        _ => None,
    }
}

fn hours(entries: &[Entry], zone: &TimeZone) -> (i64, i64) {
    let hour = |at: Timestamp| i64::from(at.to_zoned(zone.clone()).hour());
    let first = entries.iter().map(|it| hour(it.from)).min().unwrap_or(OFFICE.0).min(OFFICE.0);
    let last = entries.iter().map(|it| hour(it.to) + 1).max().unwrap_or(OFFICE.1).max(OFFICE.1).min(24);
    (first, last)
}

/// What overlaps in one column stands side by side: its lane, and of how many.
fn lanes(entries: &[Entry], places: &[usize]) -> Vec<(usize, usize)> {
    let overlaps = |a: usize, b: usize| match (entries.get(a), entries.get(b)) {
        (Some(one), Some(other)) => places.get(a) == places.get(b) && one.from < other.to && other.from < one.to,
        _ => false,
    };
    let lane = |at: usize| (0..at).filter(|other| overlaps(*other, at)).count();
    let width = |at: usize| (0..entries.len()).filter(|other| overlaps(*other, at)).count().max(1);
    (0..entries.len()).map(|at| (lane(at).min(width(at) - 1), width(at))).collect()
}

fn day_title(day: Date, page: &Page) -> String {
    let name = match day.weekday() {
        Weekday::Monday => page.say("appointments.monday"),
        Weekday::Tuesday => page.say("appointments.tuesday"),
        Weekday::Wednesday => page.say("appointments.wednesday"),
        Weekday::Thursday => page.say("appointments.thursday"),
        Weekday::Friday => page.say("appointments.friday"),
        Weekday::Saturday => page.say("appointments.saturday"),
        Weekday::Sunday => page.say("appointments.sunday"),
    };
    format!("{name} {}.{}.", day.day(), day.month())
}
