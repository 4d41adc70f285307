//! The properties that Cal.com's own description of its API (v2, March 2026) marks as required, for each shape that
//! the stand-in answers with.

use serde_json::{Value, json};

use super::harness::{Town, uid};

const BOOKING: &str = "id uid title description hosts status start end duration eventTypeId eventType location \
                       absentHost createdAt updatedAt attendees bookingFieldsResponses";
const ATTENDEE: &str = "name email displayEmail timeZone absent";
const HOST: &str = "id name email displayEmail username timeZone";
const PAGINATION: &str = "totalItems remainingItems returnedItems itemsPerPage currentPage totalPages hasNextPage \
                          hasPreviousPage";
const EVENT_TYPE: &str = "bookingFields bookingRequiresAuthentication currency description disableGuests \
                          forwardParamsSuccessRedirect hidden id isInstantEvent lengthInMinutes locations \
                          lockTimeZoneToggleOnBookingPage metadata price recurrence scheduleId slug \
                          successRedirectUrl title";
const PERSONAL: &str = "bookingUrl ownerId users";
const OF_TEAM: &str = "hosts schedulingType team teamId";
const TEAM_BRAND: &str = "bannerUrl brandColor darkBrandColor id logoUrl name slug theme weekStart";
const EMAIL_FIELD: &str = "type label placeholder isDefault slug";
const TEAM: &str = "id name isOrganization";
const MEMBERSHIP: &str = "id userId teamId accepted role user";
const ME: &str = "id username email name avatarUrl bio timeFormat defaultScheduleId weekStart timeZone organizationId";
const SCHEDULE: &str = "id ownerId name timeZone availability isDefault overrides";
const RESERVATION: &str =
    "eventTypeId slotStart slotEnd slotDuration reservationUid reservationDuration reservationUntil";
const WEBHOOK: &str = "payloadTemplate triggers userId id subscriberUrl active";

fn has(shape: &Value, required: &str) {
    for name in required.split_whitespace() {
        assert!(shape.get(name).is_some(), "{name} is missing in {shape}");
    }
}

#[tokio::test]
async fn bookings() {
    let town = Town::open().await;
    let booked = town.book(&Town::wish(town.wash, "2025-07-02T09:00:00Z")).await;
    let list = town.get("/v2/bookings", "2024-08-13").await;
    let one = town.get(&format!("/v2/bookings/{}", uid(&booked)), "2026-02-25").await;
    let moved = town.act(&uid(&booked), "reschedule", &json!({"start": "2025-07-02T11:00:00Z"})).await;
    let cancelled = town.act(&uid(&moved), "cancel", &json!({})).await;
    let listed = &list.data()[0];
    for shape in [booked.data(), listed, one.data(), moved.data(), cancelled.data()] {
        has(shape, BOOKING);
        has(&shape["attendees"][0], ATTENDEE);
        has(&shape["hosts"][0], HOST);
        has(&shape["eventType"], "id slug");
    }
    has(&list.body, "status data pagination");
    has(&list.body["pagination"], PAGINATION);
}

#[tokio::test]
async fn everything_else() {
    let town = Town::open().await;
    let personal = town.get("/v2/event-types", "2024-06-14").await;
    has(&personal.data()[0], EVENT_TYPE);
    has(&personal.data()[0], PERSONAL);
    has(&personal.data()[0]["bookingFields"][1], EMAIL_FIELD);
    let team = format!("/v2/teams/{}", town.team);
    let of_team = town.get(&format!("{team}/event-types"), "").await;
    has(&of_team.data()[0], EVENT_TYPE);
    has(&of_team.data()[0], OF_TEAM);
    has(&of_team.data()[0]["team"], TEAM_BRAND);
    has(town.get(&team, "").await.data(), TEAM);
    has(&town.get("/v2/teams", "").await.data()[0], TEAM);
    let members = town.get(&format!("{team}/memberships"), "").await;
    has(&members.data()[0], MEMBERSHIP);
    has(&members.data()[0]["user"], "email");
    has(town.get("/v2/me", "").await.data(), ME);
    has(town.get("/v2/schedules/default", "2024-06-11").await.data(), SCHEDULE);
    let slot = json!({"eventTypeId": town.cut, "slotStart": "2025-07-02T09:00:00Z"});
    has(town.ask("POST", "/v2/slots/reservations", "2024-09-04", "", Some(&slot)).await.data(), RESERVATION);
    let hook =
        json!({"active": true, "subscriberUrl": "https://ringbuch.example.com/hook", "triggers": ["BOOKING_CREATED"]});
    has(town.ask("POST", "/v2/webhooks", "", &town.anna.api_key, Some(&hook)).await.data(), WEBHOOK);
}
