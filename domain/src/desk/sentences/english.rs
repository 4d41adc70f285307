//! In English.

use super::Sentence;
use crate::desk::one_of;
use crate::spoken::Language;

impl Sentence<'_> {
    pub(super) fn english(&self) -> String {
        let or = |things: &[String]| one_of(things, Language::English);
        match self {
            Self::Free { moment } => format!("{moment} is free. Shall I book it for you?"),
            Self::Instead { why, offers } => format!("{why} I could offer you {}.", or(offers)),
            Self::Offered { offers } => format!("I have {}. Which would you like?", or(offers)),
            Self::NothingFree => "I am afraid nothing is free then. Would another day do?".into(),
            Self::Held { moment } => format!("I am keeping {moment} for you while we talk."),
            Self::Booked { moment, staff: None } => format!("Your appointment is booked: {moment}."),
            Self::Booked { moment, staff: Some(staff) } => {
                format!("Your appointment is booked: {moment} with {staff}.")
            }
            Self::Noted { moment } => format!("I am noting your appointment, {moment}. You will get a confirmation."),
            Self::Pending { moment } => {
                format!("Your wish is noted, {moment}. It has still to be confirmed; we will let you know.")
            }
            Self::Moved { moment, staff: None } => format!("Your appointment has been moved to {moment}."),
            Self::Moved { moment, staff: Some(staff) } => {
                format!("Your appointment has been moved to {moment} with {staff}.")
            }
            Self::MoveNoted { moment } => {
                format!("I am noting that you would like {moment}. You will get a confirmation.")
            }
            Self::NotMoved { moment } => {
                format!("I am afraid it could not be moved. Your appointment stays: {moment}.")
            }
            Self::Cancelled { moment } => format!("Your appointment is cancelled: {moment}."),
            Self::CancelNoted { moment } => {
                format!("I am noting the cancellation: {moment}. There is nothing else to do.")
            }
            Self::NotCancelled { moment } => {
                format!("I am afraid I could not cancel it. The appointment stands: {moment}.")
            }
            Self::CancelledBefore { moment } => format!("That appointment was cancelled before: {moment}."),
            Self::TooLateToMove => "I am afraid it is too late to move the appointment.".into(),
            Self::TooLateToCancel => "I am afraid it is too late to cancel the appointment.".into(),
            Self::Appointments { moments } => format!("I find this appointment for you: {}.", moments.join("; ")),
            Self::NoAppointment => {
                "I find no appointment for that. Please tell me the name and the exact time, or we will call you back."
                    .into()
            }
            Self::GuessesExhausted => "I cannot say any more about that on the phone. We will call you back.".into(),
            Self::AskName => "What name is it, please?".into(),
            Self::AskPhone => "On which number can we reach you?".into(),
            Self::AskEmail => "What is your e-mail address?".into(),
            Self::AskNumberAgain => "I did not catch the number. Please say it again.".into(),
            Self::AskAddressAgain => "I did not catch the e-mail address. Please say it again.".into(),
            Self::AskWhen => "When would you like to come?".into(),
            Self::AskProof => {
                "Please tell me the day and the exact time, or the telephone number that we know you by.".into()
            }
            Self::AskWhichAppointment { moments } => format!("Which appointment do you mean: {}?", or(moments)),
            Self::AskService { services } => format!("What would you like: {}?", or(services)),
            Self::ServiceUnknown { services: [] } => "We do not offer that service here.".into(),
            Self::ServiceUnknown { services } => {
                format!("We do not offer that service here. There is {}.", or(services))
            }
            Self::StaffUnknown => "Nobody of that name works here. Would somebody else do?".into(),
            Self::BranchUnknown { branches } => format!("I do not know that branch. There is {}.", or(branches)),
            Self::AskBranch { branches } => format!("Which branch would you like: {}?", or(branches)),
            Self::OfferUnknown => "That offer does not hold here. Let me look again at what is free.".into(),
            Self::AppointmentUnknown => {
                "I cannot change that appointment. Please tell me your name and when it is.".into()
            }
            Self::Contradiction => "That does not match the time that was offered. When would you like to come?".into(),
            Self::TooManyBookings => "I cannot book any more appointments in one call.".into(),
            Self::ProviderDown => "I am afraid our calendar cannot be reached at the moment.".into(),
            Self::CallUnknown => "I am afraid I cannot do that in this call.".into(),
            Self::CallOver => "The call is over already.".into(),
            Self::NumberUnknown => "I am afraid I cannot make appointments for this number.".into(),
            Self::FunctionUnknown | Self::FunctionMismatch => {
                "I cannot do that. Can I help you with an appointment?".into()
            }
            Self::Unreadable => "I did not understand that. Please say it again.".into(),
            Self::CallbackComes => "We will call you back.".into(),
            Self::Forwarded => "I am putting you through.".into(),
            Self::Broken => "That did not work just now. One moment, I will try again.".into(),
            Self::Services { services } => format!("We offer {}.", services.join(", ")),
            Self::Open { day, hours } => format!("On {day} we are open {hours}."),
            Self::Closed { day } => format!("On {day} we are closed."),
            Self::ClosedFor { occasion } => format!("{occasion} we are closed."),
            Self::HoursUnknown => "I do not know of fixed hours. I am happy to look for a free time.".into(),
            Self::Now { moment } => format!("It is {moment}."),
        }
    }
}
