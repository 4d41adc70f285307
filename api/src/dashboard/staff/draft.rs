//! What somebody has filled in: a week and the days that differ from it, as fields hold them, and the hours that they mean.
//! Blank fields mean nothing, so that a form can always offer one more.

use super::week;
use crate::dashboard::Form;
use crate::dashboard::page::Page;
use crate::problem::Problem;
use jiff::civil::{Date, Time};
use ringbuch_domain::company::{DayOverride, WeeklyHours, Window};
use std::collections::BTreeSet;

/// More special days than anybody fills in.
const MOST: usize = 400;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// From Monday to Sunday.
    pub days: Vec<Vec<Typed>>,
    pub special: Vec<Special>,
    /// Days that differ and are over; they stay as they are.
    pub past: Vec<DayOverride>,
    pub why: String,
}

/// A day that differs; without windows it is off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Special {
    pub date: String,
    pub windows: Vec<Typed>,
    /// It shall be as its weekday again.
    pub dropped: bool,
}

/// A window as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub from: String,
    pub to: String,
}

/// What cannot be followed, by the key of its text, and on which day.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    key: &'static str,
    day: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// 1 = Monday.
    Weekday(i8),
    /// As it was typed.
    Date(String),
}

impl Fault {
    pub fn told(&self, page: &Page) -> String {
        let day = match &self.day {
            Some(Place::Weekday(weekday)) => page.word("staff.day", weekday),
            Some(Place::Date(date)) => date.parse().map_or_else(|_| date.clone(), |date| week::date(page, date)),
            None => String::new(),
        };
        page.say(self.key).with("day", day).to_string()
    }
}

impl Draft {
    /// Hours as they stand, with room for more. `today` parts what is over from what can still be changed.
    pub fn of(weekly: &[WeeklyHours], overrides: &[DayOverride], today: Date) -> Self {
        let special = |it: &DayOverride| Special {
            date: it.date.to_string(),
            windows: it.windows.iter().map(Typed::of).collect(),
            dropped: false,
        };
        let (past, ahead): (Vec<_>, Vec<_>) = overrides.iter().cloned().partition(|it| it.date < today);
        let mut special: Vec<Special> = ahead.iter().map(special).collect();
        special.sort_by(|one, other| one.date.cmp(&other.date));
        let days = (1..=7).map(|weekday| week::on(weekly, weekday).iter().map(Typed::of).collect()).collect();
        Self { days, special, past, why: String::new() }.with_room()
    }

    /// One window more than there are on each day, and two more days that differ.
    pub fn with_room(mut self) -> Self {
        self.special.extend([Special::default(), Special::default()]);
        for windows in self.days.iter_mut().chain(self.special.iter_mut().map(|it| &mut it.windows)) {
            let room = (windows.len() + 1).max(2);
            windows.resize_with(room, Typed::default);
        }
        self
    }

    pub fn read(form: &Form) -> Result<Self, Problem> {
        let days = (1..=7).map(|weekday| typed(form, &weekday.to_string())).collect();
        let past = form.text("past").unwrap_or("[]");
        let past = serde_json::from_str(past).map_err(|_| Problem::body("The field 'past' is not as it was sent."))?;
        let special = (0..MOST).map_while(|place| special(form, place)).filter(|it| !it.is_blank()).collect();
        Ok(Self { days, special, past, why: form.text("why").unwrap_or_default().to_owned() })
    }

    pub fn weekly(&self) -> Result<Vec<WeeklyHours>, Fault> {
        let mut weekly = vec![];
        for (weekday, typed) in (1..).zip(&self.days) {
            let windows = windows(typed, &Place::Weekday(weekday))?;
            weekly.extend(windows.into_iter().map(|window| WeeklyHours { weekday, window }));
        }
        Ok(weekly)
    }

    pub fn overrides(&self) -> Result<Vec<DayOverride>, Fault> {
        let mut seen = BTreeSet::new();
        let kept = self.special.iter().filter(|it| !it.dropped);
        let ahead = kept.map(|it| {
            let place = Place::Date(it.date.clone());
            let unreadable = |_| Fault { key: "staff.fault_date", day: None };
            let date: Date = it.date.parse().map_err(unreadable)?;
            if !seen.insert(date) {
                return Err(Fault { key: "staff.fault_twice", day: Some(place) });
            }
            Ok(DayOverride { date, windows: windows(&it.windows, &place)? })
        });
        self.past.iter().cloned().map(Ok).chain(ahead).collect()
    }

    /// Why hours are changed is kept beside the change.
    pub fn reason(&self) -> Result<&str, Fault> {
        if self.why.is_empty() { Err(Fault { key: "staff.fault_why", day: None }) } else { Ok(&self.why) }
    }
}

fn typed(form: &Form, of: &str) -> Vec<Typed> {
    let (from, to) = (format!("from-{of}"), format!("to-{of}"));
    let pairs = form.all(&from).zip(form.all(&to));
    let typed = pairs.map(|(from, to)| Typed { from: from.trim().into(), to: to.trim().into() });
    typed.filter(|it| *it != Typed::default()).collect()
}

fn special(form: &Form, place: usize) -> Option<Special> {
    Some(Special {
        date: form.raw(&format!("date-{place}"))?.trim().to_owned(),
        windows: typed(form, &format!("on-{place}")),
        dropped: form.text(&format!("drop-{place}")).is_some(),
    })
}

impl Special {
    fn is_blank(&self) -> bool {
        self.date.is_empty() && self.windows.is_empty()
    }
}

impl Typed {
    fn of(window: &Window) -> Self {
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        Self { from: clock(window.from), to: clock(window.to) }
    }

