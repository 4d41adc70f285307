//! One person: when they work as Cal.com has it now, and the fields by which that is changed there. What somebody else
//! changed meanwhile is not overwritten; the page then shows both.

use super::draft::Draft;
use super::holidays::{self, Beside};
use super::week::{self, Day};
use crate::dashboard::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::auth::Permission;
use crate::problem::Problem;
use crate::pushing::{self, HoursThere, NewHours, PushError};
use askama::Template;
use http::StatusCode;
use ringbuch_domain::company::{DayOverride, WeeklyHours};
use ringbuch_domain::ids::StaffId;
use ringbuch_domain::ports::CalendarFailure;
use ringbuch_projections::directory::{self, StaffMember};
use warp::reply::Response;

#[derive(Template)]
#[template(path = "staff_member.html")]
struct MemberPage {
    page: Page,
    member: StaffMember,
    branches: Vec<String>,
    services: Vec<String>,
    beside: Vec<Beside>,
    /// By the key of its text, how certain it is that Cal.com has these hours.
    standing: &'static str,
    /// IANA name.
    zone: String,
    week: Vec<Day>,
    /// Days ahead that differ from the week, in words.
    special: Vec<(String, String)>,
    editor: Option<Editor>,
    /// Why what was sent was not done.
    trouble: Option<String>,
}

struct Editor {
    draft: Draft,
    /// The digest of what is shown beside the fields.
    read: String,
    past: String,
}

impl MemberPage {
    /// The fields of a weekday.
    fn typed(editor: &Editor, day: &Day) -> Vec<super::draft::Typed> {
        let place = usize::try_from(day.weekday - 1).unwrap_or(0);
        editor.draft.days.get(place).cloned().unwrap_or_default()
    }
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    html(&member_page(&visit, None).await?)
}

/// What was filled in, and why it was not done.
struct Undone {
    draft: Draft,
    read: String,
    told: String,
}

async fn member_page(visit: &Visit, undone: Option<Undone>) -> Result<MemberPage, Problem> {
    let id: StaffId = visit.id("member of staff")?;
    let (rows, scope) = (visit.rows(), visit.scope());
    let member = directory::staff_member(rows, scope, &id).await?;
    let member = member.ok_or_else(|| Problem::not_found("member of staff"))?;
    let branches = directory::branches(rows, scope).await?;
    let services = directory::event_types(rows, scope).await?;
    let mut page = visit.page("staff.member");
    page.title.clone_from(&member.name);
    let known = Known::of(visit, &member).await?;
    let at = |branch: &_| member.branches.is_empty() || member.branches.contains(branch);
    Ok(MemberPage {
        branches: super::names(&member.branches, &branches),
        services: super::served(&member, &services),
        beside: holidays::beside(visit, &page, at).await?,
        standing: known.standing,
        zone: known.zone,
        week: week::week(&known.weekly),
        special: special(visit, &page, &known.overrides),
        trouble: undone.as_ref().map(|it| it.told.clone()),
        editor: editor(visit, known.read, &known.weekly, &known.overrides, undone),
        member,
        page,
    })
}

/// When somebody works, as far as it is known.
struct Known {
    standing: &'static str,
    zone: String,
    weekly: Vec<WeeklyHours>,
    overrides: Vec<DayOverride>,
    /// The digest, where Cal.com was asked.
    read: Option<String>,
}

impl Known {
    /// Cal.com is asked for whoever may change it; for others it is what was last read from there.
    async fn of(visit: &Visit, member: &StaffMember) -> Result<Self, Problem> {
        let changes = visit.caller.may(&Permission::ADMINISTER) && !member.gone;
        if member.schedule.is_none() {
            return Ok(Self::last(visit, member, "staff.told_here"));
        }
        if !changes {
            return Ok(Self::last(visit, member, "staff.last_read"));
        }
        match visit.soon(pushing::hours(&visit.pushing(), &member.staff)).await {
            Ok(there) => Ok(Self::there(member, there)),
            Err(PushError::Calendar(_) | PushError::TooSlow) => Ok(Self::last(visit, member, "staff.away")),
            Err(error) => Err(error.into()),
        }
    }

