//! Which mail is due for a booking as it stands now, against what its customer was told last. Asked when something has
//! happened, however long ago: what was overtaken meanwhile is not told.

use super::correspondence::{Correspondence, Told};
use super::event::{MailKind, Occasion};
use super::settings::{MailSettings, is_address};
use crate::diary::{Booking, Standing};
use jiff::{SignedDuration, Timestamp};

/// What is known when a mail may be due.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub settings: &'a MailSettings,
    pub booking: &'a Booking,
    /// Where the addresses lead that stand in for missing ones.
    pub placeholder_domain: &'a str,
    pub occasion: Occasion,
    /// When it happened.
    pub happened_at: Timestamp,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The address, what to tell, and the sequence of the invitation.
    Send { to: String, mail: MailKind, sequence: u32 },
    /// With a stable word that says why not.
    Skip(&'static str),
}

/// A caller at the desk hears within this time what came of a wish; what takes longer was "noted" to them.
const HEARD_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// Cal.com's own stand-in for people without an address.
const STAND_IN_OF_CALENDAR: &str = "sms.cal.com";

pub fn due(facts: &Facts<'_>, before: &Correspondence) -> Verdict {
    if !facts.settings.on {
        return Verdict::Skip("switched_off");
    }
    if facts.booking.slot.start <= facts.now {
        return Verdict::Skip("past");
    }
    let to = match address(facts) {
        Ok(to) => to,
        Err(why) => return Verdict::Skip(why),
    };
    let found = match facts.occasion {
        Occasion::Reminder => reminder(facts.booking, before.told),
        Occasion::News => news(facts, before.told),
    };
    found.map_or_else(Verdict::Skip, |(mail, sequence)| Verdict::Send { to, mail, sequence })
}

fn address(facts: &Facts<'_>) -> Result<String, &'static str> {
    let contact = facts.booking.request.private.known().ok_or("forgotten")?;
    let host = contact.email.rsplit_once('@').map_or("", |(_, host)| host);
    let stands_in = [facts.placeholder_domain, STAND_IN_OF_CALENDAR].iter().any(|it| host.eq_ignore_ascii_case(it));
    if stands_in || !is_address(&contact.email) { Err("no_address") } else { Ok(contact.email.clone()) }
}

fn reminder(booking: &Booking, told: Option<Told>) -> Result<(MailKind, u32), &'static str> {
    match booking.standing {
        Standing::Confirmed => Ok((MailKind::Reminder, told.map_or(0, |told| told.sequence))),
        _ => Err("does_not_stand"),
    }
}

fn news(facts: &Facts<'_>, told: Option<Told>) -> Result<(MailKind, u32), &'static str> {
    let booking = facts.booking;
    let next = told.map_or(0, |told| told.sequence.saturating_add(1));
    let live = told.filter(|told| !told.cancelled);
    if booking.standing == Standing::Failed {
        return if told.is_none() && was_noted(facts) { Ok((MailKind::Regret, 0)) } else { Err("told_on_the_phone") };
    }
    if facts.settings.calendar_mails {
        return Err("calendar_mails");
    }
    match (booking.standing, live) {
        (Standing::Confirmed, None) => Ok((MailKind::Confirmation, next)),
        (Standing::Confirmed, Some(told)) if told.start == booking.slot.start => Err("nothing_new"),
        (Standing::Confirmed, Some(_)) => Ok((MailKind::Move, next)),
        (Standing::Cancelled, Some(_)) => Ok((MailKind::Cancellation, next)),
        (Standing::Cancelled, None) => Err("never_told"),
        _ => Err("does_not_stand"),
    }
}

/// A wish that is taken up after the call, or that the desk could not settle while the caller was there. Whoever books by
/// hand sees for themselves what came of it.
fn was_noted(facts: &Facts<'_>) -> bool {
    let request = &facts.booking.request;
    let late = facts.happened_at.duration_since(request.requested_at) > HEARD_WITHIN;
    request.source == "call" || (request.source == "desk" && late)
}
