//! Health for orchestrators: `/livez` says that the process runs, `/readyz` whether it should get traffic.

use super::{Routes, with};
use crate::problem::{Kind, Problem};
use async_trait::async_trait;
use http::Method;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use warp::Filter;
use warp::reply::Json;

/// One thing that the node cannot work without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `event_log`, `read_models`, ….
    pub name: &'static str,
    pub ok: bool,
    /// Why not, or what to know all the same, in words without secrets; anybody may read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Check {
    pub fn ok(name: &'static str) -> Self {
        Self { name, ok: true, detail: None }
    }
    pub fn failed(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: false, detail: Some(detail.into()) }
    }
}

#[async_trait]
pub trait Readiness: Send + Sync {
    /// Every dependency by name.
    async fn checks(&self) -> Vec<Check>;
}

/// A dependency that hangs must not make the answer hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// `draining` is cancelled when the node starts to shut down; it is not ready from then on.
pub fn routes(readiness: &Arc<dyn Readiness>, draining: &CancellationToken) -> Routes {
    let live = warp::any().map(|| warp::reply::json(&json!({"status": "alive"})));
    let ready = with(readiness).and(with(draining)).then(ready);
    Routes::new().add(Method::GET, "/livez", live).add(Method::GET, "/readyz", ready)
}

async fn ready(readiness: Arc<dyn Readiness>, draining: CancellationToken) -> Result<Json, Problem> {
    if draining.is_cancelled() {
        return Err(not_ready(&[Check::failed("draining", "the node is shutting down")]));
    }
    let checks = checks(&*readiness, PATIENCE).await;
    if checks.iter().all(|check| check.ok) {
        return Ok(warp::reply::json(&json!({"status": "ready", "checks": checks})));
    }
    Err(not_ready(&checks))
}

async fn checks(readiness: &dyn Readiness, patience: Duration) -> Vec<Check> {
    let checks = tokio::time::timeout(patience, readiness.checks()).await;
    checks.unwrap_or_else(|_| vec![Check::failed("checks", "they did not end in time")])
}

fn not_ready(checks: &[Check]) -> Problem {
    Problem::new(Kind::NotReady).with("checks", json!(checks))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Vec<Check>);

    #[async_trait]
    impl Readiness for Fixed {
        async fn checks(&self) -> Vec<Check> {
            self.0.clone()
        }
    }

    #[tokio::test]
    async fn one_failed_check_takes_the_node_out_of_traffic_and_is_named() {
        let checks = vec![Check::ok("event_log"), Check::failed("read_models", "no connection")];
        let problem = ready(Arc::new(Fixed(checks)), CancellationToken::new()).await.err().unwrap();
        assert_eq!(problem.kind.status(), 503);
        let document = serde_json::to_value(&problem).unwrap();
        assert_eq!(document["checks"][1], json!({"name": "read_models", "ok": false, "detail": "no connection"}));
    }

    #[tokio::test]
    async fn a_node_that_drains_is_not_ready_although_all_is_well() {
        let (readiness, draining) = (Arc::new(Fixed(vec![Check::ok("event_log")])), CancellationToken::new());
        assert!(ready(readiness.clone(), draining.clone()).await.is_ok());
        draining.cancel();
        assert!(ready(readiness, draining).await.is_err());
    }

    #[tokio::test]
    async fn a_check_that_hangs_counts_as_failed() {
        struct Hanging;
        #[async_trait]
        impl Readiness for Hanging {
            async fn checks(&self) -> Vec<Check> {
                std::future::pending().await
            }
        }
        let checks = checks(&Hanging, Duration::from_millis(1)).await;
        assert_eq!(checks, [Check::failed("checks", "they did not end in time")]);
    }
}
