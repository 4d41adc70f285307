//! The German words of time, with those of Austria and Switzerland and with what speech recognition makes of them.
//! Umlauts are two letters here, as the lexer leaves them.

use super::feast::Feast;
use super::numerals::{german_number, german_ordinal};
use super::sense::{Part, Sense, Shade, Third, Unit, Which};
use Sense as S;
use jiff::civil::Weekday;

const SOME_DAYS: [Sense; 3] = [S::Within, S::Number { value: 7, digits: 0 }, S::Unit(Unit::Day)];
const SOME_WEEKS: [Sense; 3] = [S::Within, S::Number { value: 4, digits: 0 }, S::Unit(Unit::Week)];

/// Words that mean something else together than alone; the longest that fits is taken.
pub const PHRASES: &[(&str, &[Sense])] = &[
    ("guten morgen", &[]),
    ("guten tag", &[]),
    ("guten abend", &[]),
    ("guten mittag", &[]),
    ("schoenen guten morgen", &[]),
    ("schoenen guten tag", &[]),
    ("schoenen guten abend", &[]),
    ("schoenen tag", &[]),
    ("schoenen abend", &[]),
    ("schoenen feierabend", &[]),
    ("schoenes wochenende", &[]),
    ("schoene woche", &[]),
    ("schoenen sonntag", &[]),
    ("gute nacht", &[]),
    ("tag der deutschen einheit", &[S::Feast(Feast::GermanUnity)]),
    ("tag der arbeit", &[S::Feast(Feast::LabourDay)]),
    ("christi himmelfahrt", &[S::Feast(Feast::Ascension)]),
    ("maria himmelfahrt", &[S::Feast(Feast::Assumption)]),
    ("mariae himmelfahrt", &[S::Feast(Feast::Assumption)]),
    ("heilige drei koenige", &[S::Feast(Feast::Epiphany)]),
    ("heiligen drei koenige", &[S::Feast(Feast::Epiphany)]),
    ("drei koenig", &[S::Feast(Feast::Epiphany)]),
    ("buss und bettag", &[S::Feast(Feast::Repentance)]),
    ("heiliger abend", &[S::Feast(Feast::ChristmasEve)]),
    ("heiligen abend", &[S::Feast(Feast::ChristmasEve)]),
    ("erster weihnachtstag", &[S::Feast(Feast::ChristmasDay)]),
    ("ersten weihnachtstag", &[S::Feast(Feast::ChristmasDay)]),
    ("erster weihnachtsfeiertag", &[S::Feast(Feast::ChristmasDay)]),
    ("ersten weihnachtsfeiertag", &[S::Feast(Feast::ChristmasDay)]),
    ("zweiter weihnachtstag", &[S::Feast(Feast::SecondChristmasDay)]),
    ("zweiten weihnachtstag", &[S::Feast(Feast::SecondChristmasDay)]),
    ("zweiter weihnachtsfeiertag", &[S::Feast(Feast::SecondChristmasDay)]),
    ("zweiten weihnachtsfeiertag", &[S::Feast(Feast::SecondChristmasDay)]),
    ("zwischen den jahren", &[S::Feast(Feast::BetweenTheYears)]),
    ("zwischen den feiertagen", &[S::Feast(Feast::BetweenTheYears)]),
    ("so bald wie moeglich", &[S::Soon]),
    ("sobald wie moeglich", &[S::Soon]),
    ("so schnell wie moeglich", &[S::Soon]),
    ("so frueh wie moeglich", &[S::Soon]),
    ("moeglichst bald", &[S::Soon]),
    ("moeglichst schnell", &[S::Soon]),
    ("moeglichst zeitnah", &[S::Soon]),
    ("naechste freie", &[S::Soon]),
    ("naechster freier", &[S::Soon]),
    ("naechsten freien", &[S::Soon]),
    ("naechste moegliche", &[S::Soon]),
    ("naechster moeglicher", &[S::Soon]),
    ("naechsten moeglichen", &[S::Soon]),
    ("den ganzen tag", &[S::Anytime]),
    ("ganzen tag", &[S::Anytime]),
    ("naechsten tagen", &SOME_DAYS),
    ("naechsten tage", &SOME_DAYS),
    ("kommenden tagen", &SOME_DAYS),
    ("naechsten wochen", &SOME_WEEKS),
    ("kommenden wochen", &SOME_WEEKS),
    ("neuen jahr", &[S::Which(Which::Next), S::Unit(Unit::Year)]),
    ("uhrzeit egal", &[S::Anytime]),
    ("egal wann", &[S::Anytime]),
    ("egal um wie viel uhr", &[S::Anytime]),
    ("wie viel uhr", &[S::Unknown]),
    ("wieviel uhr", &[S::Unknown]),
    ("wenn moeglich", &[]),
    ("keine ahnung", &[]),
    ("kein problem", &[]),
    ("ich weiss nicht", &[]),
    ("weiss ich nicht", &[]),
    ("weiss nicht", &[]),
    ("nicht wahr", &[]),
    ("und zwar", &[]),
    ("zu frueh", &[S::Not]),
    ("zu spaet", &[S::Not]),
    ("zu kurzfristig", &[S::Not]),
    ("nach der arbeit", &[S::Unknown]),
    ("nach feierabend", &[S::Unknown]),
    ("nach der schule", &[S::Unknown]),
    ("vor der arbeit", &[S::Unknown]),
    ("nach hause", &[S::Unknown]),
    ("bis auf", &[S::Instead]),
    ("letzte nacht", &[S::Shifted(-1), S::Part(Part::Overnight)]),
    ("auf keinen fall", &[S::Not]),
    ("auf gar keinen fall", &[S::Not]),
    ("ach so", &[]),
    ("bis dann", &[]),
    ("bis dahin", &[]),
    ("bis bald", &[]),
    ("bis gleich", &[]),
    ("das erste mal", &[]),
    ("zum ersten mal", &[]),
    ("letztes mal", &[S::Unknown]),
    ("naechstes mal", &[S::Unknown]),
    ("ersten freien", &[S::Soon]),
    ("erste freie", &[S::Soon]),
    ("von heute an", &[S::From, S::Shifted(0)]),
    ("von morgen an", &[S::From, S::Shifted(1)]),
    ("in der frueh", &[S::Part(Part::Early)]),
    ("morgen frueh", &[S::Morrow, S::Part(Part::Early)]),
    ("drei viertel", &[S::ThreeQuarters]),
    ("nicht spaeter als", &[S::Until]),
    ("nicht frueher als", &[S::From]),
    ("drei viertel stunde", &[S::Unit(Unit::Minutes(45))]),
    ("am morgen", &[S::Part(Part::Early)]),
    ("jeden morgen", &[S::Every, S::Part(Part::Early)]),
    ("diesen morgen", &[S::Shifted(0), S::Part(Part::Early)]),
    ("diesen nachmittag", &[S::Shifted(0), S::Part(Part::Afternoon)]),
    ("diesen abend", &[S::Shifted(0), S::Part(Part::Evening)]),
    ("heute morgen", &[S::Shifted(0), S::Part(Part::Early)]),
    ("heut morgen", &[S::Shifted(0), S::Part(Part::Early)]),
    ("gestern morgen", &[S::Shifted(-1), S::Part(Part::Early)]),
    ("uebermorgen morgen", &[S::Shifted(2), S::Part(Part::Early)]),
    ("heuriges jahr", &[S::Which(Which::This), S::Unit(Unit::Year)]),
];

