//! The filters of the booking lists. Unknown ones are ignored in silence, as Cal.com does: a misspelt filter finds
//! too much.

use jiff::Timestamp;
use serde_json::json;

use super::{
    super::wire::Request,
    access::Call,
    booking::{Booking, Status},
    instants,
    problem::Problem,
    versions::CURSOR,
};

pub(super) struct ListQuery {
    pub(super) statuses: Option<Vec<ListStatus>>,
    pub(super) event_types: Option<Vec<u64>>,
    pub(super) teams: Option<Vec<u64>>,
    attendee_email: Option<String>,
    attendee_name: Option<String>,
    uid: Option<String>,
    pub(super) starts: (Timestamp, Timestamp),
    ends_by: Timestamp,
    created: (Timestamp, Timestamp),
    updated: (Timestamp, Timestamp),
    pub(super) sort: Option<(SortBy, bool)>,
    pub(super) page: Page,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListStatus {
    Upcoming,
    Recurring,
    Past,
    Cancelled,
    Unconfirmed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SortBy {
    Start,
    End,
    Created,
    Updated,
}

pub(super) enum Page {
    Offset { take: usize, skip: usize },
    Cursor { limit: usize, after: Option<String> },
}

const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

impl ListQuery {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let query = Reader { request: call.request };
        let by_cursor = call.version == CURSOR;
        let filled = |name| call.request.query(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let ids = query.ids("eventTypeIds")?;
        let team_ids = query.ids("teamsIds")?;
        Ok(Self {
            statuses: query.statuses(by_cursor)?,
            event_types: ids.or(query.id("eventTypeId")?.map(|id| vec![id])),
            teams: team_ids.or(query.id("teamId")?.map(|id| vec![id])),
            // An unencoded plus sign arrives as a space, and no address holds a space.
            attendee_email: filled("attendeeEmail").map(|email| email.replace(' ', "+")),
            attendee_name: filled("attendeeName"),
            uid: filled("bookingUid"),
            starts: (query.time("afterStart", "fromDate")?.unwrap_or(EVER.0), EVER.1),
            ends_by: query.time("beforeEnd", "toDate")?.unwrap_or(EVER.1),
            created: query.bounds("afterCreatedAt", "beforeCreatedAt")?,
            updated: query.bounds("afterUpdatedAt", "beforeUpdatedAt")?,
            sort: query.sort()?,
            page: query.page(by_cursor)?,
        })
    }

    pub(super) fn keeps(&self, booking: &Booking, now: Timestamp) -> bool {
        let among = |list: &Option<Vec<u64>>, id| list.as_ref().is_none_or(|list| list.contains(&id));
        let is = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let within = |(from, to), at| from <= at && at <= to;
        among(&self.event_types, booking.event_type)
            && is(&self.attendee_email, &booking.attendee.email)
            && is(&self.attendee_name, &booking.attendee.name)
            && is(&self.uid, &booking.uid)
            && within(self.starts, booking.start)
            && booking.end <= self.ends_by
            && within(self.created, booking.created_at)
            && within(self.updated, booking.updated_at)
            && self.statuses.as_ref().is_none_or(|list| list.iter().any(|status| status.covers(booking, now)))
    }
}

impl ListStatus {
    fn read(word: &str) -> Option<Self> {
        Some(match word.trim() {
            "upcoming" => Self::Upcoming,
            "recurring" => Self::Recurring,
            "past" => Self::Past,
            "cancelled" => Self::Cancelled,
            "unconfirmed" => Self::Unconfirmed,
            _ => return None,
        })
    }

    fn covers(self, booking: &Booking, now: Timestamp) -> bool {
        match self {
            Self::Upcoming => booking.end >= now && booking.status.is_live(),
            Self::Past => booking.end <= now && booking.status.is_live(),
            Self::Cancelled => !booking.status.is_live(),
            Self::Unconfirmed => booking.end >= now && booking.status == Status::Pending,
            Self::Recurring => false,
        }
    }
}

struct Reader<'a> {
    request: &'a Request,
}

impl Reader<'_> {
    /// Without the parameter, the older versions mean upcoming and the cursor version means all.
    fn statuses(&self, by_cursor: bool) -> Result<Option<Vec<ListStatus>>, Problem> {
        const RULE: &str = "Invalid status. Allowed are upcoming, recurring, past, cancelled, unconfirmed";
        let Some(words) = self.request.query("status") else {
            return Ok((!by_cursor).then(|| vec![ListStatus::Upcoming]));
        };
        let statuses: Option<Vec<_>> = words.split(',').map(ListStatus::read).collect();
        let statuses = statuses.filter(|list| !by_cursor || list.len() == 1);
        statuses.map(Some).ok_or_else(|| wrong("status", "isEnum", RULE))
    }

