//! `ringbuch calls show ID --trace`: what led to what, and how long each step took.

use crate::cli::Failure;
use crate::cli::desk::Desk;
use crate::cli::output::{or_dash, printable, table};
use crate::gist::gist;
use crate::trace::{Step, Uid, of_call, took};
use ringbuch_projections::calls::Call;

/// Deeper steps are not shown any further to the right.
const DEEPEST: usize = 12;

const COLUMNS: [&str; 5] = ["#", "Time", "After", "What happened", ""];

pub async fn show(desk: &Desk<'_>, call: &Call) -> Result<(), Failure> {
    let steps = of_call(&desk.app, &call.company, &call.call).await?;
    let local = desk.local(Some(&call.company));
    let row = |step: &Step| {
        let event = format!("{}{}", "  ".repeat(step.depth.min(DEEPEST)), step.kind);
        vec![step.position.to_string(), local.exact(step.time), or_dash(step.after_ms.map(took)), event, facts(step)]
    };
    desk.output.value(&steps, || table(&COLUMNS, steps.iter().map(row)))
}

fn facts(step: &Step) -> String {
    let text = |name: &str| step.data.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let facts = match step.kind.as_str() {
        "WebhookReceived" => text("event"),
        "BookingAsked" => format!("booking {}", text("booking")),
        "CallEnded" => cost(step).unwrap_or_default(),
        _ => gist(&step.data),
    };
    let uid = match step.uid {
        Some(Uid::Known) => "Cal.com has it, its uid stays hidden",
        Some(Uid::Erased) => "the uid was erased",
        None => "",
    };
    let facts: Vec<&str> = [facts.as_str(), uid].into_iter().filter(|it| !it.is_empty()).collect();
    printable(&facts.join(", "))
}

/// What the call cost at the provider.
fn cost(step: &Step) -> Option<String> {
    let cost = step.data.get("cost")?;
    let minor = cost.get("minor")?.as_i64()?;
    Some(format!("cost {}.{:02} {}", minor / 100, minor % 100, cost.get("currency")?.as_str()?))
}
