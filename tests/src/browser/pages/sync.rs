//! Whether what is known here is what stands at the providers.

use crate::browser::{Stage, axe};
use jiff::SignedDuration;

/// The lines of the list as somebody sees them.
const STAGES: &str = "return [...document.querySelectorAll('.stages li')].map(line => line.innerText)";

pub async fn sync(stage: &Stage) {
    let path = stage.of_the_salon("/sync");
    stage.looks_right(&path).await;
    stage.clicks_text("Sync all").await;
    stage.reads("In step").await;
    // What was read stands above what came of it, of each kind with its last count.
    let told = stage.asks(STAGES).await;
    let told: Vec<&str> = told.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let kinds = ["Event types ", "Staff members ", "Schedules ", "Phone numbers ", "Agents "];
    assert!(told.len() == 5 && told.iter().zip(kinds).all(|(it, kind)| it.starts_with(kind)), "{told:?}");
    assert!(told.iter().all(|it| it.ends_with(|last: char| last.is_ascii_digit()) && !it.contains('…')), "{told:?}");
    let violations = axe::violations(&stage.chromium.client).await;
    assert!(violations.is_empty(), "{violations:#?}");
    stage.looks_right(&path).await;
    stage.looks_right(&format!("{path}/findings")).await;
}

/// An appointment that somebody has cancelled at Cal.com, of which nobody told.
pub async fn what_the_providers_never_told_is_found_and_made_up_for(stage: &Stage) {
    let path = stage.of_the_salon("/sync/comparisons");
    stage.looks_right(&path).await;
    stage.reads("Nothing was compared yet.").await;
    let hanna = stage.app.caller("Hanna").asks_for("Beratung");
    hanna.books("15:00").await;
    let there = stage.app.live(hanna.booking());
    stage.app.calcom().cancel_directly(&there[0].uid, "Krank");
    // Cal.com may still be telling.
    stage.app.advance(SignedDuration::from_mins(10)).await;
    stage.clicks_text("Look").await;
    stage.reads("appointment differs at Cal.com").await;
    stage.reads("only looked at").await;
    stage.clicks_text("Make up for it").await;
    stage.reads("made up for").await;
    let violations = axe::violations(&stage.chromium.client).await;
    assert!(violations.is_empty(), "{violations:#?}");
    stage.app.settle().await;
    stage.goes_to(&stage.of_the_salon(&format!("/appointments/{}", hanna.booking()))).await;
    stage.reads("Cancelled").await;
    stage.looks_right(&path).await;
    stage.clicks_text("One by one").await;
    stage.reads("made up for").await;
    stage.looks_right(&format!("{path}?all=true")).await;
}
