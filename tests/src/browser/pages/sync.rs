//! Whether what is known here is what stands at the providers.

use crate::browser::{Stage, axe};

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
