//! Where the webhooks of Retell and Cal.com arrive. The route reads the raw body, hands it over and answers; everything else happens behind
//! `Intake`, and nothing that a provider sends in a proven request gets a 4xx.

use super::body::{self, Body};
use super::route::param;
use super::{Peer, Routes, with};
use crate::metrics::{Metrics, RejectReason};
use crate::problem::{Kind, Problem};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::sync::Arc;
use warp::Filter;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeAnswer {
    /// It is durable, or has been before.
    Accepted,
    /// Nothing in it is proven.
    Rejected(RejectReason),
    /// It could not be stored; the provider should send it again.
    Unavailable,
}

#[async_trait]
pub trait Intake: Send + Sync {
    /// Verifies and stores one delivery. The company is what the path names, unchecked.
    async fn retell(&self, company: Option<&str>, headers: &HeaderMap, body: Bytes, peer: Option<Peer>)
    -> IntakeAnswer;

    /// The same for the calendar of the company that the path names, unchecked.
    async fn calcom(&self, company: &str, headers: &HeaderMap, body: Bytes, peer: Option<Peer>) -> IntakeAnswer;

    /// Notes a request that was turned away before it could be verified.
    async fn turned_away(&self, reason: RejectReason, peer: Option<Peer>);
}

const RETRY_AFTER_SECONDS: u32 = 5;

pub fn routes(intake: &Arc<dyn Intake>, metrics: &Metrics) -> Routes {
    let door = Door { intake: intake.clone(), metrics: metrics.clone() };
    let delivery =
        || warp::header::headers_cloned().and(body::raw()).and(warp::ext::optional::<Peer>()).and(with(&door));
    let plain =
        delivery().then(|headers, body, peer, door: Door| async move { door.retell(None, &headers, body, peer).await });
    let named = param::<String>("company").and(delivery()).then(
        |company: String, headers, body, peer, door: Door| async move {
            door.retell(Some(&company), &headers, body, peer).await
        },
    );
    let calendar =
        param::<String>("company").and(delivery()).then(
            |company: String, headers, body, peer, door: Door| async move {
                door.calcom(&company, &headers, body, peer).await
            },
        );
    Routes::new()
        .add(Method::POST, "/api/mcp/retell/webhook", plain)
        .add(Method::POST, "/api/mcp/retell/webhook/{company}", named)
        .add(Method::POST, "/api/mcp/calcom/webhook/{company}", calendar)
}

#[derive(Clone)]
struct Door {
    intake: Arc<dyn Intake>,
    metrics: Metrics,
}

impl Door {
    async fn retell(
        &self,
        company: Option<&str>,
        headers: &HeaderMap,
        body: Body,
        peer: Option<Peer>,
    ) -> Result<StatusCode, Problem> {
        let body = self.whole(body, peer).await?;
        self.answer(self.intake.retell(company, headers, body, peer).await)
    }

    async fn calcom(
        &self,
        company: &str,
        headers: &HeaderMap,
        body: Body,
        peer: Option<Peer>,
    ) -> Result<StatusCode, Problem> {
        let body = self.whole(body, peer).await?;
        self.answer(self.intake.calcom(company, headers, body, peer).await)
    }

    /// What did not come whole cannot be proven.
    async fn whole(&self, body: Body, peer: Option<Peer>) -> Result<Bytes, Problem> {
        let reason = match body {
            Body::TooLarge => Some(RejectReason::BodyTooLarge),
            Body::TooSlow | Body::Cut => Some(RejectReason::BodyIncomplete),
            Body::Read(_) => None,
        };
        if let Some(reason) = reason {
            self.metrics.webhook_rejected(reason);
            self.intake.turned_away(reason, peer).await;
        }
        body.into_bytes()
    }

