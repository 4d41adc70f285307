//! Deliveries processed once more, or only told what that would change.

use super::filter_of;
use crate::cli::Failure;
use crate::cli::args::WebhookReplay;
use crate::cli::desk::{BY, Desk};
use crate::cli::output::{or_dash, table, words};
use crate::replay::{Preview, Replayed, Selection, Which, dry_run, replay, select};
use serde_json::json;

/// Whoever runs this may take all of them.
const ALL: usize = usize::MAX;

pub async fn run(desk: &Desk<'_>, args: WebhookReplay) -> Result<(), Failure> {
    let which = match args.ids.as_slice() {
        [] => Which::Matching(filter_of(desk, &args.filter)?),
        _ => Which::Ids(args.ids),
    };
    let Selection { deliveries, unknown, .. } = select(&desk.app, desk.scope(), &which, ALL).await?;
    if !unknown.is_empty() {
        let told = format!("there is no delivery {}; nothing was replayed", words(unknown));
        return Err(Failure::new(told).hint("`ringbuch webhooks list` shows the newest"));
    }
    let found = deliveries.len();
    if args.dry_run {
        let items = dry_run(&desk.app, &deliveries).await?;
        let answer = json!({"dry_run": true, "found": found, "unknown": [], "more": false, "items": items});
        return desk.output.value(&answer, || previewed(&items));
    }
    let Replayed { replayed, waiting } = replay(&desk.app, &deliveries, BY).await?;
    let answer = json!({
        "dry_run": false, "found": found, "unknown": [], "more": false, "replayed": replayed, "waiting": waiting,
    });
    desk.output.value(&answer, || {
        format!("{replayed} are on the list once more, {waiting} were on it already; the server takes them up")
    })
}

fn previewed(items: &[Preview]) -> String {
    let row = |it: &Preview| {
        vec![
            it.delivery.to_string(),
            it.event.clone(),
            it.status.to_string(),
            it.outcome.to_string(),
            or_dash(it.reason.as_deref()),
            words(&it.events),
        ]
    };
    let rows = table(&["Id", "Event", "Is", "Would be", "Why", "Would be written"], items.iter().map(row));
    let changing = items.iter().filter(|it| it.changes).count();
    format!("{rows}\n\n{} would be processed again, and {changing} of them would change something", items.len())
}
