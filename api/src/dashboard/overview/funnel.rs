//! The way from a call to an appointment: how many came how far, and why the others did not.

use ringbuch_domain::analysis::{Loss, Step};
use ringbuch_projections::analysis::{Lost, Tally};

pub struct Funnel {
    pub steps: Vec<Reached>,
    /// Stable word and calls, most frequent first.
    pub losses: Vec<(String, i64)>,
}

pub struct Reached {
    pub text: &'static str,
    pub calls: i64,
    /// Of all calls that are over.
    pub share: f64,
}

impl Funnel {
    pub fn of(tally: &Tally) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        let share = |calls: i64| if tally.calls > 0 { calls as f64 / tally.calls as f64 } else { 0.0 };
        let counted = |it: &ringbuch_projections::analysis::StepCount| {
            text(it.step).map(|text| Reached { text, calls: it.calls, share: share(it.calls) })
        };
        let called = Reached { text: "overview.called", calls: tally.calls, share: share(tally.calls) };
        let steps = std::iter::once(called).chain(tally.steps.iter().filter_map(counted)).collect();
        Self { steps, losses: tally.losses.iter().map(|lost| (word(lost), lost.calls)).collect() }
    }
}

/// What a step is called; those that nobody at the company asks about are left out.
fn text(step: Step) -> Option<&'static str> {
    match step {
        Step::Asked => Some("overview.asked"),
        Step::Offered => Some("overview.offered"),
        Step::Agreed => Some("overview.agreed"),
        Step::Confirmed => Some("overview.booked"),
        Step::Connected | Step::Held | Step::Submitted | Step::Told => None,
    }
}

/// The refusal's own word where the log says why, otherwise what was heard.
fn word(lost: &Lost) -> String {
    let heard = |loss: Loss| serde_json::to_value(loss).ok().and_then(|it| it.as_str().map(str::to_owned));
    lost.code.clone().or_else(|| heard(lost.loss)).unwrap_or_default()
}
