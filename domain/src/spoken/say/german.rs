//! Dates and times in German.

use super::Case;
use jiff::civil::{Date, Time, Weekday};

pub fn date(date: Date, case: Case) -> String {
    let (weekday, month) = (weekday(date.weekday()), month(date.month()));
    let day = date.day();
    match case {
        Case::Subject => format!("{weekday}, der {day}. {month}"),
        Case::Object => format!("{weekday}, den {day}. {month}"),
        Case::On => format!("am {weekday}, dem {day}. {month}"),
    }
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Montag",
        Weekday::Tuesday => "Dienstag",
        Weekday::Wednesday => "Mittwoch",
        Weekday::Thursday => "Donnerstag",
        Weekday::Friday => "Freitag",
        Weekday::Saturday => "Samstag",
        Weekday::Sunday => "Sonntag",
    }
}

fn month(month: i8) -> &'static str {
    match month {
        1 => "Januar",
        2 => "Februar",
        3 => "März",
        4 => "April",
        5 => "Mai",
        6 => "Juni",
        7 => "Juli",
        8 => "August",
        9 => "September",
        10 => "Oktober",
        11 => "November",
        _ => "Dezember",
    }
}

/// Halves and quarters of the hours in which nobody asks whether morning or evening is meant; all else as on a timetable.
pub fn clock(time: Time) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    let in_office_hours = (8..18).contains(&hour);
    match minute {
        15 if in_office_hours => format!("Viertel nach {}", face(hour)),
        30 if in_office_hours => format!("halb {}", face(hour + 1)),
        45 if in_office_hours => format!("Viertel vor {}", face(hour + 1)),
        // A single figure would be heard as an hour of the afternoon.
        _ if (1..7).contains(&hour) => format!("{} früh", of_timetable(hour, minute)),
        _ => of_timetable(hour, minute),
    }
}

fn of_timetable(hour: i8, minute: i8) -> String {
    match minute {
        0 => format!("{hour} Uhr"),
        5 | 10.. => format!("{hour} Uhr {minute}"),
        _ => format!("{hour} Uhr {minute:02}"),
    }
}

fn face(hour: i8) -> &'static str {
    match hour % 12 {
        1 => "eins",
        2 => "zwei",
        3 => "drei",
        4 => "vier",
        5 => "fünf",
        6 => "sechs",
        7 => "sieben",
        8 => "acht",
        9 => "neun",
        10 => "zehn",
        11 => "elf",
        _ => "zwölf",
    }
}
