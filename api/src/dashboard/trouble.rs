//! Why Retell did not do what was asked, in the reader's language. What was typed stays on the page beside it.

use super::page::Page;
use super::texts::Sentence;
use crate::problem::Problem;
use crate::pushing::PushError;
use http::StatusCode;
use ringbuch_domain::ports::VoiceAgentsFailure;
use warp::reply::Response;

#[derive(Debug, Clone)]
pub struct Trouble {
    pub text: String,
    status: StatusCode,
}

impl Trouble {
    /// What our own side did not do is a problem like any other.
    pub fn of(page: &Page, error: PushError) -> Result<Self, Problem> {
        let text = match &error {
            PushError::Refused(why) => page.refusal(why),
            PushError::Voice(failure) => failed(page, failure),
            PushError::TooSlow => page.say("retell.unavailable").to_string(),
            PushError::ChangedMeanwhile { .. } => page.say("retell.changed_meanwhile").to_string(),
            _ => return Err(error.into()),
        };
        Ok(Self { text, status: Problem::from(error).kind.status() })
    }

    /// What a form lacks, by its text's key.
    pub fn unusable(page: &Page, key: &str) -> Self {
        Self::new(&page.say(key))
    }

    pub fn new(text: &Sentence) -> Self {
        Self { text: text.to_string(), status: StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// A page that says it, with the status that programs see.
    pub fn on(trouble: Option<&Self>, page: Result<Response, Problem>) -> Result<Response, Problem> {
        let mut response = page?;
        if let Some(trouble) = trouble {
            *response.status_mut() = trouble.status;
        }
        Ok(response)
    }
}

fn failed(page: &Page, failure: &VoiceAgentsFailure) -> String {
    match failure {
        VoiceAgentsFailure::NoKey(_) => page.say("retell.no_key").to_string(),
        VoiceAgentsFailure::NotFound => page.say("retell.not_found").to_string(),
        VoiceAgentsFailure::NoPrompt => page.say("retell.no_prompt").to_string(),
        VoiceAgentsFailure::Refused { reason } => {
            page.say("retell.refused").with("why", page.word("retell.reason", reason)).to_string()
        }
        VoiceAgentsFailure::Unavailable(_) => page.say("retell.unavailable").to_string(),
    }
}