/// What a word means; nothing where it means nothing that we know. An empty list is a word that may stand anywhere.
pub fn meaning(word: &str) -> Option<Vec<Sense>> {
    if FILLERS.contains(&word) {
        return Some(vec![]);
    }
    let one = day_word(word).or_else(|| span_word(word)).or_else(|| clock_word(word)).or_else(|| joint(word));
    let one = one.or_else(|| numeral(word));
    one.map(|sense| vec![sense]).or_else(|| joined(word))
}

/// What stands before a name: "Herr Freitag" is no day.
pub const TITLES: [&str; 9] = ["heisse", "herr", "herrn", "frau", "fraeulein", "familie", "doktor", "dr", "name"];

/// Words that hesitate, are polite, or say "about", and may stand in the middle of any expression.
const FILLERS: &[&str] = &[
    "aeh",
    "aehm",
    "oeh",
    "eh",
    "ehm",
    "hm",
    "hmm",
    "mhm",
    "naja",
    "tja",
    "also",
    "so",
    "ja",
    "jo",
    "okay",
    "ok",
    "gut",
    "na",
    "dann",
    "denn",
    "mal",
    "halt",
    "eben",
    "eher",
    "noch",
    "schon",
    "auch",
    "gern",
    "gerne",
    "bitte",
    "danke",
    "vielleicht",
    "eventuell",
    "evtl",
    "ungefaehr",
    "circa",
    "zirka",
    "ca",
    "etwa",
    "gegen",
    "rum",
    "herum",
    "punkt",
    "genau",
    "exakt",
    "gleich",
    "direkt",
    "jetzt",
    "nun",
    "da",
    "doch",
    "lieber",
    "besser",
    "wohl",
    "sagen",
    "wir",
    "erst",
    "nur",
    "einfach",
    "ungefaehre",
    "schaetze",
    "naemlich",
    "quasi",
    "sozusagen",
    "irgendwie",
    "hallo",
    "servus",
    "gruess",
    "gott",
    "gruezi",
    "moin",
    "t",
    "z",
];

