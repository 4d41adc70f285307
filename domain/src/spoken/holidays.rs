//! Public holidays of the German federal states. The source is each state's own law on Sundays and holidays (for
//! Bavaria the Feiertagsgesetz, for Berlin the Gesetz über die Sonn- und Feiertage, and so on) as in force in 2026; what
//! holds in single municipalities only (Corpus Christi in parts of Saxony and Thuringia, Assumption in Catholic parts of
//! Bavaria, the Peace Festival of Augsburg) is left to the branch.

use super::feast::Feast;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A federal state, by the two letters that official statistics and ISO 3166-2:DE have for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    Bb,
    Be,
    Bw,
    By,
    Hb,
    He,
    Hh,
    Mv,
    Ni,
    Nw,
    Rp,
    Sh,
    Sl,
    Sn,
    St,
    Th,
}

impl State {
    const ALL: [(&'static str, Self); 16] = [
        ("BB", Self::Bb),
        ("BE", Self::Be),
        ("BW", Self::Bw),
        ("BY", Self::By),
        ("HB", Self::Hb),
        ("HE", Self::He),
        ("HH", Self::Hh),
        ("MV", Self::Mv),
        ("NI", Self::Ni),
        ("NW", Self::Nw),
        ("RP", Self::Rp),
        ("SH", Self::Sh),
        ("SL", Self::Sl),
        ("SN", Self::Sn),
        ("ST", Self::St),
        ("TH", Self::Th),
    ];

    /// Its two letters.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(code, _)| code)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a federal state is one of BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH")]
pub struct NoState;

impl FromStr for State {
    type Err = NoState;

    fn from_str(text: &str) -> Result<Self, NoState> {
        let wanted = text.trim().trim_start_matches("DE-");
        Self::ALL.iter().find(|(code, _)| code.eq_ignore_ascii_case(wanted)).map(|(_, state)| *state).ok_or(NoState)
    }
}

use State::{Bb, Be, Bw, By, Hb, He, Hh, Mv, Ni, Nw, Rp, Sh, Sl, Sn, St, Th};

/// The holidays of every state, or of those named.
const HOLIDAYS: [(Feast, &[State]); 19] = [
    (Feast::NewYear, &[]),
    (Feast::Epiphany, &[Bw, By, St]),
    (Feast::WomensDay, &[Be, Mv]),
    (Feast::GoodFriday, &[]),
    (Feast::EasterSunday, &[Bb]),
    (Feast::EasterMonday, &[]),
    (Feast::LabourDay, &[]),
    (Feast::Ascension, &[]),
    (Feast::WhitSunday, &[Bb]),
    (Feast::WhitMonday, &[]),
    (Feast::CorpusChristi, &[Bw, By, He, Nw, Rp, Sl]),
    (Feast::Assumption, &[Sl]),
    (Feast::ChildrensDay, &[Th]),
    (Feast::GermanUnity, &[]),
    (Feast::Reformation, &[Bb, Hb, Hh, Mv, Ni, Sh, Sn, St, Th]),
    (Feast::AllSaints, &[Bw, By, Nw, Rp, Sl]),
    (Feast::Repentance, &[Sn]),
    (Feast::ChristmasDay, &[]),
    (Feast::SecondChristmasDay, &[]),
];

/// Berlin's law names two days that are holidays once.
const ONCE: [(Date, State); 2] = [(date(2025, 5, 8), Be), (date(2028, 6, 17), Be)];

/// Whether the day is a public holiday in that state.
pub fn is_holiday(day: Date, state: State) -> bool {
    ONCE.contains(&(day, state)) || holiday(day, state).is_some()
}

/// The holiday of that day in that state, where it has a name.
pub fn holiday(day: Date, state: State) -> Option<Feast> {
    let here = HOLIDAYS.iter().filter(|(_, states)| states.is_empty() || states.contains(&state));
    here.map(|(feast, _)| *feast).find(|feast| feast.day(day.year()) == Some(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    /// How many each state's law names; in Brandenburg two of them are Sundays.
    #[test]
    fn every_state_has_as_many_as_its_law_names() {
        let counts = [12, 10, 12, 12, 10, 10, 10, 11, 10, 11, 11, 10, 12, 11, 11, 11];
        for ((code, state), count) in State::ALL.into_iter().zip(counts) {
            let days = date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026);
            assert_eq!(days.filter(|day| is_holiday(*day, state)).count(), count, "{code}");
            assert_eq!(code.to_lowercase().parse(), Ok(state));
        }
        assert_eq!("XX".parse::<State>(), Err(NoState));
    }

    #[test]
    fn holidays_that_differ() {
        assert_eq!(holiday(date(2026, 11, 18), Sn), Some(Feast::Repentance));
        assert!(!is_holiday(date(2026, 11, 18), By));
        assert!(is_holiday(date(2026, 6, 4), Nw) && !is_holiday(date(2026, 6, 4), Be));
        assert!(is_holiday(date(2028, 6, 17), Be) && !is_holiday(date(2027, 6, 17), Be));
        assert!(is_holiday(date(2026, 4, 6), Hh) && !is_holiday(date(2026, 12, 24), Hh));
    }
}
