//! What can happen on one page of the appointment book.

use super::booking::Standing;
use super::upcast::cancel_requested_v1;
use crate::ids::{BookingId, BranchId, CallId, CustomerId, EventTypeId, StaffId};
use crate::private::Private;
use crate::recorded::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `diary-<company>-<local date>`.
    pub enum DiaryEvent {
        SlotHeld v 1,
        HoldReleased v 1,
        HoldExpired v 1,
        BookingRequested v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingAttemptStarted v 1 about booking,
        BookingPostponed v 1 about booking,
        BookingPending v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingConfirmed v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingFailed v 1 about booking,
        BookingOutcomeUnknown v 1 about booking,
        BookingTwinCancelled v 1 about booking,
        BookingSettled v 1 about booking,
        BookingMoveRequested v 1 about booking,
        BookingImported v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingArrived v 1 about booking sealed for |it| Subject::Person(it.customer),
        BookingMoved v 1 about booking,
        BookingMoveFailed v 1 about booking,
        BookingCancelRequested v 2 from { 1 => cancel_requested_v1 } about booking sealed for |it| Subject::Person(it.customer),
        BookingCancelled v 1 about booking,
        BookingCancelFailed v 1 about booking,
        BookingCompleted v 1 about booking,
        CustomerDidNotShow v 1 about booking,
        ForeignBookingSeen v 1,
        ForeignBookingGone v 1,
        OverlapSeen v 1,
    }
}

/// Time that something takes from its staff: the appointment with the service's buffers around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Slot {
    pub start: Timestamp,
    pub end: Timestamp,
    pub buffer_before_minutes: u32,
    pub buffer_after_minutes: u32,
}

/// Time that is kept for somebody without being booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SlotHeld {
    pub holder: Holder,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub slot: Slot,
    /// Who could serve it.
    pub staff: Vec<StaffId>,
    pub until: Timestamp,
}

/// For whom time is kept; one hold each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A caller who is on the line.
    Call(CallId),
    /// A booking on its way from another place in the book.
    Move(BookingId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HoldReleased {
    pub holder: Holder,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HoldExpired {
    pub holder: Holder,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingRequested {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    /// `call`, `api`, `cli`, `desk`, `import`.
    pub source: String,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    /// The team that owns the event type at the calendar.
    pub team: Option<i64>,
    pub slot: Slot,
    /// Who could serve it.
    pub staff: Vec<StaffId>,
    /// IANA name of the company's zone.
    pub zone: String,
    pub language: String,
    pub requested_at: Timestamp,
    #[serde(skip)]
    pub private: Private<Contact>,
}

/// For whom the calendar is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Contact {
    pub name: String,
    /// Real or placeholder.
    pub email: String,
    /// E.164.
    pub phone: Option<String>,
    pub notes: String,
}

/// Taken over from the system that was used before, as it stood there. Nothing is asked of the provider for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingImported {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub team: Option<i64>,
    pub slot: Slot,
    /// Who serves it; absent where the old system did not say.
    pub staff: Option<StaffId>,
    /// Never `requested` and never `moved`.
    pub standing: Standing,
    pub zone: String,
    pub language: String,
    pub requested_at: Timestamp,
    #[serde(skip)]
    pub private: Private<TakenOver>,
}

/// For whom it is, and how the provider calls it; absent where the old system had never booked it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TakenOver {
    pub contact: Contact,
    pub provider: Option<ProviderRef>,
}

/// What a provider is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Book,
    Cancel,
    Move,
}

/// The provider is about to be asked. Until the deadline nobody else may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingAttemptStarted {
    pub booking: BookingId,
    pub act: Act,
    /// Counts from 1 over all acts.
    pub attempt: u32,
    pub deadline: Timestamp,
}

/// The provider was certainly not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingPostponed {
    pub booking: BookingId,
    pub act: Act,
    pub attempt: u32,
    /// Without personal data.
    pub reason: String,
    pub next_attempt_at: Timestamp,
}

