//! What the agent says. Nobody is told that something is booked unless it is.

use super::days::one_of;
use crate::spoken::Language;

/// A sentence with what it is about, in words already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sentence<'a> {
    Free {
        moment: &'a str,
    },
    /// The time cannot be had for a reason that was said; these can.
    Instead {
        why: &'a str,
        offers: &'a [String],
    },
    Offered {
        offers: &'a [String],
    },
    NothingFree,
    Held {
        moment: &'a str,
    },
    Booked {
        moment: &'a str,
        staff: Option<&'a str>,
    },
    /// It is on the list, and nobody knows yet.
    Noted {
        moment: &'a str,
    },
    /// The host has still to agree.
    Pending {
        moment: &'a str,
    },
    Moved {
        moment: &'a str,
    },
    MoveNoted {
        moment: &'a str,
    },
    NotMoved {
        moment: &'a str,
    },
    Cancelled {
        moment: &'a str,
    },
    CancelNoted {
        moment: &'a str,
    },
    NotCancelled {
        moment: &'a str,
    },
    CancelledBefore {
        moment: &'a str,
    },
    TooLateToMove,
    TooLateToCancel,
    Appointments {
        moments: &'a [String],
    },
    NoAppointment,
    GuessesExhausted,
    AskName,
    AskPhone,
    AskEmail,
    AskNumberAgain,
    AskAddressAgain,
    AskWhen,
    AskProof,
    AskWhichAppointment {
        moments: &'a [String],
    },
    AskService {
        services: &'a [String],
    },
    ServiceUnknown {
        services: &'a [String],
    },
    StaffUnknown,
    BranchUnknown {
        branches: &'a [String],
    },
    AskBranch {
        branches: &'a [String],
    },
    OfferUnknown,
    AppointmentUnknown,
    Contradiction,
    TooManyBookings,
    ProviderDown,
    CallUnknown,
    CallOver,
    NumberUnknown,
    FunctionUnknown,
    FunctionMismatch,
    Unreadable,
    CallbackComes,
    Forwarded,
    Broken,
    Services {
        services: &'a [String],
    },
    Open {
        day: &'a str,
        hours: &'a str,
    },
    Closed {
        day: &'a str,
    },
    HoursUnknown,
    Now {
        moment: &'a str,
    },
}

