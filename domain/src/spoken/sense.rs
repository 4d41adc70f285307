//! What a word can mean in an expression of time, in any language.

use super::feast::Feast;
use jiff::civil::Weekday;

/// The meaning of one token. What means nothing to times is `Unknown`, and whatever hesitates or is polite is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// A number in words (no digits) or in figures ("05" has two digits).
    Number {
        value: u32,
        digits: u8,
    },
    /// "24." is written, "vierundzwanzigsten" is not.
    Ordinal {
        value: u32,
        written: bool,
    },
    /// "ein", "eine", "a": one of something, or nothing but an article.
    One,
    /// A number of halves: "anderthalb" has three.
    Halves(u32),
    /// A date with its year, as read from figures.
    Date {
        year: i16,
        month: i8,
        day: i8,
    },
    /// "24.11.", "14.30": a date or a time; closed by a dot, rather a date.
    Dotted {
        first: u32,
        second: u32,
        closed: bool,
    },
    Slashed {
        first: u32,
        second: u32,
        year: Option<i16>,
    },
    /// "03:00" is padded, "3:00" is not.
    Clock {
        hour: u32,
        minute: u32,
        padded: bool,
    },
    /// A date or time in figures that cannot be.
    Impossible,
    /// Figures too long for dates and times: telephone numbers and the like.
    Figures,
    /// "Z", "+02:00": a time of some other zone.
    Foreign,

    Weekday(Weekday),
    Month(i8),
    /// "heute" is 0, "morgen" 1, "gestern" -1.
    Shifted(i64),
    /// "morgen" after a weekday is its morning.
    Morrow,
    Feast(Feast),
    /// The Sundays before Christmas, which are counted.
    Advent,
    Which(Which),
    Unit(Unit),
    Third(Third),
    CalendarWeek,
    Within,
    Soon,

    Part(Part),
    Shade(Shade),
    Half,
    Quarter,
    ThreeQuarters,
    OClock,
    Am,
    Pm,
    Noon,
    Midnight,
    Shortly,
    Anytime,

    In,
    On,
    At,
    /// "von": begins a range and joins.
    Of,
    /// "to": ends a range, or stands before the hour.
    To,
    /// "ab".
    From,
    /// "bis".
    Until,
    Between,
    Before,
    After,
    /// "später", "danach", "from now".
    Later,
    /// Of several that were offered.
    Earliest,
    Latest,
    /// "früher", "davor", "ago".
    Earlier,
    Ago,
    And,
    Or,
    Article,
    Comma,
    Dash,

    Not,
    /// "nein", "Quatsch": what was said before is taken back.
    Correction,
    /// "beim Arzt", "in Urlaub", "schon etwas vor": what is said of a time may say why it cannot be.
    Elsewhere,
    /// "statt", "außer": what comes next is not meant.
    Instead,
    /// "aber", "sondern": something new begins.
    Contrast,
    /// "jeden", "immer".
    Every,
    /// "anderen", "darauffolgenden": not the one that the words beside it name.
    Other,
    /// "oh": a nought between figures, or nothing.
    Oh,
    /// People and things that are counted beside a time.
    Counted,
    Unknown,
}

impl Sense {
    /// Whether a range may begin or end with it, so that a dash beside it is more than a hyphen.
    pub fn may_begin(self) -> bool {
        match self {
            Self::Number { digits, .. } => digits > 0,
            Self::Ordinal { .. } | Self::Weekday(_) | Self::Month(_) | Self::Am | Self::Pm | Self::OClock => true,
            sense => sense.is_written(),
        }
    }

    /// A date or a time in figures.
    fn is_written(self) -> bool {
        matches!(self, Self::Date { .. } | Self::Dotted { .. } | Self::Slashed { .. } | Self::Clock { .. })
    }

    /// Whether it bears on the time even where no rule makes anything of it.
    pub fn bears_on_time(self) -> bool {
        match self {
            Self::Before
            | Self::After
            | Self::Until
            | Self::Between
            | Self::Later
            | Self::Earlier
            | Self::Ago
            | Self::Half
            | Self::Quarter
            | Self::ThreeQuarters
            | Self::Halves(_)
            | Self::Shortly
            | Self::Third(_)
            | Self::Unit(Unit::Week | Unit::Fortnight | Unit::Month | Unit::Year)
            | Self::Every
            | Self::Within
            | Self::CalendarWeek
            | Self::Other
            | Self::Foreign
            | Self::Figures
            | Self::Impossible => true,
            sense => sense.is_written(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    This,
    Coming,
    Next,
    AfterNext,
    Last,
    BeforeLast,
    Same,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A stretch of so many minutes: a minute, a quarter of an hour, an hour.
    Minutes(i64),
    Day,
    Week,
    Weekend,
    Fortnight,
    Month,
    Year,
}

/// A third of a week, a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Third {
    Beginning,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// "früh", "morgens".
    Early,
    /// "morning", all of it.
    Morning,
    /// "vormittags".
    Forenoon,
    /// "mittags".
    Midday,
    Afternoon,
    Evening,
    /// "nach der Arbeit", and nobody knows whose hours.
    AfterWork,
    /// "nachts": the hours of that day before its morning and after its evening.
    Night,
    /// "Dienstag Nacht", which goes on into Wednesday.
    Overnight,
}

impl Part {
    /// "Früh am Vormittag" is one part and not two.
    pub fn goes_with(self, other: Self) -> bool {
        let before_noon = |part| matches!(part, Self::Early | Self::Morning | Self::Forenoon);
        let at_night = |part| matches!(part, Self::Evening | Self::Night | Self::Overnight);
        self == other || (before_noon(self) && before_noon(other)) || (at_night(self) && at_night(other))
    }
}

/// The early or the late half of a part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    Early,
    Late,
}
