//! What the desk has answered, in the log. It is written behind the answer, since nobody on the line should wait for it: a
//! crash can lose the notes of its last moment, and nothing that an answer has told of.

use super::Desk;
use super::answer::Answer;
use super::line::Line;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::FunctionAnswered;
use ringbuch_domain::recorded::StreamId;
use std::sync::Arc;

/// What Retell allows for a function's name.
const LONGEST_NAME: usize = 64;

impl Desk {
    pub(super) fn note(&self, line: &Line, function: &str, asked_at: Timestamp, answer: &Answer) {
        let Some(call) = line.real_call() else { return };
        let now = self.app.clock.now();
        let answered = FunctionAnswered {
            call: call.clone(),
            function: function.chars().take(LONGEST_NAME).collect(),
            success: answer.success,
            reason: answer.reason.clone(),
            next_step: answer.next_step.map(str::to_owned),
            asked_at,
            took_ms: now.as_millisecond().saturating_sub(asked_at.as_millisecond()),
        };
        let (stream, cause) = (StreamId::functions(&line.company, call), line.chain(call).next());
        let (journal, company) = (Arc::clone(&self.app.journal), line.company.clone());
        self.app.notes.spawn(async move {
            let events = [AnyEvent::Call(answered.into())];
            if let Err(error) = journal.tell(stream, Some(&company), cause, now, &events).await {
                tracing::warn!(%error, "what an agent was answered could not be noted");
            }
        });
    }
}
