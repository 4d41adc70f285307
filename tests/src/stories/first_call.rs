//! The operator's first call, followed while it happens: what is told, and what is told where it stops.

use crate::app::{Said, TestApp};
use crate::contract::database::Database;
use ringbuch_api::doctor::{Ending, Step, follow};
use std::time::Duration;
use tokio::join;

/// Long enough for a slow machine; nothing waits for the end of it but what never comes.
const LONG: Duration = Duration::from_mins(2);

/// What is told while something happens, and how it ends.
async fn followed(app: &TestApp, wait: Duration, happens: impl AsyncFnOnce()) -> (Ending, Vec<Step>) {
    let (mut steps, company) = (vec![], Some(&app.salon.id));
    let following = follow(app.app(), company, wait, |step| steps.push(step.clone()));
    let happens = async {
        // Whoever follows has begun to listen.
        tokio::time::sleep(Duration::from_millis(200)).await;
        happens().await;
    };
    let (ending, ()) = join!(following, happens);
    (ending.unwrap(), steps)
}

fn kinds(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|it| it.step.as_str()).collect()
}

pub async fn the_first_call_is_followed_to_what_the_calendar_says(database: Database) {
    let app = TestApp::start(database).await;
    app.caller("Ben").books("12:00").await;
    let anna = app.caller("Anna").under("call_a1");
    let (ending, steps) = followed(&app, LONG, async || anna.books("11:00").await).await;
    assert_eq!(ending, Ending::Booked, "{steps:#?}");
    let kinds = kinds(&steps);
    let mut told = kinds.iter();
    for expected in ["WebhookReceived", "CallReceived", "BookingAsked", "BookingAttemptStarted", "BookingConfirmed"] {
        assert!(told.any(|kind| *kind == expected), "{expected} is not told in its place: {kinds:?}");
    }
    let json = serde_json::to_string(&steps).unwrap();
    let uid = &app.live(anna.booking())[0].uid;
    assert!(!json.contains("Anna") && !json.contains(uid.as_str()), "nothing of the caller's is shown: {json}");
    app.finish().await;
}

pub async fn a_first_call_that_goes_wrong_says_where_and_what_to_do(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = app.caller("Eva").under("call_e1");
    let (ending, steps) = followed(&app, Duration::from_secs(4), async || {
        let body = stranger.started().to_string().into_bytes();
        assert_eq!(app.send_to("/api/mcp/retell/webhook", "key_of_nobody", body).await, 401);
    })
    .await;
    assert_eq!((ending, kinds(&steps)), (Ending::Nothing, vec!["rejected:signature_wrong", "nothing"]), "{steps:#?}");
    assert!(steps.iter().all(|it| it.advice.is_some()), "{steps:#?}");

    let closed = app.caller("Ida").under("call_i1");
    let (ending, steps) = followed(&app, LONG, async || closed.books("23:00").await).await;
    assert_eq!(ending, Ending::Stopped, "{steps:#?}");
    assert_eq!(steps.last().map(|it| it.step.as_str()), Some("BookingRefused"), "{steps:#?}");

    let silent = app.caller("Uwe").under("call_u1");
    let (ending, steps) = followed(&app, LONG, async || {
        for webhook in silent.webhooks(Said::Nothing) {
            silent.send(&webhook).await;
        }
        app.settle().await;
    })
    .await;
    assert_eq!((ending, steps.last().map(|it| it.step.as_str())), (Ending::Stopped, Some("nothing")), "{steps:#?}");
    app.finish().await;
}
