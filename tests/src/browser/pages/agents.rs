//! An agent's words, from the list to what callers hear.

use crate::browser::Stage;
use jiff::SignedDuration;

const WHILE: SignedDuration = SignedDuration::from_mins(1);

pub async fn agents(stage: &Stage) {
    stage.app.with_a_changed_agent().await;
    let agent = &stage.app.salon.agent;
    let page = stage.of_the_salon(&format!("/agents/{agent}"));
    for path in ["", "/prompt", "/prompt?version=0", "/publish?version=1"] {
        stage.looks_right(&format!("{page}{path}")).await;
    }
    stage.looks_right(&stage.of_the_salon("/agents")).await;
    stage.reads("a draft waits").await;
    stage.clicks(&format!("main a[href$='{}']", agent.replace('_', "%5F"))).await;
    stage.clicks_text("Edit the words").await;
    stage.fills("prompt", "Du bist der Empfang.\nSei kurz.").await;
    stage.fills("why", "kürzer").await;
    stage.clicks_text("Compare").await;
    stage.reads("Lines added: 1, removed: 0").await;
    // Retell lets a key ask so often in a while, and all these looks were one moment of the story's clock.
    stage.app.advance(WHILE).await;
    stage.clicks_text("Save as a draft").await;
    stage.reads("The draft stands at Retell.").await;
    stage.app.advance(WHILE).await;
    stage.clicks_text("Publish").await;
    stage.reads("From then on callers hear these words.").await;
    stage.fills("why", "kürzer").await;
    stage.clicks_text("Publish version 1").await;
    stage.reads("Callers hear the new version.").await;
    stage.has_events("PromptPublished", 1).await;
    stage.app.advance(WHILE).await;
    stage.clicks_text("Have back").await;
    stage.fills("why", "doch nicht").await;
    stage.clicks_text("Make a draft of version 0").await;
    stage.reads("A draft was made of the old version.").await;
    stage.has_events("PromptDrafted", 3).await;
}

pub async fn the_words_that_somebody_wrote_at_retell_meanwhile_are_kept(stage: &Stage) {
    stage.app.with_a_changed_agent().await;
    let (agent, account) = (stage.app.salon.agent.clone(), stage.app.salon.retell_account);
    stage.goes_to(&stage.of_the_salon(&format!("/agents/{agent}/prompt"))).await;
    stage.fills("prompt", "Meine Worte.").await;
    stage.fills("why", "Ansage").await;
    assert!(stage.app.retell().edit_prompt(account, &agent, 1, "Von Hand geändert."));
    stage.clicks_text("Save as a draft").await;
    stage.reads("Somebody has changed something at Retell meanwhile.").await;
    stage.reads("Von Hand geändert.").await;
    let mine = stage.asks("return document.querySelector('#prompt').value").await;
    assert_eq!(mine, "Meine Worte.");
}
