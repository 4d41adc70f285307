//! What can be booked, by which rules.

use crate::browser::Stage;

pub async fn services(stage: &Stage) {
    let path = stage.of_the_salon("/services");
    stage.looks_right(&path).await;
    stage.clicks_text("Beratung").await;
    stage.reads("The questions were not read yet").await;
    stage.goes_to(&stage.of_the_salon("/sync")).await;
    stage.clicks_text("Cal.com").await;
    stage.reads("In step").await;
    let number = stage.app.salon.service("Beratung");
    stage.looks_right(&stage.of_the_salon(&format!("/services/{number}"))).await;
    stage.finds("tbody tr").await;
    stage.clicks("main dl a").await;
    stage.reads("Working hours").await;
}
