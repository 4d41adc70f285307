//! Who called, as people.

use crate::browser::Stage;

pub async fn customers(stage: &Stage) {
    let path = stage.of_the_salon("/customers");
    stage.looks_right(&path).await;
    stage.clicks("tbody th a").await;
    let card = stage.comes_to(&format!("{path}/")).await;
    stage.looks_right(&card).await;
    stage.clicks_text("Show number and e-mail").await;
    stage.reads("Phone number").await;
    stage.has_events("PersonalDataViewed", 1).await;
    stage.clicks_text("Erase").await;
    stage.looks_right(&format!("{card}/erase")).await;
    stage.clicks("main button.danger").await;
    stage.reads("is erased").await;
    stage.has_events("CustomerErased", 1).await;
}