impl Sentence<'_> {
    pub fn spoken(&self, language: Language) -> String {
        match language {
            Language::German => self.german(),
            Language::English => self.english(),
        }
    }

    fn german(&self) -> String {
        let or = |things: &[String]| one_of(things, Language::German);
        match self {
            Self::Free { moment } => format!("{moment} ist frei. Soll ich den Termin für Sie eintragen?"),
            Self::Instead { why, offers } => format!("{why} Ich könnte Ihnen anbieten: {}.", or(offers)),
            Self::Offered { offers } => format!("Frei wäre {}. Was passt Ihnen?", or(offers)),
            Self::NothingFree => "In dieser Zeit ist leider nichts frei. Ginge es auch an einem anderen Tag?".into(),
            Self::Held { moment } => format!("Solange wir sprechen, halte ich für Sie frei: {moment}."),
            Self::Booked { moment, staff: None } => format!("Ihr Termin ist gebucht: {moment}."),
            Self::Booked { moment, staff: Some(staff) } => format!("Ihr Termin ist gebucht: {moment} bei {staff}."),
            Self::Noted { moment } => {
                format!("Ich nehme den Termin auf, {moment}. Sie bekommen noch eine Bestätigung.")
            }
            Self::Pending { moment } => {
                format!("Ihr Wunsch ist eingetragen, {moment}. Er muss noch bestätigt werden, wir melden uns.")
            }
            Self::Moved { moment } => format!("Ihr Termin ist verschoben, er ist jetzt: {moment}."),
            Self::MoveNoted { moment } => {
                format!("Ich nehme Ihren neuen Wunsch auf: {moment}. Sie bekommen noch eine Bestätigung.")
            }
            Self::NotMoved { moment } => {
                format!("Das Verschieben hat leider nicht geklappt. Es bleibt bei Ihrem Termin: {moment}.")
            }
            Self::Cancelled { moment } => format!("Ihr Termin ist abgesagt: {moment}."),
            Self::CancelNoted { moment } => {
                format!("Ich nehme die Absage auf: {moment}. Sie müssen nichts weiter tun.")
            }
            Self::NotCancelled { moment } => {
                format!("Diesen Termin konnte ich leider nicht absagen, er bleibt bestehen: {moment}.")
            }
            Self::CancelledBefore { moment } => format!("Dieser Termin wurde schon abgesagt: {moment}."),
            Self::TooLateToMove => "So kurz vorher lässt sich der Termin leider nicht mehr verschieben.".into(),
            Self::TooLateToCancel => "So kurz vorher lässt sich der Termin leider nicht mehr absagen.".into(),
            Self::Appointments { moments } => format!("Ich finde diesen Termin für Sie: {}.", moments.join("; ")),
            Self::NoAppointment => {
                "Mit diesen Angaben finde ich keinen Termin. Nennen Sie mir bitte den Namen und die genaue Zeit, oder \
                 wir rufen Sie zurück."
                    .into()
            }
            Self::GuessesExhausted => "Dazu kann ich am Telefon leider nichts mehr sagen. Wir rufen Sie zurück.".into(),
            Self::AskName => "Auf welchen Namen, bitte?".into(),
            Self::AskPhone => "Unter welcher Telefonnummer erreichen wir Sie?".into(),
            Self::AskEmail => "Wie lautet Ihre E-Mail-Adresse?".into(),
            Self::AskNumberAgain => {
                "Die Telefonnummer habe ich nicht verstanden. Sagen Sie sie bitte noch einmal.".into()
            }
            Self::AskAddressAgain => {
                "Die E-Mail-Adresse habe ich nicht verstanden. Sagen Sie sie bitte noch einmal.".into()
            }
            Self::AskWhen => "Wann möchten Sie kommen?".into(),
            Self::AskProof => {
                "Nennen Sie mir bitte den Tag und die genaue Uhrzeit, oder die Telefonnummer, unter der Sie bei uns \
                 bekannt sind."
                    .into()
            }
            Self::AskWhichAppointment { moments } => format!("Welchen Termin meinen Sie: {}?", or(moments)),
            Self::AskService { services } => format!("Was darf es sein: {}?", or(services)),
            Self::ServiceUnknown { services: [] } => "Diese Leistung bieten wir hier nicht an.".into(),
            Self::ServiceUnknown { services } => {
                format!("Diese Leistung bieten wir hier nicht an. Möglich ist {}.", or(services))
            }
            Self::StaffUnknown => "Diese Person arbeitet hier nicht. Darf es auch jemand anderes sein?".into(),
            Self::BranchUnknown { branches } => format!("Diese Filiale kenne ich nicht. Es gibt {}.", or(branches)),
            Self::AskBranch { branches } => format!("In welche Filiale möchten Sie kommen: {}?", or(branches)),
            Self::OfferUnknown => {
                "Dieses Angebot gilt hier nicht. Ich sehe gern noch einmal nach, was frei ist.".into()
            }
            Self::AppointmentUnknown => {
                "Diesen Termin kann ich so nicht ändern. Sagen Sie mir bitte Ihren Namen und wann er ist.".into()
            }
            Self::Contradiction => "Das passt nicht zu dem angebotenen Termin. Wann möchten Sie kommen?".into(),
            Self::TooManyBookings => "Mehr Termine kann ich in einem Gespräch nicht eintragen.".into(),
            Self::ProviderDown => "Unser Kalender ist im Moment leider nicht zu erreichen.".into(),
            Self::CallUnknown => "Das kann ich in diesem Gespräch leider nicht eintragen.".into(),
            Self::CallOver => "Das Gespräch ist schon beendet.".into(),
            Self::NumberUnknown => "Für diese Nummer kann ich leider keine Termine vergeben.".into(),
            Self::FunctionUnknown | Self::FunctionMismatch => {
                "Das kann ich leider nicht. Kann ich Ihnen mit einem Termin helfen?".into()
            }
            Self::Unreadable => "Das habe ich nicht verstanden. Sagen Sie es bitte noch einmal.".into(),
            Self::CallbackComes => "Wir rufen Sie zurück.".into(),
            Self::Forwarded => "Ich verbinde Sie.".into(),
            Self::Broken => "Das hat gerade nicht geklappt. Einen Moment, ich versuche es noch einmal.".into(),
            Self::Services { services } => format!("Wir bieten an: {}.", services.join(", ")),
            Self::Open { day, hours } => format!("{day} ist {hours} geöffnet."),
            Self::Closed { day } => format!("{day} ist geschlossen."),
            Self::HoursUnknown => {
                "Feste Öffnungszeiten sind mir nicht bekannt. Ich sehe gern nach, wann etwas frei ist.".into()
            }
            Self::Now { moment } => format!("Jetzt ist {moment}."),
        }
    }

    fn english(&self) -> String {
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
            Self::Moved { moment } => format!("Your appointment has been moved to {moment}."),
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
            Self::HoursUnknown => "I do not know of fixed hours. I am happy to look for a free time.".into(),
            Self::Now { moment } => format!("It is {moment}."),
        }
    }
}
