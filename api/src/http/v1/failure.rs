//! What went wrong below becomes an answer: whether asking again helps is told, the rest is for the log.

use crate::appointments::AppointmentError;
use crate::intake::Held;
use crate::journal::JournalError;
use crate::past::PastError;
use crate::privacy::{EraseError, ExportError};
use crate::problem::{Kind, Problem};
use crate::pushing::PushError;
use crate::reconcile::ReconcileError;
use crate::replay::ReplayError;
use crate::runners::ProjectorError;
use crate::setup::SetUpError;
use crate::sync::SyncError;
use crate::trace::TraceError;
use crate::users::UserError;
use ringbuch_adapters::key_store::KeyStoreError;
use ringbuch_domain::call::Refusal;
use ringbuch_domain::company;
use ringbuch_domain::ports::{AppendError, CalendarFailure, VoiceAgentsFailure};
use ringbuch_projections::rows::RowsError;
use std::fmt::Display;

/// Seconds after which a database that did not answer is worth asking again.
const AGAIN: u32 = 2;

fn broken(error: &impl Display) -> Problem {
    tracing::error!(%error, "a request could not be answered");
    Problem::internal()
}

fn away(error: &impl Display) -> Problem {
    tracing::warn!(%error, "a request could not be answered now");
    Problem::unavailable(AGAIN)
}

impl From<RowsError> for Problem {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Unavailable { .. } => away(&error),
            other => broken(&other),
        }
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::TooBusy(_) => Self::new(Kind::Conflict),
            JournalError::Read(_) | JournalError::Append(AppendError::Unavailable(_)) => away(&error),
            other => broken(&other),
        }
    }
}

impl From<TraceError> for Problem {
    fn from(error: TraceError) -> Self {
        match error {
            TraceError::Journal(error) => error.into(),
            TraceError::Rows(error) => error.into(),
        }
    }
}

impl From<KeyStoreError> for Problem {
    fn from(error: KeyStoreError) -> Self {
        away(&error)
    }
}

impl From<ProjectorError> for Problem {
    fn from(error: ProjectorError) -> Self {
        match error {
            ProjectorError::Log(error) => error.into(),
            ProjectorError::Rows(error) => error.into(),
            ProjectorError::Leases(error) => away(&error),
            ProjectorError::BrokeOff => broken(&error),
        }
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Journal(error) => error.into(),
            ReplayError::Rows(error) => error.into(),
            ReplayError::Held(error) => error.into(),
        }
    }
}

impl From<Held> for Problem {
    fn from(error: Held) -> Self {
        match error {
            Held::Journal(error) => error.into(),
            Held::Rows(error) => error.into(),
            Held::Calendar(_) | Held::Until(_) | Held::Behind => away(&error),
        }
    }
}

impl From<EraseError> for Problem {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Unknown => Self::not_found("customer"),
            EraseError::StillStanding(standing) => {
                let sentence = "The person still has appointments; cancel them, or set keep_appointments to true.";
                let standing = serde_json::to_value(standing).unwrap_or_default();
                Self::rejected("appointments_standing", sentence).with("appointments", standing)
            }
            EraseError::Journal(error) => error.into(),
            EraseError::Keys(error) => error.into(),
            EraseError::Projector(error) => error.into(),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Unknown => Self::not_found("customer"),
            ExportError::Journal(error) => error.into(),
            ExportError::Sealed(_) => broken(&error),
        }
    }
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        match error {
            PastError::NoStream => Self::not_found("stream"),
            PastError::NotYet { .. } => Self::unusable("not_yet", sentence(&error)),
            PastError::Unreadable { .. } => broken(&error),
            PastError::Journal(error) => error.into(),
        }
    }
}

