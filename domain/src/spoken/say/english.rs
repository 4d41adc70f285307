//! Dates and times in English.

use super::Case;
use jiff::civil::{Date, Time};

pub fn date(date: Date, case: Case) -> String {
    let day = date.day();
    let ending = match (day % 10, day / 10) {
        (1, tens) if tens != 1 => "st",
        (2, tens) if tens != 1 => "nd",
        (3, tens) if tens != 1 => "rd",
        _ => "th",
    };
    // The names of the calendar's own formatter are English.
    let named = format!("{} {day}{ending}", date.strftime("%A, %B"));
    if case == Case::On { format!("on {named}") } else { named }
}

/// Halves and quarters of the hours in which nobody asks whether morning or evening is meant; all else with "am" or "pm".
pub fn clock(time: Time) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    let in_office_hours = (8..18).contains(&hour);
    let half = if hour < 12 { "am" } else { "pm" };
    let of_face = if hour % 12 == 0 { 12 } else { hour % 12 };
    match minute {
        15 if in_office_hours => format!("a quarter past {}", face(hour)),
        30 if in_office_hours => format!("half past {}", face(hour)),
        45 if in_office_hours => format!("a quarter to {}", face(hour + 1)),
        0 => format!("{of_face} {half}"),
        _ => format!("{of_face}:{minute:02} {half}"),
    }
}

fn face(hour: i8) -> &'static str {
    match hour % 12 {
        1 => "one",
        2 => "two",
        3 => "three",
        4 => "four",
        5 => "five",
        6 => "six",
        7 => "seven",
        8 => "eight",
        9 => "nine",
        10 => "ten",
        11 => "eleven",
        _ => "twelve",
    }
}
