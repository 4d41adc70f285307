//! What single German words mean.

use crate::spoken::feast::Feast;
use crate::spoken::numerals::{german_number, german_ordinal};
use crate::spoken::sense::{Part, Sense, Shade, Third, Unit, Which};
use Sense as S;
use jiff::civil::Weekday;

pub fn day_word(word: &str) -> Option<Sense> {
    weekday(word).map(S::Weekday).or_else(|| month(word).map(S::Month)).or_else(|| {
        Some(match word {
            "heute" | "heut" | "heutigen" | "heutiger" | "heutige" => S::Shifted(0),
            "morgen" => S::Morrow,
            "morgigen" | "morgiger" | "morgige" => S::Shifted(1),
            "uebermorgen" | "ubermorgen" => S::Shifted(2),
            "ueberuebermorgen" => S::Shifted(3),
            "gestern" | "gestrigen" => S::Shifted(-1),
            "advent" | "adventssonntag" => S::Advent,
            "vorgestern" => S::Shifted(-2),
            "vorvorgestern" => S::Shifted(-3),
            _ => return feast(word).map(S::Feast),
        })
    })
}

pub fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "montag" => Weekday::Monday,
        "dienstag" | "diensttag" | "dinstag" | "dienstach" => Weekday::Tuesday,
        "mittwoch" | "mitwoch" | "mittwoche" => Weekday::Wednesday,
        "donnerstag" | "donerstag" => Weekday::Thursday,
        "freitag" | "freytag" => Weekday::Friday,
        "samstag" | "sonnabend" | "samstach" => Weekday::Saturday,
        "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

/// "Di. 24.11.": the short forms are other words as well ("Fr. Muster") and count only before figures.
pub fn short_weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mo" => Weekday::Monday,
        "di" => Weekday::Tuesday,
        "mi" => Weekday::Wednesday,
        "do" => Weekday::Thursday,
        "fr" => Weekday::Friday,
        "sa" => Weekday::Saturday,
        "so" => Weekday::Sunday,
        _ => return None,
    })
}

pub fn month(word: &str) -> Option<i8> {
    Some(match word {
        "januar" | "jan" | "jaenner" | "janner" | "jaen" => 1,
        "februar" | "feb" | "feber" => 2,
        "maerz" | "marz" | "mrz" | "maer" => 3,
        "april" | "apr" => 4,
        "mai" => 5,
        "juni" | "jun" | "juno" => 6,
        "juli" | "jul" | "julei" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "oktober" | "okt" => 10,
        "november" | "nov" => 11,
        "dezember" | "dez" => 12,
        _ => return None,
    })
}

fn feast(word: &str) -> Option<Feast> {
    Some(match word {
        "neujahr" | "neujahrstag" => Feast::NewYear,
        "dreikoenig" | "dreikoenigstag" => Feast::Epiphany,
        "frauentag" => Feast::WomensDay,
        "rosenmontag" => Feast::RoseMonday,
        "aschermittwoch" => Feast::AshWednesday,
        "gruendonnerstag" => Feast::MaundyThursday,
        "karfreitag" => Feast::GoodFriday,
        "karsamstag" | "ostersamstag" => Feast::HolySaturday,
        "ostersonntag" => Feast::EasterSunday,
        "ostermontag" => Feast::EasterMonday,
        "ostern" => Feast::Easter,
        "maifeiertag" => Feast::LabourDay,
        "himmelfahrt" | "vatertag" => Feast::Ascension,
        "pfingstsonntag" => Feast::WhitSunday,
        "pfingstmontag" => Feast::WhitMonday,
        "pfingsten" => Feast::Whitsun,
        "fronleichnam" => Feast::CorpusChristi,
        "reformationstag" | "halloween" => Feast::Reformation,
        "allerheiligen" => Feast::AllSaints,
        "nikolaus" | "nikolaustag" => Feast::Nicholas,
        "heiligabend" | "weihnachtsabend" => Feast::ChristmasEve,
        "weihnachten" => Feast::Christmas,
        "silvester" | "sylvester" => Feast::NewYearsEve,
        _ => return None,
    })
}

pub fn span_word(word: &str) -> Option<Sense> {
    Some(match word {
        "diese" | "diesen" | "dieser" | "dieses" | "diesem" | "heuer" => S::Which(Which::This),
        "kommende" | "kommenden" | "kommender" | "kommendes" | "kommendem" => S::Which(Which::Coming),
        "naechste" | "naechsten" | "naechster" | "naechstes" | "naechstem" | "nachste" | "nachsten" => {
            S::Which(Which::Next)
        }
        "folgende" | "folgenden" | "folgender" => S::Which(Which::Next),
        "uebernaechste" | "uebernaechsten" | "uebernaechster" | "uebernaechstes" => S::Which(Which::AfterNext),
        "letzte" | "letzten" | "letzter" | "letztes" | "vorige" | "vorigen" | "voriger" | "voriges" | "vergangene"
        | "vergangenen" | "vergangener" => S::Which(Which::Last),
        "vorletzte" | "vorletzten" | "vorletzter" | "vorletztes" => S::Which(Which::BeforeLast),
        "selben" | "selbe" | "derselbe" | "denselben" | "demselben" | "gleichen" | "gleicher" => S::Which(Which::Same),
        "minute" | "minuten" | "min" => S::Unit(Unit::Minutes(1)),
        "viertelstunde" => S::Unit(Unit::Minutes(15)),
        "dreiviertelstunde" => S::Unit(Unit::Minutes(45)),
        "stunde" | "stunden" | "std" => S::Unit(Unit::Minutes(60)),
        "tag" | "tage" | "tagen" | "tages" => S::Unit(Unit::Day),
        "woche" | "wochen" => S::Unit(Unit::Week),
        "wochenende" => S::Unit(Unit::Weekend),
        "monat" | "monate" | "monaten" | "monats" => S::Unit(Unit::Month),
        "jahr" | "jahre" | "jahren" | "jahres" => S::Unit(Unit::Year),
        "anfang" | "anfangs" => S::Third(Third::Beginning),
        "mitte" => S::Third(Third::Middle),
        "ende" => S::Third(Third::End),
        "kw" | "kalenderwoche" => S::CalendarWeek,
        "innerhalb" | "binnen" => S::Within,
        "schnellstmoeglich"
        | "schnellstmoeglichen"
        | "baldmoeglichst"
        | "fruehestmoeglich"
        | "fruehestmoeglichen"
        | "naechstmoeglich"
        | "naechstmoegliche"
        | "naechstmoeglichen"
        | "naechstmoeglicher"
        | "asap"
        | "sofort" => S::Soon,
        _ => return None,
    })
}

