//! In German.

use super::Sentence;
use crate::desk::one_of;
use crate::spoken::Language;

impl Sentence<'_> {
    pub(super) fn german(&self) -> String {
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
            Self::Moved { moment, staff: None } => format!("Ihr Termin ist verschoben, er ist jetzt: {moment}."),
            Self::Moved { moment, staff: Some(staff) } => {
                format!("Ihr Termin ist verschoben, er ist jetzt: {moment} bei {staff}.")
            }
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
            Self::ClosedFor { occasion } => format!("{occasion} haben wir geschlossen."),
            Self::HoursUnknown => {
                "Feste Öffnungszeiten sind mir nicht bekannt. Ich sehe gern nach, wann etwas frei ist.".into()
            }
            Self::Now { moment } => format!("Jetzt ist {moment}."),
        }
    }
}
