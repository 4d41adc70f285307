//! Which events belong to the call, and what each one means to whoever waits for it.

use super::{Ending, Step};
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::Envelope;
use ringbuch_projections::directory::Directory;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// What a wish takes to be noticed once the call has been told as a whole.
const AFTER_ITS_ANALYSIS: Duration = Duration::from_secs(5);
/// How long the analysis of a call that is over is waited for.
const AFTER_ITS_END: Duration = Duration::from_mins(1);

pub(super) struct Hearing {
    company: Option<CompanyId>,
    /// Those whose deliveries may be meant.
    accounts: BTreeSet<String>,
    /// What everything that the call leads to has in common.
    chain: Option<Uuid>,
    over: bool,
    analyzed: bool,
    asked: bool,
    ending: Option<Ending>,
}

impl Hearing {
    pub fn new(known: &Directory, company: Option<&CompanyId>) -> Self {
        let ours = known.companies().into_iter().filter(|it| company.is_none_or(|company| it.company == *company));
        let accounts = ours.map(|it| it.account.to_string()).collect();
        let (over, analyzed, asked) = (false, false, false);
        Self { company: company.cloned(), accounts, chain: None, over, analyzed, asked, ending: None }
    }

    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    pub fn has_begun(&self) -> bool {
        self.chain.is_some()
    }

    /// How long nothing may be heard before it counts as the end; absent while more is to come.
    pub fn silence(&self) -> Option<Duration> {
        match self {
            Self { asked: true, .. } => None,
            Self { analyzed: true, .. } => Some(AFTER_ITS_ANALYSIS),
            Self { over: true, .. } => Some(AFTER_ITS_END),
            _ => None,
        }
    }

    pub fn nothing_asked(now: Timestamp) -> Step {
        Step::new(now, "nothing", "the call is over and has asked for no appointment").advising(
            "nothing is booked unless booking_confirmed is true among what the agent collects; `calls show ID` has what came",
        )
    }

    pub fn out_of_time(&self, now: Timestamp) -> Step {
        if self.has_begun() {
            let told = "the call has not come to an end in the time that was waited for it";
            return Step::new(now, "nothing", told).advising("see how it goes on with `calls show ID --trace`");
        }
        Step::new(now, "nothing", "no webhook has arrived").advising(
            "see that the server runs and is reached (`healthcheck --url https://HOST`), and that Retell's webhook address \
             is https://HOST/api/mcp/retell/webhook",
        )
    }

    /// What an event means; nothing where it is none of the call's, or tells nothing new.
    pub fn hear(&mut self, event: &Envelope) -> Option<Step> {
        let data: Value = serde_json::from_slice(&event.public).unwrap_or_default();
        if self.chain.is_none() && self.begins(event, &data) {
            self.chain = Some(event.cause.correlation);
        }
        if self.chain != Some(event.cause.correlation) {
            return None;
        }
        if self.is_elsewhere(event) {
            self.chain = None;
            return None;
        }
        self.note(&event.kind);
        told(event, &data)
    }

    fn begins(&self, event: &Envelope, data: &Value) -> bool {
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        match event.kind.as_str() {
            "WebhookReceived" => text("provider") == "retell" && self.accounts.contains(text("account")),
            "CallReceived" => true,
            _ => false,
        }
    }

    /// It turned out to be another company's.
    fn is_elsewhere(&self, event: &Envelope) -> bool {
        self.company.is_some() && event.company.is_some() && event.company != self.company
    }

    fn note(&mut self, kind: &str) {
        match kind {
            "CallEnded" => self.over = true,
            "CallAnalyzed" => self.analyzed = true,
            "BookingAsked" => self.asked = true,
            "BookingConfirmed" | "BookingPending" => self.ending = Some(Ending::Booked),
            "BookingRefused" | "BookingFailed" | "WebhookQuarantined" => self.ending = Some(Ending::Stopped),
            _ => {}
        }
    }
}

fn told(event: &Envelope, data: &Value) -> Option<Step> {
    let text = |name: &str| match data.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let step = |told: String| Step::new(event.time, &event.kind, told);
    Some(match event.kind.as_str() {
        "WebhookReceived" => step(format!("the webhook {} has arrived, and its signature holds", text("event"))),
        "WebhookQuarantined" => step(format!("it was set aside ({}): {}", text("reason"), text("detail")))
            .advising(format!("set that right, then `ringbuch webhooks replay {}`", text("delivery"))),
        "WebhookFailed" => step(format!("it could not be processed: {}", text("error")))
            .advising("it is tried again by itself; the server's log says more"),
        "CallReceived" => step(format!("the call is answered for the branch {}", text("branch"))),
        "CustomerIdentified" if text("anonymous") == "true" => step("the caller hides their number".into()),
        "CustomerIdentified" => step("the caller is known by their number".into()),
        "CallEnded" => step("the call is over".into()),
        "CallAnalyzed" => step("what came of the call is told".into()),
        "CallbackRequested" => step("the caller is to be called back".into()),
        "BookingAsked" => step(format!("an appointment on {} is wanted", text("page"))),
        "BookingRefused" => step(format!("no appointment is made: {}", text("reason")))
            .advising("`ringbuch calls show ID` has what was understood"),
        "BookingRequested" => step("there is room for it in the appointment book".into()),
        "BookingAttemptStarted" => step(format!("Cal.com is asked (attempt {})", text("attempt"))),
        "BookingPostponed" => step(format!("Cal.com could not be asked: {}", text("reason")))
            .advising(format!("it is tried again at {}", text("next_attempt_at"))),
        "BookingOutcomeUnknown" => step(format!("Cal.com gave no answer: {}", text("reason")))
            .advising(format!("whether it was booked is looked up at {}", text("look_up_at"))),
        "BookingPending" => step("Cal.com has it, and its host has still to agree".into()),
        "BookingConfirmed" => step("Cal.com has confirmed the appointment".into()),
        "BookingFailed" => step(format!("Cal.com did not take it: {}", text("reason")))
            .advising("`ringbuch doctor` says whether the service can be booked"),
        _ => return None,
    })
}
