//! Every channel against a server that keeps what it was sent.

use super::*;
use crate::outbound::fake::{Fake, Reply, local, unused_port};
use crate::outbound::{Outbound, OutboundSettings};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

/// Key, id, time, body and signature of the specification's own example.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn now() -> Timestamp {
    Timestamp::from_second(1_614_265_330).unwrap()
}

fn notice() -> Notice {
    Notice {
        id: Uuid::from_u128(7),
        event: "alert.fired",
        title: "Salon <Mitte>".into(),
        text: "3 & mehr".into(),
        data: json!({ "kind": "drift", "measured": 3 }),
        happened_at: now(),
    }
}

fn sender() -> AlertSender {
    AlertSender::new(local(), None)
}

#[test]
fn a_signature_is_the_specifications() {
    let secret = SigningSecret::parse(SECRET).unwrap();
    let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    for bad in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
        assert!(SigningSecret::parse(bad).is_err(), "{bad}");
    }
    let drawn = SigningSecret::generate().unwrap();
    assert!(SigningSecret::parse(drawn.reveal()).is_ok() && !format!("{drawn:?}").contains("whsec_"));
}

#[tokio::test]
async fn slack_gets_a_text_without_markup_of_ours() {
    let fake = Fake::start().await;
    fake.next(Reply::json(200, "ok"));
    let to = Destination::slack(&format!("{}/services/T/B/x", fake.url()), &local()).unwrap();
    sender().send(&to, &notice(), now()).await.unwrap();
    let request = fake.only_request();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(request.target, "/services/T/B/x");
    assert_eq!(body, json!({ "text": "*Salon &lt;Mitte&gt;*\n3 &amp; mehr" }));
}

#[tokio::test]
async fn a_webhook_is_signed_over_what_is_sent() {
    let fake = Fake::start().await;
    fake.next(Reply::json(204, ""));
    let secret = SigningSecret::parse(SECRET).unwrap();
    let to = Destination::webhook(&fake.url(), secret.clone(), &local()).unwrap();
    sender().send(&to, &notice(), now()).await.unwrap();
    let request = fake.only_request();
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("webhook-id"), "msg_00000000000000000000000000000007");
    assert_eq!(header("webhook-timestamp"), "1614265330");
    assert_eq!(header("webhook-signature"), secret.sign(&header("webhook-id"), 1_614_265_330, &request.body));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["kind"]), (&json!("alert.fired"), &json!("drift")));
}

#[tokio::test]
async fn what_went_wrong_says_whether_to_try_again() {
    let fake = Fake::start().await;
    let to = |url: &str| Destination::Slack { url: SecretString::from(url) };
    for (reply, reason, may_be_repeated) in [
        (Reply::json(404, "no_service"), "status_404", false),
        (Reply::json(302, ""), "status_302", false),
        (Reply::json(429, ""), "status_429", true),
        (Reply::json(500, ""), "status_500", true),
        (Reply::cut(), "cut", true),
    ] {
        fake.next(reply);
        let undelivered = sender().send(&to(&fake.url()), &notice(), now()).await.unwrap_err();
        assert_eq!(undelivered, Undelivered { reason: reason.into(), may_be_repeated });
    }
    let nobody = sender().send(&to(&unused_port().await), &notice(), now()).await.unwrap_err();
    assert_eq!((nobody.reason.as_str(), nobody.may_be_repeated), ("not_connected", true));
    let mailbox = Destination::email(&["ops@example.com".into()]).unwrap();
    assert_eq!(sender().send(&mailbox, &notice(), now()).await.unwrap_err().reason, "no_mail_server");
}

#[test]
fn a_channel_leads_only_where_requests_may_go_and_is_kept_as_it_was() {
    let outbound = Outbound::new(OutboundSettings::default()).unwrap();
    for bad in ["http://hooks.example.com/x", "https://10.0.0.1/x", "https://127.0.0.1/x", "hooks"] {
        assert!(matches!(Destination::slack(bad, &outbound), Err(DestinationUnusable::Address(_))), "{bad}");
    }
    assert!(Destination::email(&[]).is_err() && Destination::email(&["ops".into()]).is_err());
    let secret = SigningSecret::parse(SECRET).unwrap();
    let webhook = Destination::webhook("https://hooks.example.com/in?a=b", secret, &outbound).unwrap();
    let stored = webhook.to_stored().unwrap();
    assert!(matches!(Destination::from_stored(&stored), Ok(Destination::Webhook { .. })));
    let shown = format!("{webhook:?}");
    assert!(!shown.contains("hooks.example.com") && !shown.contains("whsec_"), "{shown}");
    assert!(Destination::from_stored(&SecretString::from("{}")).is_err());
}
