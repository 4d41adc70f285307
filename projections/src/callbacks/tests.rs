use super::*;
use crate::testing::{Log, PAGE, Tenant, projected};
use ringbuch_domain::call::{CallbackDone, CallbackNote, CallbackRequested, Refusal};
use ringbuch_domain::private::Private;

const ALL: Paging = Paging { after: None, limit: 50 };

struct Story {
    salon: Tenant,
    log: Log,
}

impl Story {
    /// Max calls.
    fn begun() -> Self {
        let mut story = Self { salon: Tenant::new("salon", 1), log: Log::new() };
        let (received, known) = (story.salon.received("1", "2025-07-01T08:00:00Z"), story.salon.identified("1", "max"));
        story.call(received).call(known);
        story
    }

    fn call(&mut self, event: impl Into<CallEvent>) -> &mut Self {
        self.log.call(&self.salon.company, &self.salon.call("1"), event);
        self
    }

    fn refused(&mut self) -> &mut Self {
        let refused = self.salon.refused("1", "max", "b", Refusal::DateUnreadable);
        self.call(refused)
    }

    fn asks(&mut self) -> &mut Self {
        let call = self.salon.call("1");
        let private =
            Private::Known(CallbackNote { name: Some("Max".into()), phone: None, text: Some("Ab 16 Uhr.".into()) });
        let note = CallbackNoteTaken { call: call.clone(), customer: self.salon.customer("max"), private };
        self.call(CallbackRequested { call, reason: "asked".into() }).call(note)
    }

    async fn listed(&self, all: bool) -> Vec<Callback> {
        let rows = projected(&self.log).await;
        list(&*rows, Scope::Company(&self.salon.company), all, ALL).await.unwrap().items
    }
}

#[tokio::test]
async fn whoever_only_called_waits_for_nothing() {
    assert!(Story::begun().listed(true).await.is_empty());
}

#[tokio::test]
async fn whoever_asks_is_listed_until_somebody_has_called() {
    let mut story = Story::begun();
    story.asks();
    let [open] = &story.listed(false).await[..] else { panic!("one waits") };
    assert_eq!((open.status, open.reason.as_deref()), (CallbackStatus::Open, Some("asked")));
    assert_eq!((open.name.as_deref(), open.note.as_deref()), (Some("Max"), Some("Ab 16 Uhr.")));
    assert_eq!(open.phone, Some(story.salon.caller_number()), "known, if not said");
    let call = story.salon.call("1");
    story.call(CallbackDone { call, by: "erika".into() });
    assert!(story.listed(false).await.is_empty());
    let done = &story.listed(true).await[0];
    assert_eq!((done.status, done.done_by.as_deref()), (CallbackStatus::Done, Some("erika")));
}

#[tokio::test]
async fn a_call_that_ended_without_what_was_wanted_is_listed_unless_it_is_booked_after_all() {
    let mut story = Story::begun();
    story.refused();
    let [refused] = &story.listed(false).await[..] else { panic!("one waits") };
    assert_eq!((refused.status, refused.reason.as_deref()), (CallbackStatus::Refused, Some("date_unreadable")));
    let confirmed = story.salon.confirmed(Some("1"), "max", "b");
    story.log.diary(&story.salon.company, PAGE, confirmed);
    assert!(story.listed(false).await.is_empty());

    let mut asked = Story::begun();
    asked.asks().refused();
    assert_eq!(asked.listed(false).await[0].reason.as_deref(), Some("asked"), "what was asked for stays");
}

#[tokio::test]
async fn of_the_forgotten_nothing_is_left_but_that_they_waited() {
    let mut story = Story::begun();
    story.asks();
    let erased = story.salon.erased("max");
    story.log.customer(&story.salon.company, story.salon.customer("max"), erased);
    let left = &story.listed(true).await[0];
    assert_eq!((&left.name, &left.phone, &left.note), (&None, &None, &None));
}
