//! Every call stands in the log, and in the metrics.

use super::*;
use crate::http::v1::tests::world::{PRAXIS, SALON};
use crate::mcp::audit::{Audit, Called};
use ringbuch_domain::access::{AccessEvent, Role, ToolOutcome};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::StreamId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

async fn noted(world: &World, company: &str) -> Vec<String> {
    let company: CompanyId = company.parse().unwrap();
    let stream = StreamId::tool_calls(&company, jiff::civil::date(2025, 7, 1));
    let events = world.app.journal.read_stream::<AccessEvent>(&stream).await.unwrap();
    let told = |event: AccessEvent| match event {
        AccessEvent::ToolCalled(it) => format!("{} {}/{} {:?}", it.number, it.server, it.tool, it.outcome),
        AccessEvent::ToolCallsEnded(it) => format!("{} end", it.number),
        other => format!("{other:?}"),
    };
    events.into_iter().map(|event| told(event.data)).collect()
}

#[tokio::test]
async fn what_changes_something_is_noted_with_all_before_it_when_it_is_answered() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    world.done(&key, "webhook", "list_webhooks", json!({})).await;
    world.refused(&key, "webhook", "get_webhook", json!({ "id": "0000" })).await;
    assert!(noted(&world, SALON).await.is_empty());
    let delivery = world.delivery_of(SALON, &json!({ "event": "call_started", "call": { "call_id": "call_7" } })).await;
    world.done(&key, "webhook", "replay_webhook", json!({ "id": delivery.to_string() })).await;
    assert_eq!(
        noted(&world, SALON).await,
        ["1 webhook/list_webhooks Ok", "2 webhook/get_webhook Rejected", "3 webhook/replay_webhook Ok"]
    );
    let text = world.app.metrics.render();
    let counted = r#"ringbuch_mcp_request_seconds_count{server="webhook",tool="get_webhook",outcome="rejected"} 1"#;
    assert!(text.contains(counted), "{text}");
}

#[tokio::test]
async fn a_run_counts_for_each_company_and_says_when_it_ends() {
    let world = World::new().await;
    let audit = Audit::new(Arc::clone(&world.app.journal));
    let note = async |company: &str, outcome| {
        let (company, by) = (company.parse().unwrap(), "key:none".to_owned());
        audit.note(Called { company, by, server: "queue", tool: "get_queue_metrics", outcome }).await.unwrap();
    };
    for _ in 0..600 {
        note(SALON, ToolOutcome::Ok).await;
    }
    note(PRAXIS, ToolOutcome::Failed).await;
    let ended = CancellationToken::new();
    ended.cancel();
    audit.run(ended).await;
    let salon = noted(&world, SALON).await;
    assert_eq!(
        (salon.len(), salon[599].as_str(), salon[600].as_str()),
        (601, "600 queue/get_queue_metrics Ok", "600 end")
    );
    assert_eq!(noted(&world, PRAXIS).await, ["1 queue/get_queue_metrics Failed", "1 end"]);
}
