//! What Cal.com says in words when it refuses, of either version, and what that means here.

/// The key's owner is no administrator of the team, or of the installation.
pub(super) const ROLE_MISSING: &str = "role_missing";

/// The time is not free.
pub(super) const TAKEN: &[&str] = &[
    "already has booking at this time or is not available",
    "no_available_users_found_error",
    "booking_conflict",
    // Also fixed_hosts_unavailable_for_booking.
    "hosts_unavailable_for_booking",
    "round_robin_host_unavailable_for_booking",
    "no more seats left",
    "booking_seats_full_error",
    // How a race for the same interval reads in production; the winner may be our own earlier attempt.
    "an error occurred while querying the database",
    "an error occured while querying the database",
    "a resource with these details already exists",
    // The attendee has a seat there: perhaps by our own earlier attempt.
    "already_signed_up_for_this_booking_error",
];

/// Parts of sentences and the stable word for each. The first that fits counts.
pub(super) const REFUSALS: &[(&str, &str)] = &[
    ("can't be booked at the \"start\" time", "too_soon_or_too_far"),
    ("booking_time_out_of_bounds_error", "too_soon_or_too_far"),
    ("in the past", "in_the_past"),
    ("maximum number of active bookings", "customer_limit"),
    ("booker_limit_exceeded_error", "customer_limit"),
    ("booking_not_allowed_by_restriction_schedule", "outside_hours"),
    ("missing attendee phone number", "field_missing"),
    ("missing required booking field response", "field_missing"),
    ("error_required_field", "field_missing"),
    ("at least one contact method", "field_missing"),
    ("cancellation reason is required", "field_missing"),
    ("cannot use this email", "email_refused"),
    ("email_validation_error", "field_wrong"),
    ("property is wrong", "field_wrong"),
    ("should not exist", "field_wrong"),
    ("invalid option", "field_wrong"),
    ("one or more invalid options", "field_wrong"),
    ("invalid type for booking field", "field_wrong"),
    ("parent managed event type", "event_type_not_bookable"),
    ("it has no hosts", "event_type_not_bookable"),
    ("already ended", "ended"),
    ("because it has been cancelled", "cancelled"),
    ("cancelled_bookings_cannot_be_rescheduled", "cancelled"),
    ("does not own schedule", "not_owner"),
    ("rolesguard", ROLE_MISSING),
    ("not pending any more", "not_pending"),
    ("webhook with this subscriber url already exists", "exists_already"),
    ("invalid event length", "field_wrong"),
    ("invalid_type in", "field_wrong"),
    ("custom in 'responses'", "field_wrong"),
    ("does not allow cancel", "cancelling_not_allowed"),
    ("cancellation is disabled", "cancelling_not_allowed"),
    ("does not allow reschedul", "rescheduling_not_allowed"),
];