    fn last(visit: &Visit, member: &StaffMember, standing: &'static str) -> Self {
        let own = visit.page.zone().iana_name().unwrap_or("UTC").to_owned();
        let zone = member.zone.clone().unwrap_or(own);
        Self { standing, zone, weekly: member.weekly.clone(), overrides: member.overrides.clone(), read: None }
    }

    fn there(member: &StaffMember, there: HoursThere) -> Self {
        let same = member.weekly == there.weekly && member.overrides == there.overrides;
        Self {
            standing: if same { "staff.in_step" } else { "staff.differs" },
            zone: there.zone,
            weekly: there.weekly,
            overrides: there.overrides,
            read: Some(there.digest),
        }
    }
}

/// What was sent comes back as it was filled in, to be decided again beside what stands there now.
fn editor(
    visit: &Visit,
    read: Option<String>,
    weekly: &[WeeklyHours],
    overrides: &[DayOverride],
    undone: Option<Undone>,
) -> Option<Editor> {
    let (draft, read) = match (undone, read) {
        (Some(undone), read) => (undone.draft.with_room(), read.unwrap_or(undone.read)),
        (None, Some(read)) => (Draft::of(weekly, overrides, super::today(visit)), read),
        (None, None) => return None,
    };
    let past = serde_json::to_string(&draft.past).unwrap_or_default();
    Some(Editor { draft, read, past })
}

fn special(visit: &Visit, page: &Page, overrides: &[DayOverride]) -> Vec<(String, String)> {
    let today = super::today(visit);
    let mut ahead: Vec<&DayOverride> = overrides.iter().filter(|it| it.date >= today).collect();
    ahead.sort_by_key(|it| it.date);
    ahead.into_iter().map(|it| (week::date(page, it.date), week::words(&it.windows))).collect()
}

pub async fn save(visit: Visit, form: Form) -> Result<Response, Problem> {
    let staff: StaffId = visit.id("member of staff")?;
    let (draft, read) = (Draft::read(&form)?, form.needed("read")?.to_owned());
    let new = match asked(&draft, &read) {
        Ok(new) => new,
        Err(fault) => {
            let told = fault.told(&visit.page);
            return again(&visit, Undone { draft, read, told }, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let author = visit.author(draft.why.clone())?;
    match pushing::push_hours(&visit.pushing(), &staff, new, author).await {
        Ok(_) => {
            visit.shown().await;
            Ok(visit.redirect_saying(&format!("/staff/{staff}"), "staff.saved"))
        }
        Err(error) => {
            let (told, status) = refusal(&visit.page, error)?;
            again(&visit, Undone { draft, read, told }, status).await
        }
    }
}

fn asked(draft: &Draft, read: &str) -> Result<NewHours, super::draft::Fault> {
    draft.reason()?;
    Ok(NewHours { weekly: draft.weekly()?, overrides: draft.overrides()?, read: Some(read.to_owned()) })
}

/// What people read of a push that was not done; what broke is a page of its own.
fn refusal(page: &Page, error: PushError) -> Result<(String, StatusCode), Problem> {
    let key = match &error {
        PushError::ChangedMeanwhile { .. } => Some("staff.changed_meanwhile"),
        PushError::Calendar(CalendarFailure::NotSent { .. }) => Some("staff.not_sent"),
        PushError::Calendar(CalendarFailure::Unknown { .. }) => Some("staff.outcome_unknown"),
        _ => None,
    };
    let problem = Problem::from(error);
    let status = problem.kind.status();
    let told =
        key.map(|key| page.say(key).to_string()).or_else(|| problem.detail.as_deref().map(|why| page.refusal(why)));
    let expected = key.is_some() || status == StatusCode::UNPROCESSABLE_ENTITY;
    told.filter(|_| expected).map(|told| (told, status)).ok_or(problem)
}

async fn again(visit: &Visit, undone: Undone, status: StatusCode) -> Result<Response, Problem> {
    let mut response = html(&member_page(visit, Some(undone)).await?)?;
    *response.status_mut() = status;
    Ok(response)
}
