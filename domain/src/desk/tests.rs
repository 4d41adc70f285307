//! What is offered, to whom it is told, and what is read from arguments: value against value.

use super::*;
use crate::diary::{Diary, Rejection, Span};
use crate::ids::StaffId;
use crate::ports::OpenSlot;
use crate::salon::{ADVICE, COLOUR, at, branch, call, company, salon, staff};
use crate::spoken::Language;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;

mod arguments;
mod disclosure;
mod offers;
mod ranking;
mod rules;
mod search;

fn berlin() -> TimeZone {
    salon().zone()
}