/// The provider has it, but its host must agree first. Never spoken of as booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingPending {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub start: Timestamp,
    pub end: Timestamp,
    pub staff: Option<StaffId>,
    /// Which attempt made it, where that is known.
    pub attempt: Option<u32>,
    #[serde(skip)]
    pub private: Private<ProviderRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingConfirmed {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Who serves it; absent where the provider's host is nobody we know.
    pub staff: Option<StaffId>,
    /// The provider's own number of the host.
    pub host: Option<i64>,
    /// Which attempt made it, where that is known.
    pub attempt: Option<u32>,
    /// Where it stood before it was moved here.
    pub moved_from: Option<Date>,
    #[serde(skip)]
    pub private: Private<ProviderRef>,
}

/// The provider's names for a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProviderRef {
    pub uid: String,
    pub number: i64,
}

/// It will not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingFailed {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    /// Which attempt was refused, where one was.
    pub attempt: Option<u32>,
    /// A stable word: `taken`, `event_type_unknown`, `too_late`, ….
    pub reason: String,
}

/// The provider was asked and nobody knows what came of it. It is looked up before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingOutcomeUnknown {
    pub booking: BookingId,
    pub act: Act,
    pub attempt: u32,
    /// Without personal data.
    pub reason: String,
    pub look_up_at: Timestamp,
}

/// A second live booking of ours at the provider was found and cancelled there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingTwinCancelled {
    pub booking: BookingId,
    /// Which of the attempts had made it, where that is known.
    pub attempt: Option<u32>,
}

/// Nothing that was ever asked of the provider for this booking can still come late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingSettled {
    pub booking: BookingId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingMoveRequested {
    pub booking: BookingId,
    pub to: Slot,
    /// The page that the new time stands on.
    pub page: Date,
    /// Who could serve it there.
    pub staff: Vec<StaffId>,
    pub by: String,
}

/// It came here from another page; how it stands follows at once. All that this page needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingArrived {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    /// By whom it was requested first.
    pub source: String,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub team: Option<i64>,
    pub slot: Slot,
    /// Who could serve it here.
    pub staff: Vec<StaffId>,
    pub zone: String,
    pub language: String,
    pub requested_at: Timestamp,
    /// The page that it came from.
    pub from: Date,
    #[serde(skip)]
    pub private: Private<Contact>,
}

/// It stands elsewhere now; on another page, or at another time of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingMoved {
    pub booking: BookingId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub page: Date,
    /// It stays on this page, at another time.
    pub stays: bool,
}

/// It stays where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingMoveFailed {
    pub booking: BookingId,
    pub attempt: Option<u32>,
    /// A stable word: `taken`, `too_late`, ….
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingCancelRequested {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub by: String,
    #[serde(skip)]
    pub private: Private<CancelReason>,
}

/// Why somebody wants it cancelled, in their words, if they said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CancelReason {
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingCancelled {
    pub booking: BookingId,
    pub by: String,
}

/// The provider will not cancel it: it has begun, has moved there, or cannot be cancelled. It stands as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingCancelFailed {
    pub booking: BookingId,
    pub attempt: Option<u32>,
    /// A stable word: `ended`, `moved`, `cancelling_not_allowed`, ….
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingCompleted {
    pub booking: BookingId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerDidNotShow {
    pub booking: BookingId,
}

/// Somebody else's booking occupies staff: made at the calendar's own page, or by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ForeignBookingSeen {
    /// A keyed hash of the provider's uid, which is a bearer secret.
    pub foreign: String,
    pub slot: Slot,
    pub staff: Vec<StaffId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ForeignBookingGone {
    pub foreign: String,
}

/// What truly stands at the calendar breaks the page's rule; recorded as it is, and an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OverlapSeen {
    pub booking: Option<BookingId>,
    pub start: Timestamp,
    pub end: Timestamp,
}
