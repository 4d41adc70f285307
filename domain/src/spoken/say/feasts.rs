//! Holidays by the names that people know them by, as the beginning of a sentence.

use crate::spoken::{Feast, Language};

/// "Am Tag der Deutschen Einheit".
pub fn on_feast(feast: Feast, language: Language) -> &'static str {
    match language {
        Language::German => german(feast),
        Language::English => english(feast),
    }
}

fn german(feast: Feast) -> &'static str {
    match feast {
        Feast::NewYear => "Am Neujahrstag",
        Feast::Epiphany => "Am Dreikönigstag",
        Feast::WomensDay => "Am Internationalen Frauentag",
        Feast::RoseMonday => "Am Rosenmontag",
        Feast::AshWednesday => "Am Aschermittwoch",
        Feast::MaundyThursday => "Am Gründonnerstag",
        Feast::GoodFriday => "Am Karfreitag",
        Feast::HolySaturday => "Am Karsamstag",
        Feast::EasterSunday => "Am Ostersonntag",
        Feast::EasterMonday => "Am Ostermontag",
        Feast::Easter => "Über Ostern",
        Feast::LabourDay => "Am Tag der Arbeit",
        Feast::Ascension => "An Christi Himmelfahrt",
        Feast::WhitSunday => "Am Pfingstsonntag",
        Feast::WhitMonday => "Am Pfingstmontag",
        Feast::Whitsun => "Über Pfingsten",
        Feast::CorpusChristi => "An Fronleichnam",
        Feast::Assumption => "An Mariä Himmelfahrt",
        Feast::ChildrensDay => "Am Weltkindertag",
        Feast::GermanUnity => "Am Tag der Deutschen Einheit",
        Feast::Reformation => "Am Reformationstag",
        Feast::AllSaints => "An Allerheiligen",
        Feast::Repentance => "Am Buß- und Bettag",
        Feast::Nicholas => "Am Nikolaustag",
        Feast::ChristmasEve => "An Heiligabend",
        Feast::ChristmasDay => "Am ersten Weihnachtsfeiertag",
        Feast::SecondChristmasDay => "Am zweiten Weihnachtsfeiertag",
        Feast::Christmas => "Über Weihnachten",
        Feast::BetweenTheYears => "Zwischen den Jahren",
        Feast::NewYearsEve => "An Silvester",
    }
}

fn english(feast: Feast) -> &'static str {
    match feast {
        Feast::NewYear => "On New Year's Day",
        Feast::Epiphany => "On Epiphany",
        Feast::WomensDay => "On International Women's Day",
        Feast::RoseMonday => "On Rose Monday",
        Feast::AshWednesday => "On Ash Wednesday",
        Feast::MaundyThursday => "On Maundy Thursday",
        Feast::GoodFriday => "On Good Friday",
        Feast::HolySaturday => "On Holy Saturday",
        Feast::EasterSunday => "On Easter Sunday",
        Feast::EasterMonday => "On Easter Monday",
        Feast::Easter => "Over Easter",
        Feast::LabourDay => "On Labour Day",
        Feast::Ascension => "On Ascension Day",
        Feast::WhitSunday => "On Whit Sunday",
        Feast::WhitMonday => "On Whit Monday",
        Feast::Whitsun => "Over Whitsun",
        Feast::CorpusChristi => "On Corpus Christi",
        Feast::Assumption => "On Assumption Day",
        Feast::ChildrensDay => "On Children's Day",
        Feast::GermanUnity => "On German Unity Day",
        Feast::Reformation => "On Reformation Day",
        Feast::AllSaints => "On All Saints' Day",
        Feast::Repentance => "On the Day of Repentance and Prayer",
        Feast::Nicholas => "On St Nicholas' Day",
        Feast::ChristmasEve => "On Christmas Eve",
        Feast::ChristmasDay => "On Christmas Day",
        Feast::SecondChristmasDay => "On the day after Christmas",
        Feast::Christmas => "Over Christmas",
        Feast::BetweenTheYears => "Between Christmas and New Year",
        Feast::NewYearsEve => "On New Year's Eve",
    }
}
