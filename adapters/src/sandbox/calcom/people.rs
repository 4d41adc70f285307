//! GET /v2/me, /v2/teams, /v2/teams/{id}, /v2/teams/{id}/memberships.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    directory::{Directory, Role, Team},
    problem::Problem,
    shapes::success,
};

pub(super) fn me(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = directory.users.get(&call.user()?).ok_or_else(|| Problem::not_found("User not found"))?;
    let data = json!({
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "avatarUrl": null,
        "bio": null,
        "timeFormat": 24,
        "defaultScheduleId": user.default_schedule,
        "weekStart": "Monday",
        "timeZone": user.time_zone.iana_name().unwrap_or("UTC"),
        "organizationId": null,
    });
    Ok(Answer::new(StatusCode::OK, success(data)))
}

pub(super) fn teams(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let own: Vec<Value> = directory.teams.values().filter(|team| team.has(user)).map(shape).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(own))))
}

pub(super) fn team(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(Answer::new(StatusCode::OK, success(shape(call.team(directory)?))))
}

fn shape(team: &Team) -> Value {
    json!({
        "id": team.id,
        "name": team.name,
        "slug": team.slug,
        "isOrganization": false,
        "isPrivate": false,
        "hideBranding": false,
        "timeFormat": 24,
        "timeZone": "Europe/Berlin",
        "weekStart": "Monday",
        "metadata": {},
    })
}

/// `take` (at most 250), `skip` and `emails` narrow the list.
pub(super) fn memberships(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let team = call.team(directory)?;
    let (take, skip) = call.page();
    let emails: Option<Vec<&str>> = call.request.query("emails").map(|list| list.split(',').collect());
    let members = team.members.iter().filter_map(|(id, user, role)| {
        let user = directory.users.get(user)?;
        emails.as_ref().is_none_or(|emails| emails.contains(&user.email.as_str())).then(|| {
            json!({
                "id": id,
                "userId": user.id,
                "teamId": team.id,
                "accepted": true,
                "role": word(*role),
                "disableImpersonation": false,
                "user": {"username": user.username, "name": user.name, "email": user.email, "metadata": {}},
            })
        })
    });
    let page: Vec<Value> = members.skip(skip).take(take).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(page))))
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Owner => "OWNER",
        Role::Admin => "ADMIN",
        Role::Member => "MEMBER",
    }
}