    fn answer(&self, answer: IntakeAnswer) -> Result<StatusCode, Problem> {
        match answer {
            IntakeAnswer::Accepted => Ok(StatusCode::NO_CONTENT),
            IntakeAnswer::Rejected(reason) => {
                self.metrics.webhook_rejected(reason);
                // The reason stays with us: it would tell a stranger which companies and numbers exist.
                Err(Problem::new(Kind::SignatureNotProven))
            }
            IntakeAnswer::Unavailable => Err(Problem::unavailable(RETRY_AFTER_SECONDS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Front;
    use http::Request;
    use std::sync::Mutex;
    use tower::ServiceExt;
    use warp::reply::Response;

    /// Answers by the body's first word and notes what it was given.
    #[derive(Default)]
    struct Noting(Mutex<Vec<String>>);

    #[async_trait]
    impl Intake for Noting {
        async fn retell(
            &self,
            company: Option<&str>,
            headers: &HeaderMap,
            body: Bytes,
            _peer: Option<Peer>,
        ) -> IntakeAnswer {
            let signature = headers.get("x-retell-signature").map(|value| value.to_str().unwrap());
            self.0.lock().unwrap().push(format!("{company:?} {signature:?} {}", body.len()));
            match &body[..] {
                b"forged" => IntakeAnswer::Rejected(RejectReason::SignatureWrong),
                b"down" => IntakeAnswer::Unavailable,
                _ => IntakeAnswer::Accepted,
            }
        }
        async fn calcom(&self, company: &str, headers: &HeaderMap, body: Bytes, peer: Option<Peer>) -> IntakeAnswer {
            self.0.lock().unwrap().push("calcom".into());
            self.retell(Some(company), headers, body, peer).await
        }
        async fn turned_away(&self, reason: RejectReason, _peer: Option<Peer>) {
            self.0.lock().unwrap().push(reason.as_str().to_owned());
        }
    }

    fn front() -> (Arc<Noting>, Metrics, Front) {
        let (noting, metrics) = (Arc::new(Noting::default()), Metrics::new().unwrap());
        let intake: Arc<dyn Intake> = noting.clone();
        (noting, metrics.clone(), Front::new(routes(&intake, &metrics), metrics))
    }

    async fn post(front: &Front, path: &str, body: Vec<u8>) -> Response {
        let body = http_body_util::Full::new(Bytes::from(body));
        let request = Request::post(path).header("x-retell-signature", "v=1,d=00").body(body).unwrap();
        front.clone().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn what_intake_says_becomes_the_status_that_the_provider_acts_on() {
        let (noting, metrics, front) = front();
        assert_eq!(post(&front, "/api/mcp/retell/webhook", b"{}".into()).await.status(), 204);
        assert_eq!(post(&front, "/api/mcp/retell/webhook/salon", vec![0xff, 0xfe]).await.status(), 204);
        assert_eq!(post(&front, "/api/mcp/retell/webhook/salon", b"forged".into()).await.status(), 401);
        let down = post(&front, "/api/mcp/retell/webhook", b"down".into()).await;
        assert_eq!((down.status().as_u16(), down.headers()["retry-after"].to_str().unwrap()), (503, "5"));
        assert_eq!(
            *noting.0.lock().unwrap(),
            [
                "None Some(\"v=1,d=00\") 2",
                "Some(\"salon\") Some(\"v=1,d=00\") 2",
                "Some(\"salon\") Some(\"v=1,d=00\") 6",
                "None Some(\"v=1,d=00\") 4",
            ]
        );
        assert!(metrics.render().contains(r#"ringbuch_webhook_rejected_total{reason="signature_wrong"} 1"#));
    }

    #[tokio::test]
    async fn the_calendar_has_a_path_for_each_company() {
        let (noting, _, front) = front();
        assert_eq!(post(&front, "/api/mcp/calcom/webhook/salon", b"{}".into()).await.status(), 204);
        assert_eq!(post(&front, "/api/mcp/calcom/webhook/salon", b"forged".into()).await.status(), 401);
        assert_eq!(post(&front, "/api/mcp/calcom/webhook/salon", b"down".into()).await.status(), 503);
        assert_eq!(post(&front, "/api/mcp/calcom/webhook", b"{}".into()).await.status(), 404);
        let noted = noting.0.lock().unwrap();
        assert_eq!(noted[..2], ["calcom", "Some(\"salon\") Some(\"v=1,d=00\") 2"]);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_never_reaches_verification() {
        let (noting, metrics, front) = front();
        let response = post(&front, "/api/mcp/retell/webhook/salon", vec![b' '; body::LIMIT + 1]).await;
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(*noting.0.lock().unwrap(), ["body_too_large"]);
        assert!(metrics.render().contains(r#"ringbuch_webhook_rejected_total{reason="body_too_large"} 1"#));
        assert_eq!(post(&front, "/api/mcp/retell/webhook/salon", vec![b' '; body::LIMIT]).await.status(), 204);
    }

    #[tokio::test]
    async fn another_method_is_refused_by_name() {
        let (_, _, front) = front();
        let get = Request::get("/api/mcp/retell/webhook").body(String::new()).unwrap();
        let response = front.oneshot(get).await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["allow"].to_str().unwrap()), (405, "POST"));
    }
}
