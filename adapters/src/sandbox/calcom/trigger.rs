//! What subscribers can ask to be told of.

/// Those that the stand-in sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trigger {
    Created,
    /// Waits for its host's word.
    Requested,
    Rescheduled,
    Cancelled,
    Rejected,
    NoShowUpdated,
    MeetingEnded,
}

/// Those that can be subscribed to without anything here sending them.
const SILENT: [&str; 14] = [
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "BOOKING_LOCATION_UPDATED",
    "BOOKING_REASSIGNED",
    "MEETING_STARTED",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "INSTANT_MEETING",
    "OOO_CREATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
];

impl Trigger {
    const ALL: [Self; 7] = [
        Self::Created,
        Self::Requested,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Rejected,
        Self::NoShowUpdated,
        Self::MeetingEnded,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "BOOKING_CREATED",
            Self::Requested => "BOOKING_REQUESTED",
            Self::Rescheduled => "BOOKING_RESCHEDULED",
            Self::Cancelled => "BOOKING_CANCELLED",
            Self::Rejected => "BOOKING_REJECTED",
            Self::NoShowUpdated => "BOOKING_NO_SHOW_UPDATED",
            Self::MeetingEnded => "MEETING_ENDED",
        }
    }

    /// Whether Cal.com knows a trigger of that name.
    pub(super) fn is_known(name: &str) -> bool {
        SILENT.contains(&name) || Self::ALL.iter().any(|trigger| trigger.as_str() == name)
    }
}
