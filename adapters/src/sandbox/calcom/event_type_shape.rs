//! An event type as its endpoints show it: personal and team ones differ in a few properties.

use serde_json::{Map, Value, json};

use super::{
    directory::{Directory, Team, User},
    event_type::{BookingLimit, BookingWindow, Confirmation, EventType, Hosting, Per, Scheduling},
    versions::{EVENT_TYPES_2024, LEGACY},
};

pub(super) fn event_type(directory: &Directory, kind: &EventType, version: &str) -> Value {
    let mut shape = common(kind, version);
    if let Value::Object(fields) = &mut shape {
        fields.extend(booking_window(kind.window).map(|window| ("bookingWindow".to_owned(), window)));
        match &kind.hosting {
            Hosting::Personal { owner } => personal(fields, kind, directory.users.get(owner)),
            Hosting::Team { team, scheduling, hosts } => {
                let hosts = hosts.iter().filter_map(|host| directory.users.get(host)).collect();
                of_team(fields, *scheduling, directory.teams.get(team), hosts);
            }
        }
    }
    shape
}

fn common(kind: &EventType, version: &str) -> Value {
    json!({
        "id": kind.id,
        "lengthInMinutes": kind.length_minutes,
        "lengthInMinutesOptions": kind.length_options,
        "title": kind.title,
        "slug": kind.slug,
        "description": kind.description,
        "locations": [{"type": "integration", "integration": "cal-video"}],
        "bookingFields": booking_fields(kind, version),
        "disableGuests": false,
        "slotInterval": kind.slot_interval_minutes,
        "minimumBookingNotice": kind.minimum_notice_minutes,
        "beforeEventBuffer": kind.before_buffer_minutes,
        "afterEventBuffer": kind.after_buffer_minutes,
        "recurrence": null,
        "metadata": {},
        "price": 0,
        "currency": "eur",
        "lockTimeZoneToggleOnBookingPage": false,
        "seatsPerTimeSlot": null,
        "forwardParamsSuccessRedirect": null,
        "successRedirectUrl": null,
        "isInstantEvent": false,
        "seatsShowAvailabilityCount": null,
        "scheduleId": kind.schedule,
        "bookingLimitsCount": limits(&kind.limits),
        "confirmationPolicy": confirmation(kind.confirmation),
        "hidden": kind.hidden,
        "bookingRequiresAuthentication": false,
    })
}

fn personal(fields: &mut Map<String, Value>, kind: &EventType, owner: Option<&User>) {
    let username = owner.map_or("", |user| user.username.as_str());
    let users =
        owner.map(|user| json!({"id": user.id, "name": user.name, "username": user.username, "avatarUrl": null}));
    fields.insert("ownerId".into(), json!(owner.map(|user| user.id)));
    fields.insert("users".into(), json!(users.as_slice()));
    fields.insert("bookingUrl".into(), format!("https://cal.com/{username}/{}", kind.slug).into());
}

fn of_team(fields: &mut Map<String, Value>, scheduling: Scheduling, team: Option<&Team>, hosts: Vec<&User>) {
    let (word, turns) = match scheduling {
        Scheduling::RoundRobin => ("roundRobin", true),
        Scheduling::Collective => ("collective", false),
        Scheduling::Managed => ("managed", false),
    };
    let shown = hosts.into_iter().map(|user| {
        let mut host = json!({"userId": user.id, "name": user.name, "username": user.username, "avatarUrl": null});
        if let (true, Value::Object(fields)) = (turns, &mut host) {
            fields.insert("mandatory".into(), false.into());
            fields.insert("priority".into(), "medium".into());
        }
        host
    });
    fields.insert("hosts".into(), shown.collect());
    fields.insert("schedulingType".into(), word.into());
    fields.insert("assignAllTeamMembers".into(), false.into());
    fields.insert("teamId".into(), json!(team.map(|team| team.id)));
    fields.insert("team".into(), team.map_or(Value::Null, brand));
    fields.insert("ownerId".into(), Value::Null);
    fields.insert("parentEventTypeId".into(), Value::Null);
}

fn brand(team: &Team) -> Value {
    json!({
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "bannerUrl": "",
        "logoUrl": "",
        "weekStart": "Monday",
        "brandColor": "#292929",
        "darkBrandColor": "#fafafa",
        "theme": "light",
    })
}

/// Left out when there is no bound.
fn booking_window(window: BookingWindow) -> Option<Value> {
    Some(match window {
        BookingWindow::Unlimited => return None,
        BookingWindow::CalendarDays(days) => json!([{"type": "calendarDays", "value": days, "rolling": false}]),
        BookingWindow::BusinessDays(days) => json!([{"type": "businessDays", "value": days, "rolling": false}]),
        BookingWindow::Range(first, last) => {
            json!([{"type": "range", "value": [first.to_string(), last.to_string()]}])
        }
    })
}

fn limits(limits: &[BookingLimit]) -> Value {
    let named = limits.iter().map(|limit| match limit.per {
        Per::Day => ("day".to_owned(), limit.bookings.into()),
        Per::Month => ("month".to_owned(), limit.bookings.into()),
    });
    if limits.is_empty() { json!({"disabled": true}) } else { Value::Object(named.collect()) }
}

fn confirmation(confirmation: Confirmation) -> Value {
    match confirmation {
        Confirmation::NotNeeded => json!({"disabled": true}),
        Confirmation::Always { blocks } => json!({"type": "always", "blockUnconfirmedBookingsInBooker": blocks}),
    }
}

/// Since 2026-06-12 each field names itself in `field`.
fn booking_fields(kind: &EventType, version: &str) -> Value {
    let mut fields = vec![
        json!({"type": "name", "slug": "name", "label": "Name", "placeholder": "", "required": true, "isDefault": true}),
        json!({
            "type": "email", "slug": "email", "label": "Email", "placeholder": "", "required": kind.email_required,
            "hidden": false, "isDefault": true,
        }),
    ];
    if kind.phone_required {
        fields.push(json!({
            "type": "phone", "slug": "attendeePhoneNumber", "label": "Phone", "placeholder": "", "required": true,
            "hidden": false, "isDefault": true,
        }));
    }
    fields.push(json!({
        "type": "textarea", "slug": "notes", "label": "Notes", "placeholder": "", "required": false, "hidden": false,
        "isDefault": true,
    }));
    fields.extend(kind.fields.iter().map(|field| {
        json!({
            "type": "text", "slug": field.slug, "label": field.label, "placeholder": "", "required": field.required,
            "hidden": false, "isDefault": false,
        })
    }));
    if ![LEGACY, EVENT_TYPES_2024].contains(&version) {
        fields.iter_mut().for_each(name_field);
    }
    Value::Array(fields)
}

fn name_field(field: &mut Value) {
    let own = field.get("isDefault") == Some(&Value::Bool(false));
    let name = if own { "custom".into() } else { field.get("slug").cloned().unwrap_or_default() };
    if let Value::Object(fields) = field {
        fields.insert("field".into(), name);
    }
}
