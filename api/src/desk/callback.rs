//! Where nothing can be done on the telephone, somebody calls back, takes over, or the caller is told why.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use crate::app::App;
use crate::journal::{ExecuteError, JournalError};
use ringbuch_domain::call::{self, Call, CallbackNote};
use ringbuch_domain::desk::{Arguments, Fallback, Sentence};
use ringbuch_domain::ids::{CallId, CompanyId};
use ringbuch_domain::recorded::{Cause, StreamId};
use uuid::Uuid;

impl Desk {
    pub(super) async fn request_callback(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        line.known_call()?;
        if arguments.said_phone.is_some() && arguments.phone.is_none() {
            let ask = Answer::no("phone_unreadable", line.says(&Sentence::AskNumberAgain));
            return Ok(ask.then("ask_phone"));
        }
        // Nobody can call back somebody without a number.
        if line.caller().is_none() && arguments.phone.is_none() {
            return Ok(Answer::no("phone_missing", line.says(&Sentence::AskPhone)).then("ask_phone"));
        }
        self.note_callback(line, arguments, "asked").await?;
        Ok(Answer::yes(line.says(&Sentence::CallbackComes)).then("goodbye"))
    }

    /// Does what the company wants done.
    pub(super) async fn fall_back(
        &self,
        line: &Line,
        arguments: &Arguments,
        rule: Fallback,
        reason: &str,
        why: String,
    ) -> Result<Answer, Stop> {
        match (rule, &line.set_up().desk.forward_to) {
            (Fallback::Forward, Some(number)) => {
                let message = format!("{why} {}", line.says(&Sentence::Forwarded));
                Ok(Answer::no(reason, message).with("forward_to", number).then("transfer_call"))
            }
            (Fallback::Callback, _) => self.calls_back(line, arguments, reason, &why).await,
            (Fallback::Inform | Fallback::Forward, _) => Ok(Answer::no(reason, why).then("ask_otherwise")),
        }
    }

    /// Staff call back, which is said; without a call that could be listed only the reason is.
    pub(super) async fn calls_back(
        &self,
        line: &Line,
        arguments: &Arguments,
        reason: &str,
        why: &str,
    ) -> Result<Answer, Stop> {
        if line.call.is_none() {
            return Ok(Answer::no(reason, why.to_owned()).then("ask_otherwise"));
        }
        self.note_callback(line, arguments, reason).await?;
        let nameless = line.caller().is_none() && arguments.phone.is_none();
        let (rest, next) =
            if nameless { (Sentence::AskPhone, "request_callback") } else { (Sentence::CallbackComes, "goodbye") };
        Ok(Answer::no(reason, format!("{why} {}", line.says(&rest))).then(next))
    }

    async fn note_callback(&self, line: &Line, arguments: &Arguments, reason: &str) -> Result<(), Stop> {
        let call = line.known_call()?;
        let (known, _) = self.recorded(line, call).await?;
        let note = CallbackNote {
            name: arguments.name.clone(),
            phone: arguments.phone.clone(),
            text: arguments.notes.clone(),
        };
        let chain = line.chain(call);
        chain.saw(known.newest());
        let command = call::Command::RequestCallback { reason: reason.to_owned(), note };
        match self
            .app
            .journal
            .execute::<Call>(&line.call_stream(call), Some(&line.company), chain.next(), command)
            .await
        {
            Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}

/// Notes that staff have called back; false where nobody waits for it.
pub async fn callback_done(app: &App, company: &CompanyId, call: &CallId, by: &str) -> Result<bool, JournalError> {
    let stream = StreamId::call(company, call);
    let known = app.journal.load::<Call>(&stream).await?;
    let correlation = known.newest().map_or_else(Uuid::now_v7, |newest| newest.correlation);
    let cause = Cause::joining(correlation, Uuid::now_v7());
    let command = call::Command::CallbackDone { by: by.to_owned() };
    match app.journal.execute::<Call>(&stream, Some(company), cause, command).await {
        Ok(executed) => Ok(!executed.events.is_empty()),
        Err(ExecuteError::Rejected(_)) => Ok(false),
        Err(ExecuteError::Failed(error)) => Err(error),
    }
}
