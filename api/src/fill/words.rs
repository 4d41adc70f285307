//! What is said in a made-up call.

use super::plot::Plot;
use jiff::civil::{Date, Weekday};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// The transcript, in the form in which the provider writes it.
pub fn transcript(plot: Plot, dice: &mut StdRng, (date, hour): (Date, u32)) -> String {
    let mut pick = |texts: &[&str]| texts.choose(dice).copied().unwrap_or_default().to_owned();
    let when = format!("{} um {hour} Uhr", weekday(date.weekday()));
    let greeting = pick(&GREETINGS);
    let (wish, offer) = (pick(&WISHES), pick(&OFFERS).replace("{when}", &when));
    let told = |turns: &[&str]| turns.join("\n");
    match plot {
        Plot::Books | Plot::BooksAfterwards | Plot::Broken => {
            let (yes, booked) = (pick(&YES), pick(&BOOKED).replace("{when}", &when));
            told(&[
                &greeting,
                &wish,
                &offer,
                &yes,
                "Agent: Auf welchen Namen darf ich das eintragen?",
                &pick(&NAMES),
                &booked,
                &pick(&THANKS),
            ])
        }
        Plot::Fails => told(&[
            &greeting,
            &wish,
            &offer,
            &pick(&YES),
            "Agent: Leider hat mir das jemand weggeschnappt, wir rufen Sie zurück.",
            "User: Na gut, bis dann.",
        ]),
        Plot::NoTimeFits => told(&[
            &greeting,
            &wish,
            &offer,
            "User: Nein, da kann ich leider nicht.",
            "Agent: Dann habe ich diese Woche leider nichts mehr frei.",
            "User: Schade, Wiederhören.",
        ]),
        Plot::Price => told(&[
            &greeting,
            &wish,
            &offer,
            "User: Und was kostet das?",
            "Agent: Das kostet 89 Euro.",
            "User: Das ist mir zu teuer, danke.",
        ]),
        Plot::Undecided => told(&[&greeting, &wish, &offer, "User: Das muss ich mir noch überlegen, ich melde mich."]),
        Plot::HangsUp => told(&[&greeting, &wish, &offer]),
        Plot::Asks => told(&[
            &greeting,
            &pick(&QUESTIONS),
            "Agent: Wir haben von neun bis achtzehn Uhr geöffnet.",
            "User: Danke, auf Wiederhören.",
        ]),
        Plot::Cancels => told(&[
            &greeting,
            "User: Ich muss meinen Termin leider absagen.",
            "Agent: Das habe ich notiert.",
            "User: Danke.",
        ]),
        Plot::WantsPerson => told(&[
            &greeting,
            "User: Ich möchte bitte mit einem Menschen sprechen.",
            "Agent: Wir rufen Sie gern zurück.",
            "User: In Ordnung.",
        ]),
        Plot::Voicemail => told(&[&greeting, "User: Hier ist die Mailbox von. Bitte sprechen Sie nach dem Signalton."]),
    }
}

/// Somebody of whom nobody believes that they exist.
pub fn name(nth: u64) -> String {
    let pick = |names: &[&'static str], nth: u64| {
        let place = usize::try_from(nth % names.len().max(1) as u64).unwrap_or_default();
        names.get(place).copied().unwrap_or_default()
    };
    format!("{} {}", pick(&FIRST_NAMES, nth), pick(&LAST_NAMES, nth / FIRST_NAMES.len() as u64))
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Montag",
        Weekday::Tuesday => "Dienstag",
        Weekday::Wednesday => "Mittwoch",
        Weekday::Thursday => "Donnerstag",
        Weekday::Friday => "Freitag",
        Weekday::Saturday => "Samstag",
        Weekday::Sunday => "Sonntag",
    }
}

const GREETINGS: [&str; 3] = [
    "Agent: Guten Tag, hier ist der digitale Assistent. Was kann ich für Sie tun?",
    "Agent: Hallo und willkommen, wie kann ich Ihnen helfen?",
    "Agent: Schönen guten Tag, womit kann ich dienen?",
];
const WISHES: [&str; 4] = [
    "User: Guten Tag, ich hätte gern einen Termin.",
    "User: Hallo, ich bräuchte in den nächsten Tagen einen Termin.",
    "User: Ja hallo, haben Sie noch einen Termin frei?",
    "User: Ich würde gern einen Termin zur Beratung vereinbaren.",
];
const OFFERS: [&str; 3] = [
    "Agent: Ich hätte {when} etwas frei. Passt Ihnen das?",
    "Agent: Wie wäre es am {when}?",
    "Agent: Am {when} ginge es, soll ich das für Sie buchen?",
];
const YES: [&str; 4] =
    ["User: Ja, das passt gut.", "User: Ja, gerne.", "User: Perfekt, das nehme ich.", "User: Ja, machen wir das so."];
const NAMES: [&str; 3] =
    ["User: Mustermann, Max Mustermann.", "User: Auf Erika Mustermann bitte.", "User: Mein Name ist Beispiel."];
const BOOKED: [&str; 3] = [
    "Agent: Vielen Dank, Ihr Termin am {when} ist gebucht.",
    "Agent: Ich habe Sie am {when} eingetragen.",
    "Agent: Alles klar, der Termin am {when} steht.",
];
const THANKS: [&str; 3] =
    ["User: Super, vielen Dank!", "User: Danke, bis dann.", "User: Vielen Dank, auf Wiederhören."];
const QUESTIONS: [&str; 3] = [
    "User: Wie lange haben Sie heute geöffnet?",
    "User: Guten Tag, wie lange haben Sie denn geöffnet?",
    "User: Was sind denn Ihre Öffnungszeiten?",
];
const FIRST_NAMES: [&str; 16] = [
    "Max", "Erika", "Anna", "Ben", "Cem", "Dora", "Eva", "Finn", "Gül", "Hans", "Ina", "Jan", "Kim", "Lea", "Mia",
    "Noah",
];
const LAST_NAMES: [&str; 8] =
    ["Mustermann", "Musterfrau", "Beispiel", "Exempel", "Muster", "Vorlage", "Probe", "Platzhalter"];

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use ringbuch_domain::analysis::{Intent, listen};

    #[test]
    fn what_is_said_is_heard_as_it_is_meant() {
        let mut dice = StdRng::seed_from_u64(3);
        let cases = [
            (Plot::Books, Intent::Book, true),
            (Plot::Broken, Intent::Book, true),
            (Plot::NoTimeFits, Intent::Book, false),
            (Plot::Price, Intent::Book, false),
            (Plot::Asks, Intent::Information, false),
            (Plot::Cancels, Intent::Cancel, false),
            (Plot::WantsPerson, Intent::Person, false),
            (Plot::Voicemail, Intent::Nobody, false),
        ];
        for (plot, intent, said) in cases {
            for _ in 0..20 {
                let text = transcript(plot, &mut dice, (jiff::civil::date(2025, 7, 2), 11));
                let heard = listen(&text);
                assert_eq!((heard.intent, heard.said_booked), (Some(intent), Some(said)), "{text}");
            }
        }
    }
}
