//! Every documented error, and some that are not, at each kind of request.

use super::*;
use crate::outbound::fake::{Reply, unused_port};
use jiff::SignedDuration;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::ports::VoiceAgentsFailure::{NoKey, NoPrompt, NotFound};
use ringbuch_domain::ports::{AgentSetUp, Engine, VersionRef};

/// What a request names and brings decides what can be wrong with it.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Names nothing: a list, a key.
    Whole,
    /// Names one thing and brings nothing.
    One,
    /// Names one thing and says what is to become of it.
    Change,
}

async fn met(s: &Setting, kind: Kind, reply: &Reply) -> Vec<VoiceAgentsFailure> {
    let (retell, account) = (&s.retell, account());
    let llm = Engine::Llm { id: "llm_1".into(), version: Some(1) };
    let flow = Engine::Flow { id: "flow_1".into(), version: Some(1) };
    let bound = [BoundAgent { agent: "agent_1".into(), version: None, weight: 1000 }];
    let number = "+493023125000";
    let mut failures = Vec::new();
    macro_rules! each {
        ($($asked:expr),* $(,)?) => {{
            $(
                s.fake.next(reply.clone());
                failures.push($asked.await.map(drop).unwrap_err());
            )*
        }};
    }
    match kind {
        Kind::Whole => each!(
            retell.key_info(&account),
            retell.voices(&account),
            retell.agents(&account),
            retell.numbers(&account),
            s.list(),
        ),
        Kind::One => each!(
            s.get(),
            retell.delete_call(&account, "call_1"),
            retell.agent(&account, "agent_1", VersionRef::Latest),
            retell.versions(&account, "agent_1"),
            retell.prompt(&account, &llm),
            retell.prompt(&account, &flow),
            retell.number(&account, number),
        ),
        Kind::Change => each!(
            retell.new_draft(&account, "agent_1", 3),
            retell.publish(&account, "agent_1", 3, "Öffnungszeiten"),
            retell.put_webhook(&account, "agent_1", 3, "https://ringbuch.example.com", &["call_ended"]),
            retell.put_prompt(&account, &llm, "Guten Tag"),
            retell.put_prompt(&account, &flow, "Guten Tag"),
            retell.bind(&account, number, &bound),
        ),
    }
    failures
}

#[tokio::test]
async fn every_error_leads_to_its_decision_and_none_repeats_what_was_said() {
    let key = || NoKey("the provider refuses it".into());
    let invalid = || refused("invalid");
    let status = |status: u16| unavailable(&format!("status {status}"));
    // Whole, one, change.
    let table = [
        (400, error("Invalid request format, please check API reference."), [invalid(), invalid(), invalid()]),
        (400, error("Cannot update published LLM"), [refused("published"), refused("published"), refused("published")]),
        (400, "private words".into(), [status(400), status(400), status(400)]),
        (401, error("API key is missing or invalid."), [key(), key(), key()]),
        (402, error("private words"), [refused("payment"), refused("payment"), refused("payment")]),
        (403, "{}".into(), [key(), key(), key()]),
        (404, error("The requested resource was not found."), [status(404), NotFound, NotFound]),
        (404, error("Item agent_1 not found from agent"), [status(404), NotFound, NotFound]),
        // A route that is gone says nothing about the thing: what is to be deleted is not deleted.
        (404, error("Not Found"), [status(404), status(404), status(404)]),
        (404, error("Cannot GET /private/words"), [status(404), status(404), status(404)]),
        (404, "<html>private words</html>".into(), [status(404), status(404), status(404)]),
        (409, error("private words"), [refused("conflict"), refused("conflict"), refused("conflict")]),
        (410, error("private words"), [status(410), status(410), status(410)]),
        (
            412,
            error("Precondition failed for conditional update."),
            [refused("conflict"), refused("conflict"), refused("conflict")],
        ),
        (422, ERROR_422.into(), [invalid(), NotFound, NotFound]),
        (422, error("private words"), [invalid(), NotFound, invalid()]),
        (
            422,
            error("Cannot update published agent other than version title"),
            [refused("published"), refused("published"), refused("published")],
        ),
        (500, error("An unexpected server error occurred."), [status(500), status(500), status(500)]),
        (503, "private words".into(), [status(503), status(503), status(503)]),
        (302, String::new(), [status(302), status(302), status(302)]),
    ];
    let s = setting().await;
    for (code, body, decisions) in table {
        for (kind, decision) in [Kind::Whole, Kind::One, Kind::Change].into_iter().zip(decisions) {
            for found in met(&s, kind, &Reply::json(code, &body)).await {
                assert_eq!(found, decision, "{kind:?}: {code} {body}");
                assert!(!found.to_string().contains("private"), "{found}");
            }
            // All of these together are more than Retell would allow at once.
            s.clock.advance(SignedDuration::from_secs(12));
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_is_no_decision() {
    for (reply, failure) in [
        (Reply::cut(), "the connection ended before the answer"),
        (Reply::cut_within(200, "{}"), "the connection ended before the answer"),
        (Reply::hang(), "it did not answer in time"),
        (Reply::hang_within(200), "it did not answer in time"),
    ] {
        let mut s = setting().await;
        if reply.hangs() {
            s.retell = retell_within(Duration::from_millis(100), s.fake.url(), &s.clock);
        }
        let name = format!("{reply:?}");
        s.fake.next(reply);
        assert_eq!(s.get().await.unwrap_err(), unavailable(failure), "{name}");
    }
    let nobody = retell_at(unused_port().await, &TestClock::shared());
    let failure = nobody.get_call(&account(), "call_1").await.unwrap_err();
    assert_eq!(failure, unavailable("no connection"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_said_to_be_so() {
    let s = setting().await;
    for body in ["private words", "[]", r#"{"call":"#] {
        s.fake.next(Reply::json(200, body));
        assert_eq!(s.get().await.unwrap_err(), unavailable("the call cannot be read"), "{body}");
    }
    for failure in met(&s, Kind::Whole, &Reply::json(200, "private words")).await {
        assert!(failure.to_string().ends_with("cannot be read"), "{failure}");
        assert!(!failure.to_string().contains("private"), "{failure}");
    }
}

#[tokio::test]
async fn a_prompt_on_a_server_of_its_own_is_not_asked_for() {
    let s = setting().await;
    assert_eq!(s.retell.prompt(&account(), &Engine::Custom).await, Err(NoPrompt));
    assert_eq!(s.retell.put_prompt(&account(), &Engine::Custom, "Guten Tag").await, Err(NoPrompt));
    assert!(s.fake.requests().is_empty());
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let s = setting().await;
    let failure = s.retell.get_call(&AccountId::new("other").unwrap(), "call_1").await.unwrap_err();
    assert_eq!(failure, NoKey("none is set".into()));
    assert!(s.fake.requests().is_empty());
}

#[tokio::test]
async fn an_address_inside_is_refused() {
    let retell = retell_at("http://169.254.169.254".into(), &TestClock::shared());
    let failure = retell.get_call(&account(), "call_1").await.unwrap_err();
    assert!(matches!(failure, VoiceAgentsFailure::Unavailable(_)), "{failure}");
}
