//! What readiness means: the database answers and the read models keep up.

use crate::app::App;
use crate::http::health::{Check, Readiness};
use async_trait::async_trait;

/// Events that read models may be behind before requests should go elsewhere.
const LAG: u64 = 50_000;

pub struct Ready {
    app: App,
}

impl Ready {
    pub fn new(app: App) -> Self {
        Self { app }
    }
}

#[async_trait]
impl Readiness for Ready {
    async fn checks(&self) -> Vec<Check> {
        let head = self.app.journal.log().head().await;
        let progress = *self.app.projector.progress().borrow();
        let log = match &head {
            Ok(_) => Check::ok("event_log"),
            Err(error) => Check::failed("event_log", error.to_string()),
        };
        let lag = head.map_or(0, |head| head.saturating_sub(progress));
        let projections = if lag <= LAG {
            Check::ok("projections")
        } else {
            Check::failed("projections", format!("the read models are {lag} events behind"))
        };
        vec![log, projections]
    }
}
