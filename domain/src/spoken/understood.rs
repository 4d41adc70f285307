//! What was understood of a text, and the word that machines know it by.

use jiff::civil::{Date, Time};

/// A reading to be asked about; where the time is missing only the day is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    pub date: Date,
    pub time: Option<Time>,
}

/// All dates and times are local. Only `Resolved` is certain enough to be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    Resolved {
        date: Date,
        time: Time,
    },
    /// A day or days, and the times of each of them between which it should be; ends that are not there are open.
    Window {
        from_date: Date,
        to_date: Option<Date>,
        from: Option<Time>,
        to: Option<Time>,
    },
    NeedsTime {
        date: Date,
    },
    /// A time, or a window of times, whose day was not said.
    NeedsDate {
        from: Option<Time>,
        to: Option<Time>,
    },
    /// Several honest readings, or a single one that something speaks against. Without candidates, a span of days.
    Ambiguous {
        candidates: Vec<Candidate>,
    },
    /// The clocks go forward over this time.
    Skipped {
        date: Date,
        time: Time,
    },
    /// The clocks go back and run through this time again.
    Twice {
        date: Date,
        time: Time,
    },
    Past {
        date: Date,
        time: Option<Time>,
    },
    Unreadable,
}

impl Understood {
    /// One of the six words of the outward contract. A time without its day, and one that comes twice, are ambiguous; a
    /// time that does not exist leaves a day that needs one.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Resolved { .. } => "resolved",
            Self::Window { .. } => "window",
            Self::NeedsTime { .. } | Self::Skipped { .. } => "needs_time",
            Self::NeedsDate { .. } | Self::Ambiguous { .. } | Self::Twice { .. } => "ambiguous",
            Self::Past { .. } => "past",
            Self::Unreadable => "unreadable",
        }
    }

    /// The readings to choose from; none where there is nothing to choose.
    pub fn candidates(&self) -> Vec<Candidate> {
        match self {
            Self::Ambiguous { candidates } => candidates.clone(),
            Self::Twice { date, time } => vec![Candidate { date: *date, time: Some(*time) }],
            _ => vec![],
        }
    }
}
