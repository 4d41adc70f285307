//! What readiness means: the database answers and the read models keep up.

use crate::app::App;
use crate::checkpoints::Schedule;
use crate::http::health::{Check, Readiness};
use async_trait::async_trait;
use ringbuch_projections::engine::set_aside;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Events that read models may be behind before requests should go elsewhere.
const LAG: u64 = 50_000;

pub struct Ready {
    app: App,
    checkpoints: Option<Arc<Schedule>>,
}

impl Ready {
    pub fn new(app: App, checkpoints: Option<Arc<Schedule>>) -> Self {
        Self { app, checkpoints }
    }

    /// Calls are answered without checkpoints too, so a folder that is away takes no node out of traffic.
    fn checkpoints(&self) -> Option<Check> {
        let trouble = self.checkpoints.as_ref()?.trouble();
        let told = trouble.map(|_| "the newest could not be written; the log of the server says why".to_owned());
        Some(Check { name: "checkpoints", ok: true, detail: told })
    }
}

#[async_trait]
impl Readiness for Ready {
    async fn checks(&self) -> Vec<Check> {
        let progress = *self.app.projector.progress().borrow();
        let lag = self.app.journal.log().behind(progress).await;
        let log = match &lag {
            Ok(_) => Check::ok("event_log"),
            Err(error) => Check::failed("event_log", error.to_string()),
        };
        let lag = lag.unwrap_or_default();
        let projections = match set_aside::counts(&*self.app.store.rows).await {
            Ok(_) if lag > LAG => Check::failed("projections", format!("the read models are {lag} events behind")),
            Ok(counts) => Check { detail: told(&counts), ..Check::ok("projections") },
            Err(_) => Check::failed("projections", "the read models cannot be read"),
        };
        [log, projections].into_iter().chain(self.checkpoints()).collect()
    }
}

/// Events that were set aside keep nobody out of traffic, but somebody should know.
fn told(set_aside: &BTreeMap<String, u64>) -> Option<String> {
    let each: Vec<_> = set_aside.iter().map(|(name, count)| format!("{name} {count}")).collect();
    (!each.is_empty())
        .then(|| format!("events are set aside: {}; `ringbuch projections status` tells more", each.join(", ")))
}
