//! What leads to each branch and what is done there.

use crate::browser::Stage;
use ringbuch_api::setup::SetUp;

pub async fn branches(stage: &Stage) {
    let path = stage.of_the_salon("/branches");
    stage.looks_right(&path).await;
    for told in ["mitte", "nord", "Haarschnitt", "not seen at Retell"] {
        stage.reads(told).await;
    }
    stage.goes_to(&stage.of_the_salon("/sync")).await;
    stage.clicks_text("Sync all").await;
    stage.reads("In step").await;
    stage.looks_right(&path).await;
    stage.reads("100.0%").await;
    let lost = "return document.querySelectorAll('tbody .badge.warn').length";
    assert_eq!(stage.asks(lost).await, 0, "nothing is missing");
    stage.clicks_text(stage.app.salon.number("mitte")).await;
    stage.comes_to(&stage.of_the_salon("/numbers/")).await;
    let (salon, number) = (&stage.app.salon.id, stage.app.salon.number("mitte"));
    SetUp::new(stage.app.app(), "story").release_number(salon, number).await.unwrap();
    stage.app.settle().await;
    stage.goes_to(&path).await;
    stage.reads("no number").await;
}