    fn window(&self, day: &Place) -> Result<Window, Fault> {
        let fault = |key| Fault { key, day: Some(day.clone()) };
        if self.from.is_empty() || self.to.is_empty() {
            return Err(fault("staff.fault_half"));
        }
        let time = |text: &str| text.parse::<Time>().map_err(|_| fault("staff.fault_time"));
        let window = Window { from: time(&self.from)?, to: time(&self.to)? };
        let forwards = window.from < window.to || window.to == Time::midnight();
        if forwards { Ok(window) } else { Err(fault("staff.fault_order")) }
    }
}

/// In order, and none into another.
fn windows(typed: &[Typed], day: &Place) -> Result<Vec<Window>, Fault> {
    let mut windows: Vec<Window> = typed.iter().map(|it| it.window(day)).collect::<Result<_, _>>()?;
    windows.sort_by_key(|window| window.from);
    let begins = windows.iter().skip(1).map(|window| window.from);
    let overlap = windows.iter().zip(begins).any(|(window, next)| window.to == Time::midnight() || window.to > next);
    if overlap { Err(Fault { key: "staff.fault_overlap", day: Some(day.clone()) }) } else { Ok(windows) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn read(form: &str) -> Draft {
        Draft::read(&Form::read(form.as_bytes()).unwrap()).unwrap()
    }

    fn window(from: i8, to: i8) -> Window {
        Window { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
    }

    #[test]
    fn blank_fields_mean_nothing_and_windows_come_in_order() {
        let draft = read("from-1=13:00&to-1=00:00&from-1=09:00&to-1=12:00&from-1=&to-1=&from-2=&to-2=&why=Umbau");
        let monday = [window(9, 12), window(13, 0)].map(|window| WeeklyHours { weekday: 1, window });
        assert_eq!(draft.weekly(), Ok(monday.to_vec()));
        assert_eq!((draft.overrides(), draft.reason()), (Ok(vec![]), Ok("Umbau")));
    }

    #[test]
    fn special_days_are_hours_or_off_and_what_is_over_stays() {
        let over = r#"[{"date":"2025-01-02","windows":[]}]"#;
        let form = format!(
            "past={over}&date-0=2025-12-24&from-on-0=09:00&to-on-0=12:00&date-1=2025-12-31&date-2=2026-01-02&drop-2=yes\
             &date-3="
        );
        let overrides = read(&form).overrides().unwrap();
        let told: Vec<_> = overrides.iter().map(|it| (it.date, it.windows.clone())).collect();
        let eve = (date(2025, 12, 24), vec![window(9, 12)]);
        assert_eq!(told, [(date(2025, 1, 2), vec![]), eve, (date(2025, 12, 31), vec![])]);
    }

    #[test]
    fn what_cannot_be_followed_is_named_with_its_day() {
        for (form, key) in [
            ("from-3=09:00&to-3=", "staff.fault_half"),
            ("from-3=nine&to-3=12:00", "staff.fault_time"),
            ("from-3=12:00&to-3=09:00", "staff.fault_order"),
            ("from-3=09:00&to-3=12:00&from-3=11:59&to-3=13:00", "staff.fault_overlap"),
            ("from-3=09:00&to-3=00:00&from-3=11:00&to-3=13:00", "staff.fault_overlap"),
        ] {
            let fault = read(form).weekly().unwrap_err();
            assert_eq!(fault, Fault { key, day: Some(Place::Weekday(3)) }, "{form}");
        }
        let touching = read("from-3=09:00&to-3=12:00&from-3=12:00&to-3=13:00");
        assert_eq!(touching.weekly().unwrap().len(), 2);
        for (form, key) in [
            ("date-0=soon&from-on-0=09:00&to-on-0=10:00", "staff.fault_date"),
            ("date-0=&from-on-0=09:00&to-on-0=10:00", "staff.fault_date"),
            ("date-0=2025-12-24&date-1=2025-12-24", "staff.fault_twice"),
        ] {
            assert_eq!(read(form).overrides().unwrap_err().key, key, "{form}");
        }
        assert_eq!(read("why=+").reason().unwrap_err().key, "staff.fault_why");
    }

    #[test]
    fn hours_that_are_sent_back_unchanged_are_the_same() {
        let weekly: Vec<_> = [1, 3].map(|weekday| WeeklyHours { weekday, window: window(9, 18) }).to_vec();
        let overrides = vec![
            DayOverride { date: date(2025, 1, 2), windows: vec![] },
            DayOverride { date: date(2025, 12, 24), windows: vec![window(9, 12)] },
        ];
        let draft = Draft::of(&weekly, &overrides, date(2025, 6, 1));
        assert_eq!((draft.days[0].len(), draft.days[1].len(), draft.special.len()), (2, 2, 3));
        let window = |of: String, it: &Typed| format!("from-{of}={}&to-{of}={}", it.from, it.to);
        let week =
            (1..).zip(&draft.days).flat_map(|(day, typed)| typed.iter().map(move |it| window(day.to_string(), it)));
        let special = draft.special.iter().enumerate().flat_map(|(place, it)| {
            let windows = it.windows.iter().map(move |it| window(format!("on-{place}"), it));
            [format!("date-{place}={}", it.date)].into_iter().chain(windows)
        });
        let past = format!("past={}", serde_json::to_string(&draft.past).unwrap());
        let form = [past].into_iter().chain(week).chain(special).collect::<Vec<_>>().join("&");
        let again = read(&form);
        assert_eq!((again.weekly(), again.overrides()), (Ok(weekly), Ok(overrides)));
    }
}
