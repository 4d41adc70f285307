//! The desk: answers what an agent asks while the caller is on the line. It books through the same pages and the same
//! to-do list as everything else; what it cannot finish in time, the list finishes.

mod answer;
mod appointments;
mod availability;
mod booking;
mod callback;
mod changes;
mod details;
mod holding;
mod holds;
mod inbound;
mod information;
mod line;
mod noted;
mod openings;
mod outcome;
mod request;
mod subject;
mod token;
mod tool;

pub use answer::Answer;
pub use callback::callback_done;
pub use holds::HoldErrands;
pub use tool::Alternative;

use crate::app::App;
use crate::booking::BookingErrands;
use crate::http::intake::IntakeAnswer;
use crate::intake::Door;
use answer::Stop;
use bytes::Bytes;
use http::HeaderMap;
use line::Line;
use request::Asked;
use ringbuch_domain::desk::{Arguments, Sentence, language_of};
use ringbuch_domain::spoken::Language;
use std::sync::Arc;

pub struct Desk {
    app: App,
    door: Arc<Door>,
    /// The to-do list's own work, done at once for callers on the phone.
    errands: BookingErrands,
}

impl Desk {
    pub fn new(app: &App, door: Arc<Door>) -> Self {
        let calendar = Arc::clone(&app.calendar_on_the_line);
        let errands = BookingErrands { calendar, ..app.booking_errands.clone() };
        Self { app: app.clone(), door, errands }
    }

    /// Answers a function. An error means that nothing in the request is proven, or that it cannot be told now.
    pub async fn function(
        &self,
        name: &str,
        company: Option<&str>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Answer, IntakeAnswer> {
        let asked_at = self.app.clock.now();
        let proof = self.door.proven(company, headers, &body).await?;
        let Some(asked) = Asked::read(&body) else {
            return Ok(Answer::no("unreadable", Sentence::Unreadable.spoken(Language::German)));
        };
        let function = without_version(name);
        if asked.named.as_deref().is_some_and(|signed| without_version(signed) != function) {
            return Ok(Answer::no(
                "function_mismatch",
                Sentence::FunctionMismatch.spoken(language_of(asked.language("de"))),
            ));
        }
        let line = match self.line(proof, &asked).await {
            Ok(line) => line,
            Err(stop) => return Ok(stop.told("line", language_of(asked.language("de")))),
        };
        let answered = self.answer(function, &line, &asked.arguments).await;
        let answer = answered.unwrap_or_else(|stop| stop.told(function, line.language));
        self.note(&line, function, asked_at, &answer);
        Ok(answer)
    }

    async fn answer(&self, function: &str, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        match function {
            "check_availability" => self.check_availability(line, arguments).await,
            "hold_slot" => self.hold_slot(line, arguments).await,
            "book_appointment" | "collect_appointment_data" => self.book_appointment(line, arguments).await,
            "find_appointments" => self.find_appointments(line, arguments).await,
            "move_appointment" => self.move_appointment(line, arguments).await,
            "cancel_appointment" => self.cancel_appointment(line, arguments).await,
            "list_services" => Ok(list_services(line, arguments)),
            "opening_hours" => Ok(opening_hours(line, arguments)),
            "request_callback" => self.request_callback(line, arguments).await,
            "current_context" => self.current_context(line).await,
            _ => Ok(Answer::no("function_unknown", line.says(&Sentence::FunctionUnknown))),
        }
    }
}

use information::{list_services, opening_hours};

/// Agents are told of functions under names that count their versions, such as `book_appointment_v17`.
fn without_version(name: &str) -> &str {
    let counted = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
    match name.rsplit_once("_v") {
        Some((function, version)) if counted(version) => function,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lesson_09_a_functions_version_is_not_its_name() {
        for (called, meant) in [
            ("book_appointment_v17", "book_appointment"),
            ("book_appointment", "book_appointment"),
            ("book_v", "book_v"),
            ("book_v1x", "book_v1x"),
            ("v17", "v17"),
        ] {
            assert_eq!(without_version(called), meant);
        }
    }
}
