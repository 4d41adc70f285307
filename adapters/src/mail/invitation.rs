//! An appointment as calendars exchange it (RFC 5545, RFC 5546): one id for its whole life, a sequence that rises with
//! every change, all times in UTC.

use icalendar::{Calendar, Component, Event, EventLike, Property};
use jiff::Timestamp;
use std::fmt::{self, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub uid: String,
    pub sequence: u32,
    pub method: Method,
    pub start: Timestamp,
    pub end: Timestamp,
    pub summary: String,
    pub location: String,
    pub organizer: String,
    pub organizer_name: String,
    pub written_at: Timestamp,
}

impl Invitation {
    /// As a file; `attendee` is who is invited.
    pub fn file(&self, attendee: &str) -> Result<String, fmt::Error> {
        let status = match self.method {
            Method::Request => "CONFIRMED",
            Method::Cancel => "CANCELLED",
        };
        let mut event = Event::new();
        event
            .uid(&self.uid)
            .sequence(self.sequence)
            .summary(&self.summary)
            .location(&self.location)
            .add_property("DTSTAMP", utc(self.written_at))
            .add_property("DTSTART", utc(self.start))
            .add_property("DTEND", utc(self.end))
            .add_property("STATUS", status)
            .append_property(person("ORGANIZER", &self.organizer, Some(&self.organizer_name)))
            .append_property(person("ATTENDEE", attendee, None));
        let mut calendar = Calendar::new();
        calendar.append_property(Property::new("METHOD", self.method.as_str())).push(event);
        let mut file = String::new();
        write!(file, "{calendar}")?;
        Ok(file)
    }
}

fn person(role: &str, address: &str, name: Option<&str>) -> Property {
    let mut property = Property::new(role, format!("mailto:{address}"));
    if let Some(name) = name {
        // Quotation marks end a parameter, and nothing may stand for them.
        property.add_parameter("CN", &name.replace(['"', '\r', '\n'], " "));
    }
    property
}

fn utc(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}
