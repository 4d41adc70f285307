//! What can be asked about appointments.

use super::AppointmentStatus;
use crate::page::{Page, Paging, Span};
use crate::record::record;
use crate::rows::{ReadModels, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{BookingId, BranchId, CallId, CompanyId, CustomerId, EventTypeId, StaffId};

record! {
    pub struct Appointment {
        pub company: CompanyId,
        pub booking: BookingId,
        pub requested_at: Timestamp,
        pub call: Option<CallId>,
        pub customer: CustomerId,
        pub branch: BranchId,
        pub event_type: EventTypeId,
        /// The local day.
        pub page: Date,
        pub start_at: Timestamp,
        pub end_at: Timestamp,
        pub staff: Option<StaffId>,
        pub status: AppointmentStatus,
        /// The calendar was asked for something and nobody knows yet what came of it.
        pub in_doubt: bool,
        /// `move` or `cancel` while that is being done.
        pub under_way: Option<String>,
        /// Why it failed.
        pub reason: Option<String>,
        pub attempts: i64,
        pub next_attempt_at: Option<Timestamp>,
        pub last_trouble: Option<String>,
        pub source: String,
        pub name: Option<String>,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub notes: Option<String>,
        pub moves: i64,
        pub cancelled_by: Option<String>,
        pub cancel_reason: Option<String>,
        /// Nothing that was ever asked for it can still come late.
        pub settled: bool,
        pub updated_at: Timestamp,
    }
}

/// Which appointments are wanted; what is absent does not matter. The span is that of `start_at`.
#[derive(Debug, Clone, Default)]
pub struct AppointmentFilter {
    pub branch: Option<BranchId>,
    pub status: Option<AppointmentStatus>,
    pub staff: Option<StaffId>,
    pub customer: Option<CustomerId>,
    pub span: Span,
}

/// Latest start first.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    filter: &AppointmentFilter,
    paging: Paging,
) -> Result<Page<Appointment>, RowsError> {
    Select::from("appointments", scope)
        .only("branch", filter.branch.as_ref().map(BranchId::as_str))
        .only("status", filter.status)
        .only("staff", filter.staff.as_ref().map(StaffId::as_str))
        .only("customer", filter.customer.map(|id| id.to_string()))
        .within("start_at", filter.span)
        .page(rows, "start_at", paging)
        .await
}

pub async fn find(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    booking: BookingId,
) -> Result<Option<Appointment>, RowsError> {
    Select::from("appointments", scope).only("booking", Some(text(&booking))).one(rows).await
}

/// The appointments that a call led to, in the order in which they were asked for.
pub async fn of_call(rows: &dyn ReadModels, scope: Scope<'_>, call: &CallId) -> Result<Vec<Appointment>, RowsError> {
    Select::from("appointments", scope).only("call", Some(call.as_str())).all(rows, "ORDER BY position").await
}

record! {
    /// An appointment that stands, and what the calendar calls it.
    pub struct Named {
        pub booking: BookingId,
        pub page: Date,
        pub start_at: Timestamp,
        pub uid: String,
        pub number: i64,
    }
}

/// Appointments that stand at the calendar and were asked for in the span, the oldest first. None of them says for whom.
pub async fn standing(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    span: Span,
    limit: u32,
) -> Result<Vec<Named>, RowsError> {
    let stands = Select::from("appointments", scope).and("status IN ('pending', 'confirmed') AND uid IS NOT NULL");
    stands.within("requested_at", span).all(rows, &format!("ORDER BY requested_at, position LIMIT {limit}")).await
}

/// The booking that the calendar calls so.
pub async fn by_uid(rows: &dyn ReadModels, scope: Scope<'_>, uid: &str) -> Result<Option<BookingId>, RowsError> {
    let named = Select::from("appointments", scope).only("uid", Some(uid));
    let found = named.computed(rows, "booking", "ORDER BY company LIMIT 1").await?;
    Ok(found.first().and_then(|row| row.text(0).parse().ok()))
}

/// The calendar's names for a booking, once it has any and while the person is not forgotten. No other query tells the
/// uid, which lets whoever has it cancel.
pub async fn provider_ref(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    booking: BookingId,
) -> Result<Option<ProviderRef>, RowsError> {
    let named = Select::from("appointments", scope).only("booking", Some(text(&booking))).and("uid IS NOT NULL");
    let found = named.computed(rows, "uid, number", "").await?;
    Ok(found.first().map(|row| ProviderRef { uid: row.text(0), number: row.int(1) }))
}
