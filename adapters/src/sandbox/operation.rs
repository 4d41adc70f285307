//! What a request asks for, by name: faults are ordered and requests are counted by it.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    // Cal.com
    CreateBooking,
    GetBooking,
    ListBookings,
    ListTeamBookings,
    CancelBooking,
    RescheduleBooking,
    ConfirmBooking,
    DeclineBooking,
    MarkAbsent,
    ListSlots,
    ReserveSlot,
    GetReservation,
    DropReservation,
    ListEventTypes,
    GetEventType,
    ListTeams,
    GetTeam,
    ListTeamEventTypes,
    ListMemberships,
    ListTeamSchedules,
    GetMe,
    ListSchedules,
    GetDefaultSchedule,
    GetSchedule,
    UpdateSchedule,
    ListWebhooks,
    CreateWebhook,
    UpdateWebhook,
    /// Of version 1 alone.
    ListUsers,
    // Retell
    ListCalls,
    GetCall,
    DeleteCall,
    ListAgents,
    GetAgent,
    ListAgentVersions,
    UpdateAgent,
    CreateAgentVersion,
    PublishAgentVersion,
    GetLlm,
    UpdateLlm,
    GetFlow,
    UpdateFlow,
    ListPhoneNumbers,
    GetPhoneNumber,
    UpdatePhoneNumber,
    GetKeyInfo,
    ListVoices,
    /// A route that does not exist, or no longer.
    Unknown,
}

impl Operation {
    /// Whether the operation changes a calendar, so that a fault after it leaves something behind.
    pub fn changes_calendar(self) -> bool {
        matches!(
            self,
            Self::CreateBooking
                | Self::CancelBooking
                | Self::RescheduleBooking
                | Self::ConfirmBooking
                | Self::DeclineBooking
                | Self::MarkAbsent
                | Self::ReserveSlot
                | Self::DropReservation
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}
