//! Who works when, changed at Cal.com from here.

use crate::browser::Stage;

/// Writes a window of a Saturday as somebody types it, and says how many are in the day's picture then.
const TYPED: &str = "
    const [from, to] = ['from-6', 'to-6'].map(name => document.getElementsByName(name)[0]);
    [from.value, to.value] = ['10:00', '14:00'];
    to.dispatchEvent(new Event('input', { bubbles: true }));
    return document.querySelectorAll('[aria-labelledby=day-6] rect').length;";

pub async fn staff(stage: &Stage) {
    let (list, anna) = (stage.of_the_salon("/staff"), stage.of_the_salon("/staff/anna"));
    stage.looks_right(&list).await;
    stage.looks_right(&anna).await;
    stage.clicks_text("Read from Cal.com").await;
    stage.is_at(&stage.of_the_salon("/sync")).await;
    stage.looks_right(&anna).await;
    stage.reads("This is what stands at Cal.com now.").await;
    assert_eq!(stage.asks(TYPED).await, 1, "the picture follows the fields");
    stage.fills("why", "Samstags offen").await;
    stage.clicks_text("Save at Cal.com").await;
    stage.reads("The hours stand so at Cal.com now.").await;
    stage.reads("10:00–14:00").await;
    stage.has_events("HoursPushed", 1).await;

    let holidays = stage.of_the_salon("/staff/holidays/mitte");
    stage.goes_to(&holidays).await;
    stage.chooses("state", "BE").await;
    stage.clicks_text("Save").await;
    stage.reads("The holidays are saved.").await;
    stage.looks_right(&holidays).await;
    stage.clicks("input[name=open]").await;
    stage.clicks_text("Save").await;
    stage.reads("The holidays are saved.").await;
    stage.has_events("BranchHolidaysSet", 2).await;
}