    fn ids(&self, name: &str) -> Result<Option<Vec<u64>>, Problem> {
        let Some(words) = self.request.query(name) else { return Ok(None) };
        let ids: Result<Vec<u64>, _> = words.split(',').map(|word| word.trim().parse()).collect();
        let rule = format!("each value in {name} must be a number conforming to the specified constraints");
        ids.map(Some).map_err(|_| wrong(name, "isNumber", &rule))
    }

    fn id(&self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(word) = self.request.query(name) else { return Ok(None) };
        word.parse().map(Some).map_err(|_| wrong(name, "isInt", &format!("{name} must be an integer number")))
    }

    fn time(&self, name: &str, side: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.request.query(name) else { return Ok(None) };
        let rule = format!("{side} must be a valid ISO 8601 date.");
        instants::read(text).map(Some).ok_or_else(|| wrong(name, "isIso8601", &rule))
    }

    fn bounds(&self, after: &str, before: &str) -> Result<(Timestamp, Timestamp), Problem> {
        Ok((self.time(after, "fromDate")?.unwrap_or(EVER.0), self.time(before, "toDate")?.unwrap_or(EVER.1)))
    }

    /// The first of the sort parameters that is given, and whether it is descending.
    fn sort(&self) -> Result<Option<(SortBy, bool)>, Problem> {
        let names = [
            ("sortStart", SortBy::Start),
            ("sortEnd", SortBy::End),
            ("sortCreated", SortBy::Created),
            ("sortUpdatedAt", SortBy::Updated),
        ];
        let mut given = names.into_iter().filter_map(|(name, by)| Some((name, by, self.request.query(name)?)));
        match given.next() {
            None => Ok(None),
            Some((_, by, "asc")) => Ok(Some((by, false))),
            Some((_, by, "desc")) => Ok(Some((by, true))),
            Some((name, ..)) => Err(wrong(name, "isEnum", &format!("{name} must be either \"asc\" or \"desc\"."))),
        }
    }

    fn page(&self, by_cursor: bool) -> Result<Page, Problem> {
        if by_cursor {
            let after = self.request.query("cursor").map(str::to_owned);
            return Ok(Page::Cursor { limit: self.number("limit", 50, 1, 100)?, after });
        }
        Ok(Page::Offset { take: self.number("take", 100, 1, 250)?, skip: self.number("skip", 0, 0, usize::MAX)? })
    }

    fn number(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize, Problem> {
        let Some(word) = self.request.query(name) else { return Ok(default) };
        let number: usize = word.parse().map_err(|_| {
            wrong(name, "isNumber", &format!("{name} must be a number conforming to the specified constraints"))
        })?;
        if number > most {
            return Err(wrong(name, "max", &format!("{name} must not be greater than {most}")));
        }
        if number < least {
            return Err(wrong(name, "min", &format!("{name} must not be less than {least}")));
        }
        Ok(number)
    }
}

/// Query parameters are refused by a pipe that puts its words into the details alone.
pub(super) fn wrong(property: &str, constraint: &str, message: &str) -> Problem {
    let error = json!({"property": property, "children": [], "constraints": {constraint: message}});
    Problem::Enveloped {
        status: http::StatusCode::BAD_REQUEST,
        message: "Bad Request Exception".into(),
        details: Some(json!({"errors": [error]})),
    }
}