impl From<ReconcileError> for Problem {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Journal(error) => error.into(),
            ReconcileError::Rows(error) => error.into(),
        }
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Journal(error) => error.into(),
            SyncError::Rows(error) => error.into(),
            SyncError::Refused(why) => Self::unusable("refused", sentence(&why)),
            SyncError::BrokeOff(_) => broken(&error),
        }
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Unknown(what) => Self::not_found(what),
            PushError::ChangedMeanwhile { there } => Self::new(Kind::ChangedMeanwhile).with("there", there),
            PushError::Refused(why) => Self::unusable("refused", sentence(&why)),
            PushError::Voice(VoiceAgentsFailure::NotFound) => Self::not_found("agent, version or number at Retell"),
            PushError::Voice(VoiceAgentsFailure::NoPrompt) => Self::unusable("no_prompt", sentence(&error)),
            PushError::Voice(VoiceAgentsFailure::Refused { .. })
            | PushError::Calendar(CalendarFailure::Refused { .. }) => Self::unusable("refused", sentence(&error)),
            PushError::Voice(_) | PushError::Calendar(_) | PushError::TooSlow => {
                Self::new(Kind::ProviderFailed).detail(sentence(&error))
            }
            PushError::SetUp(error) => error.into(),
            PushError::Journal(error) => error.into(),
            PushError::Rows(error) => error.into(),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Journal(error) => error.into(),
            UserError::Rows(error) => error.into(),
            UserError::Store(error) => error.into(),
            UserError::Secret(_) | UserError::Machine(_) => broken(&error),
            UserError::Refused(rejection) => Self::rejected("user", sentence(&rejection)),
            UserError::NoAddress(_) => Self::unusable("no_address", "The field 'email' is no e-mail address."),
            UserError::AddressTaken => Self::unusable("address_taken", sentence(&error)),
            UserError::CompanyUnknown(_) => Self::not_found("company"),
            UserError::PasswordLength => Self::unusable("length", sentence(&error)),
            UserError::LinkGone => Self::not_found("link"),
        }
    }
}

impl From<SetUpError> for Problem {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::Journal(error) => error.into(),
            SetUpError::Refused(why) => Self::unusable("refused", sentence(&why)),
            SetUpError::NotANumber(_) => Self::unusable("not_a_number", sentence(&error)),
            SetUpError::Secret(_) | SetUpError::NoRandomness(_) => broken(&error),
        }
    }
}

/// What the business or the set-up says no to, with a sentence that can be spoken to a caller of the company.
pub fn of_appointment(error: AppointmentError, language: &str) -> Problem {
    let unusable = |code: &str, error: &AppointmentError| Problem::unusable(code, sentence(error));
    match &error {
        AppointmentError::Unknown => Problem::not_found("appointment"),
        AppointmentError::Refused(rejection) => {
            Problem::rejected(rejection.code(), sentence(rejection)).with("spoken", rejection.spoken(language))
        }
        AppointmentError::SetUp(rejection) => Problem::unusable(set_up_code(rejection), sentence(rejection)),
        AppointmentError::ServiceUnknown(_) => {
            spoken(unusable("service_unknown", &error), &Refusal::ServiceUnknown, language)
        }
        AppointmentError::ServiceMissing => {
            spoken(unusable("service_missing", &error), &Refusal::ServiceMissing, language)
        }
        AppointmentError::StaffUnknown(_) => {
            spoken(unusable("staff_unknown", &error), &Refusal::StaffUnknown, language)
        }
        AppointmentError::NotAMinute => unusable("not_a_minute", &error),
        AppointmentError::NotANumber(_) => unusable("not_a_number", &error),
        AppointmentError::Journal(_) | AppointmentError::Rows(_) | AppointmentError::People(_) => below(error),
    }
}

fn below(error: AppointmentError) -> Problem {
    match error {
        AppointmentError::Journal(error) => error.into(),
        AppointmentError::Rows(error) => error.into(),
        other => away(&other),
    }
}

fn spoken(problem: Problem, refusal: &Refusal, language: &str) -> Problem {
    problem.with("spoken", refusal.spoken(language))
}

fn set_up_code(rejection: &company::Rejection) -> &'static str {
    match rejection {
        company::Rejection::NotRegistered => "company_unknown",
        company::Rejection::BranchUnknown { .. } => "branch_unknown",
        company::Rejection::EventTypeUnknown { .. } => "service_unknown",
        company::Rejection::StaffUnknown { .. } => "staff_unknown",
        _ => "set_up",
    }
}

/// An error's words as a sentence of its own.
pub fn sentence(error: &impl Display) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
