//! The desk's functions as tools, for a voice agent with a caller on the line. They read whatever models fill in, in German
//! and English, as the signed functions do; the call is the one that the header X-Call-Id names.

use crate::mcp::tool::{Act, Field, Kind, Nature, Place, Tool};

const fn said(name: &'static str, about: &'static str) -> Field {
    Field::new(name, Kind::Text(2_000), Place::Own, about)
}

const DATE: Field = said("date", "The day as the caller said it, such as 'nächsten Dienstag' or 2026-03-02.");
const TIME: Field = said("time", "The time as the caller said it, such as 'halb elf' or 10:30.");
const SERVICE: Field = said("service", "The service as the caller called it.");
const STAFF: Field = said("staff", "With whom, where the caller cares.");
const BRANCH: Field = said("branch", "Name of another branch.");
const LANGUAGE: Field = said("language", "de or en.");
const OFFER: Field = said("offer_id", "The offer_id of an offer of this call.");
const APPOINTMENT: Field = said("appointment_id", "The appointment_id that was told to this call.");
const NAME: Field = said("name", "The caller's name.");
const PHONE: Field = said("phone", "A number to call back.");
const EMAIL: Field = said("email", "The caller's address.");
const NOTES: Field = said("notes", "What else was said.");

const ANSWER: &str = "success: truth, message: text, reason: text?, next_step: text?";

const fn tool(
    name: &'static str,
    title: &'static str,
    about: &'static str,
    nature: Nature,
    input: &'static [Field],
) -> Tool {
    Tool { name, title, about, nature, input, output: ANSWER, act: Act::Desk }
}

pub static TOOLS: &[Tool] = &[
    tool(
        "check_availability",
        "Check a time",
        "Whether a time is free, and what else is; say what 'message' says. Offers carry an offer_id for hold and book.",
        Nature::Asks,
        &[DATE, TIME, SERVICE, STAFF, BRANCH, LANGUAGE],
    ),
    tool(
        "hold_slot",
        "Keep a time",
        "Keeps an offered time for a few minutes while the caller says the rest.",
        Nature::Adds,
        &[OFFER, DATE, TIME, SERVICE, STAFF, BRANCH, LANGUAGE],
    ),
    tool(
        "book_appointment",
        "Book",
        "Books an offered time, or an exact day and time. Say that it is booked only where 'message' does.",
        Nature::Sends,
        &[OFFER, DATE, TIME, SERVICE, STAFF, BRANCH, NAME, PHONE, EMAIL, NOTES, LANGUAGE],
    ),
    tool(
        "find_appointments",
        "Find the caller's appointments",
        "The appointments of the caller, as far as this call may be told of them.",
        Nature::Reads,
        &[NAME, DATE, LANGUAGE],
    ),
    tool(
        "move_appointment",
        "Move an appointment",
        "Moves an appointment that was told to this call.",
        Nature::Replaces,
        &[APPOINTMENT, OFFER, DATE, TIME, LANGUAGE],
    ),
    tool(
        "cancel_appointment",
        "Cancel an appointment",
        "Cancels an appointment that was told to this call.",
        Nature::Replaces,
        &[APPOINTMENT, NOTES, LANGUAGE],
    ),
    tool("list_services", "List services", "What can be booked here.", Nature::Reads, &[BRANCH, LANGUAGE]),
    tool("opening_hours", "Opening hours", "When the branch is open.", Nature::Reads, &[BRANCH, DATE, LANGUAGE]),
    tool(
        "request_callback",
        "Ask for a callback",
        "Notes that somebody of the company should call back.",
        Nature::Adds,
        &[NAME, PHONE, NOTES, LANGUAGE],
    ),
    tool(
        "current_context",
        "Where and when",
        "The branch, the time there, and who is calling as far as that is known.",
        Nature::Reads,
        &[LANGUAGE],
    ),
];
