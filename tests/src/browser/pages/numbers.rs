//! Who answers a number.

use crate::browser::Stage;

pub async fn numbers(stage: &Stage) {
    stage.app.with_a_changed_agent().await;
    let number = stage.app.salon.number("mitte");
    let page = stage.of_the_salon(&format!("/numbers/{}", number.replace('+', "%2B")));
    stage.looks_right(&page).await;
    stage.looks_right(&stage.of_the_salon("/numbers")).await;
    stage.clicks_text(number).await;
    stage.fills("weight_inbound_1", "60").await;
    stage.choose_in("#agent_inbound_2", &stage.app.salon.agent).await;
    stage.fills("version_inbound_2", "0").await;
    stage.fills("weight_inbound_2", "30").await;
    stage.fills("why_inbound", "ein Versuch").await;
    stage.clicks_text("Send to Retell").await;
    stage.reads("The shares add up to 90.0% and not to 100%.").await;
    stage.fills("weight_inbound_2", "40").await;
    stage.clicks_text("Send to Retell").await;
    stage.reads("Retell has taken it.").await;
    let there = stage.app.retell().phone_number(stage.app.salon.retell_account, number).unwrap();
    assert_eq!(there.inbound_agents.iter().map(|it| it.weight).collect::<Vec<_>>(), [0.6, 0.4]);
    stage.app.settle().await;
    stage.has_events("NumberBound", 1).await;
    stage.chooses("branch", "nord").await;
    stage.clicks_text("Assign").await;
    stage.reads("The number is assigned.").await;
}