fn day_word(word: &str) -> Option<Sense> {
    weekday(word).map(S::Weekday).or_else(|| month(word).map(S::Month)).or_else(|| {
        Some(match word {
            "heute" | "heut" | "heutigen" | "heutiger" | "heutige" => S::Shifted(0),
            "morgen" => S::Morrow,
            "morgigen" | "morgiger" | "morgige" => S::Shifted(1),
            "uebermorgen" | "ubermorgen" => S::Shifted(2),
            "ueberuebermorgen" => S::Shifted(3),
            "gestern" | "gestrigen" => S::Shifted(-1),
            "vorgestern" => S::Shifted(-2),
            "vorvorgestern" => S::Shifted(-3),
            _ => return feast(word).map(S::Feast),
        })
    })
}

fn weekday(word: &str) -> Option<Weekday> {
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

fn month(word: &str) -> Option<i8> {
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

fn span_word(word: &str) -> Option<Sense> {
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

fn clock_word(word: &str) -> Option<Sense> {
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

fn joint(word: &str) -> Option<Sense> {
    Some(match word {
        "in" | "im" => S::In,
        "am" | "an" => S::On,
        "um" => S::At,
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
        | "nie" | "niemals" | "weder" | "ungern" | "schlecht" | "unguenstig" | "unmoeglich" | "verhindert" => S::Not,
        "nein" | "nee" | "ne" | "quatsch" | "korrigiere" | "korrektur" | "moment" | "vielmehr" | "falsch" | "sorry"
        | "entschuldigung" | "verzeihung" => S::Correction,
        "statt" | "anstatt" | "ausser" => S::Instead,
        "aber" | "sondern" | "dafuer" | "allerdings" | "stattdessen" => S::Contrast,
        "jeden" | "jede" | "jeder" | "jedes" | "jedem" | "immer" | "alle" | "woechentlich" | "taeglich"
        | "regelmaessig" => S::Every,
        "person" | "personen" | "leute" | "leuten" | "kind" | "kinder" | "kindern" | "gaeste" | "gaesten"
        | "erwachsene" | "erwachsenen" | "termin" | "termine" | "frauen" | "maenner" | "damen" | "herren" | "euro"
        | "plaetze" | "hunde" | "katzen" | "mann" => S::Counted,
        _ => return None,
    })
}

fn numeral(word: &str) -> Option<Sense> {
    let number = german_number(word).map(|value| S::Number { value, digits: 0 });
    number.or_else(|| german_ordinal(word).map(|value| S::Ordinal { value, written: false }))
}

/// "Dienstagnachmittag", "dienstags", "Spätnachmittag", "Freitagfrüh".
fn joined(word: &str) -> Option<Vec<Sense>> {
    if let Some(part) = word.strip_prefix("spaet").and_then(clock_word) {
        return Some(vec![S::Shade(Shade::Late), part]);
    }
    if let Some(span) = part_of_unit(word) {
        return Some(span);
    }
    let split = word.find("tag").map(|at| at + "tag".len()).or_else(|| word.starts_with("mittwoch").then_some(8))?;
    let day = S::Weekday(weekday(word.get(..split)?)?);
    match word.get(split..)? {
        "s" => Some(vec![S::Every, day]),
        "morgen" => Some(vec![day, S::Part(Part::Early)]),
        rest => clock_word(rest).filter(|sense| matches!(sense, S::Part(_))).map(|part| vec![day, part]),
    }
}

/// "Monatsende", "Wochenanfang", "Dezemberwoche".
fn part_of_unit(word: &str) -> Option<Vec<Sense>> {
    if let Some(month) = word.strip_suffix("woche").and_then(month) {
        return Some(vec![S::Unit(Unit::Week), S::Of, S::Month(month)]);
    }
    let units = [("wochen", Unit::Week), ("monats", Unit::Month), ("jahres", Unit::Year)];
    let (third, unit) = units.iter().find_map(|(stem, unit)| Some((word.strip_prefix(stem)?, *unit)))?;
    span_word(third).filter(|sense| matches!(sense, S::Third(_))).map(|third| vec![third, S::Unit(unit)])
}