pub fn clock_word(word: &str) -> Option<Sense> {
    Some(match word {
        "frueh" | "fruh" | "fruehs" | "morgens" => S::Part(Part::Early),
        "vormittag" | "vormittags" => S::Part(Part::Forenoon),
        "mittag" | "mittags" | "mittagspause" | "mittagszeit" => S::Part(Part::Midday),
        "nachmittag" | "nachmittags" => S::Part(Part::Afternoon),
        "abend" | "abends" => S::Part(Part::Evening),
        "nachts" => S::Part(Part::Night),
        "nacht" => S::Part(Part::Overnight),
        "fruehen" => S::Shade(Shade::Early),
        "spaet" | "spaeten" => S::Shade(Shade::Late),
        "halb" | "halbe" | "halben" | "halber" | "halbes" | "halbi" => S::Half,
        "viertel" | "viertl" | "virtel" => S::Quarter,
        "dreiviertel" | "dreiviertl" => S::ThreeQuarters,
        "anderthalb" | "eineinhalb" => S::Halves(3),
        "zweieinhalb" => S::Halves(5),
        "uhr" | "h" => S::OClock,
        "pm" => S::Pm,
        "ante" => S::Am,
        "mitternacht" => S::Midnight,
        "kurz" | "knapp" => S::Shortly,
        "irgendwann" | "jederzeit" | "ganztags" | "ganztaegig" | "egal" => S::Anytime,
        _ => return None,
    })
}

pub fn joint(word: &str) -> Option<Sense> {
    Some(match word {
        "in" | "im" => S::In,
        "am" | "an" => S::On,
        "um" | "gegen" | "circa" | "zirka" | "ca" | "etwa" | "ungefaehr" | "punkt" | "schlag" => S::At,
        "von" | "vom" => S::Of,
        "ab" | "fruehestens" | "fruehstens" => S::From,
        "bis" | "spaetestens" => S::Until,
        "zwischen" => S::Between,
        "vor" => S::Before,
        "nach" => S::After,
        "spaeter" | "danach" | "darauf" | "drauf" => S::Later,
        "frueher" | "davor" | "vorher" | "zuvor" => S::Earlier,
        "frueheste" | "fruehester" | "fruehesten" | "fruehestes" => S::Earliest,
        "spaeteste" | "spaetester" | "spaetesten" | "spaetestes" => S::Latest,
        "und" => S::And,
        "oder" | "beziehungsweise" | "bzw" => S::Or,
        "der" | "die" | "das" | "den" | "dem" | "des" | "zum" => S::Article,
        "ein" | "eine" | "einen" | "einem" | "einer" | "eines" => S::One,
        "nicht" | "nich" | "net" | "ned" | "nit" | "kein" | "keine" | "keinen" | "keiner" | "keinem" | "ohne"
        | "nie" | "niemals" | "weder" | "ungern" | "schlecht" | "unguenstig" | "unmoeglich" | "verhindert" | "nix"
        | "nichts" => S::Not,
        "verreist" | "unterwegs" | "verabredet" | "verplant" | "ausgebucht" | "belegt" | "besetzt" | "beschaeftigt"
        | "eingespannt" | "fruehschicht" | "spaetschicht" | "nachtschicht" | "fortbildung" => S::Elsewhere,
        "nein" | "nee" | "ne" | "quatsch" | "korrigiere" | "korrektur" | "moment" | "vielmehr" | "falsch" | "sorry"
        | "entschuldigung" | "verzeihung" => S::Correction,
        "statt" | "anstatt" | "ausser" => S::Instead,
        "aber" | "sondern" | "dafuer" | "allerdings" | "stattdessen" => S::Contrast,
        "jeden" | "jede" | "jeder" | "jedes" | "jedem" | "immer" | "alle" | "woechentlich" | "taeglich"
        | "regelmaessig" => S::Every,
        "minus" | "plus" | "andere" | "anderen" | "anderer" | "anderes" | "anderem" | "darauffolgende"
        | "darauffolgenden" | "darauffolgender" => S::Other,
        "person" | "personen" | "leute" | "leuten" | "kind" | "kinder" | "kindern" | "gaeste" | "gaesten"
        | "erwachsene" | "erwachsenen" | "termin" | "termine" | "frauen" | "maenner" | "damen" | "herren" | "euro"
        | "plaetze" | "hunde" | "katzen" | "mann" => S::Counted,
        _ => return None,
    })
}

pub fn numeral(word: &str) -> Option<Sense> {
    let number = german_number(word).map(|value| S::Number { value, digits: 0 });
    number.or_else(|| german_ordinal(word).map(|value| S::Ordinal { value, written: false }))
}
