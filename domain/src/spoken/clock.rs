//! Times of day as they are told: on the face of a clock, which counts to twelve, or written, which counts to 24.

use super::sense::{Part, Shade};

/// Minutes of half a day, the clock's face once around.
const FACE: u16 = 12 * 60;
const DAY: u16 = 24 * 60;

/// A time as it was told; `minute` counts from midnight, on a face from twelve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// "14:30", "03:00", "fünfzehn Uhr".
    Exact(u16),
    /// "halb drei", "acht Uhr": the part of the day decides, or else office hours.
    Face(u16),
    /// "6:30", which some write for the morning alone and some do not.
    Unsure(u16),
    /// The beginning of the day or its end.
    Midnight,
}

impl Clock {
    /// A time by its hour, told or written without a leading zero, and its minute.
    pub fn told(hour: u32, minute: i32) -> Option<Self> {
        let hour_minutes = i32::try_from(hour).ok()?.checked_mul(60)?;
        if (1..=12).contains(&hour) {
            return Some(Self::Face(u16::try_from((hour_minutes + minute).rem_euclid(i32::from(FACE))).ok()?));
        }
        Self::exact(hour_minutes + minute)
    }

    /// A time by its hour, written so that it can mean only one.
    pub fn written(hour: u32, minute: u32) -> Option<Self> {
        Self::exact(i32::try_from(hour * 60 + minute).ok()?)
    }

    /// 24:00 is the end of a day; nothing comes after it.
    fn exact(minute: i32) -> Option<Self> {
        u16::try_from(minute).ok().filter(|minute| *minute <= DAY).map(Self::Exact)
    }

    pub fn with_half_of_day(self, afternoon: bool) -> Option<Self> {
        match self {
            Self::Face(minute) | Self::Unsure(minute) => {
                Some(Self::Exact(minute % FACE + if afternoon { FACE } else { 0 }))
            }
            // "14:30 pm" is said, and means what it says.
            Self::Exact(minute) => (afternoon == (minute >= FACE)).then_some(self),
            Self::Midnight => None,
        }
    }

    /// The minutes of the day that may be meant; none where the part of the day contradicts the time.
    pub fn minutes(self, part: Option<Part>) -> Vec<u16> {
        let fits = |minute: &u16| part.is_none_or(|part| is_called(*minute, part));
        match self {
            Self::Exact(minute) => [minute].into_iter().filter(fits).collect(),
            Self::Face(minute) if part.is_none() => vec![in_office_hours(minute)],
            // "Zwölf Uhr nachts" is midnight.
            Self::Face(0) if matches!(part, Some(Part::Night | Part::Overnight)) => vec![0, DAY],
            Self::Face(minute) | Self::Unsure(minute) => {
                [minute % FACE, minute % FACE + FACE].into_iter().filter(fits).collect()
            }
            Self::Midnight => vec![0, DAY],
        }
    }

    /// The end of a range that begins at a minute of the day: "zwischen elf und drei" ends in the afternoon.
    pub fn minute_after(self, start: u16, part: Option<Part>) -> Option<u16> {
        let ends = match self {
            Self::Exact(minute) => vec![minute],
            Self::Midnight => vec![DAY],
            Self::Face(_) | Self::Unsure(_) => self.minutes(part),
        };
        let later =
            |minute: u16| if minute > start { Some(minute) } else { Some(minute + FACE).filter(|it| *it > start) };
        let movable = matches!(self, Self::Face(_) | Self::Unsure(_));
        ends.iter()
            .copied()
            .find(|end| *end > start)
            .or_else(|| ends.first().copied().filter(|_| movable).and_then(later))
    }
}

/// Hours up to six mean the afternoon, those from seven the morning, as in office hours.
fn in_office_hours(minute: u16) -> u16 {
    if minute < 7 * 60 { minute + FACE } else { minute }
}

/// Whether people may call a minute of the day so, generously.
fn is_called(minute: u16, part: Part) -> bool {
    const fn at(hour: u16, minute: u16) -> u16 {
        hour * 60 + minute
    }
    let between = |from, to| (from..=to).contains(&minute);
    match part {
        Part::Early | Part::Morning => between(at(1, 0), at(11, 59)),
        Part::Forenoon => between(at(6, 0), at(12, 0)),
        Part::Midday => between(at(10, 30), at(15, 0)),
        Part::Afternoon => between(at(12, 0), at(18, 59)),
        Part::AfterWork => between(at(15, 0), at(20, 59)),
        Part::Evening => between(at(16, 0), at(23, 59)),
        Part::Night | Part::Overnight => between(at(0, 0), at(5, 59)) || between(at(20, 0), DAY),
    }
}

/// The window that a part of the day is, in minutes; the night has no end on its own day.
pub fn window(part: Part, shade: Option<Shade>) -> (u16, Option<u16>) {
    let (from, middle, to) = match part {
        Part::Early => (6, 8, 10),
        Part::Morning => (6, 9, 12),
        Part::Forenoon => (8, 10, 12),
        Part::Midday => (12, 13, 14),
        Part::Afternoon => (12, 15, 18),
        Part::AfterWork => (17, 18, 20),
        Part::Evening => (18, 20, 22),
        Part::Night | Part::Overnight => return (22 * 60, None),
    };
    match shade {
        None => (from * 60, Some(to * 60)),
        Some(Shade::Early) => (from * 60, Some(middle * 60)),
        Some(Shade::Late) => (middle * 60, Some(to * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_face_mean_office_hours() {
        let meant = |hour, minute| Clock::told(hour, minute).map(|clock| clock.minutes(None));
        for (hour, minute, expected) in
            [(3, 0, 15 * 60), (7, 0, 7 * 60), (12, 0, 12 * 60), (1, -30, 12 * 60 + 30), (7, -15, 18 * 60 + 45)]
        {
            assert_eq!(meant(hour, minute), Some(vec![expected]), "{hour} {minute}");
        }
        assert_eq!(meant(25, 0), None);
        assert_eq!(meant(24, 0), Some(vec![DAY]));
    }

    #[test]
    fn a_part_of_the_day_decides_or_contradicts() {
        let meant = |hour, part| Clock::told(hour, 0).map(|clock| clock.minutes(Some(part)));
        assert_eq!(meant(8, Part::Evening), Some(vec![20 * 60]));
        assert_eq!(meant(3, Part::Night), Some(vec![3 * 60]));
        assert_eq!(meant(10, Part::Afternoon), Some(vec![]));
        assert_eq!(meant(14, Part::Forenoon), Some(vec![]));
    }

    #[test]
    fn a_range_ends_after_it_begins() {
        let end = |hour, start: u16| Clock::told(hour, 0).and_then(|clock| clock.minute_after(start * 60, None));
        assert_eq!(end(3, 11), Some(15 * 60));
        assert_eq!(end(7, 17), Some(19 * 60));
        assert_eq!(end(5, 9), Some(17 * 60));
        assert_eq!(end(14, 16), None);
    }
}
