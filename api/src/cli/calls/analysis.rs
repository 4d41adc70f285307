//! What came of a call, as `ringbuch calls show ID` tells it. What is unknown is left out.

use crate::cli::output::card;
use ringbuch_domain::analysis::{Analysis, Promise};
use serde::Serialize;
use serde_json::Value;

pub fn told(analysis: &Analysis) -> String {
    let version = analysis.agent_version.map(|version| format!(" version {version}")).unwrap_or_default();
    let loss = word(analysis.loss).map(|loss| match &analysis.loss_code {
        Some(code) => format!("{loss}: {code}"),
        None => loss,
    });
    card([
        ("Agent", analysis.agent.as_ref().map(|agent| format!("{agent}{version}"))),
        ("Intent", word(analysis.intent)),
        ("Reached", word(analysis.reached)),
        ("Agreed", analysis.agreed.map(|agreed| if agreed { "yes" } else { "no" }.into())),
        ("Promise", analysis.promise.map(promise).map(Into::into)),
        ("Lost", loss),
        ("Mood", word(analysis.sentiment)),
        ("Answers", analysis.latency.map(|it| format!("after {} ms (p95 {} ms)", it.p50_ms, it.p95_ms))),
        ("Confirmed", analysis.confirmed_after_ms.map(|ms| format!("{ms} ms after it was asked for"))),
    ])
}

fn promise(promise: Promise) -> &'static str {
    match promise {
        Promise::NotMade => "none made",
        Promise::Kept => "said booked, and it was",
        Promise::Early => "said booked before it was: confirmed only after the call",
        Promise::Broken => "SAID BOOKED, BUT NOTHING IS CONFIRMED",
    }
}

/// The word of the wire, with spaces.
fn word(value: Option<impl Serialize>) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word.replace('_', " ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::analysis::Loss;

    #[test]
    fn a_word_is_told_without_its_underscores() {
        assert_eq!(word(Some(Loss::NoTimeFits)).as_deref(), Some("no time fits"));
        assert_eq!(word(None::<Loss>), None);
    }
}
