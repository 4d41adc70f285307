//! Sending a notice to where a channel leads. Whatever the other side says beyond its status is not looked at.

use super::destination::Destination;
use super::notice::Notice;
use super::signing::SigningSecret;
use crate::mail::{Lasting, MailFault, Mailer, Outgoing};
use crate::outbound::{Outbound, SendFault};
use http::Method;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;

/// For one whole answer.
const WITHIN: Duration = Duration::from_secs(10);

/// Why a notice did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// A stable word that may be kept and shown.
    pub reason: String,
    /// Sending it again may help.
    pub may_be_repeated: bool,
}

#[derive(Debug, Clone)]
pub struct AlertSender {
    outbound: Outbound,
    mailer: Option<Mailer>,
}

impl AlertSender {
    pub fn new(outbound: Outbound, mailer: Option<Mailer>) -> Self {
        Self { outbound, mailer }
    }

    /// What addresses of channels are checked with.
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Returns once the other side has taken it.
    pub async fn send(&self, to: &Destination, notice: &Notice, now: Timestamp) -> Result<(), Undelivered> {
        match to {
            Destination::Slack { url } => self.slack(url, notice).await,
            Destination::Email { to } => self.email(to, notice, now).await,
            Destination::Webhook { url, secret } => self.webhook(url, secret, notice, now).await,
        }
    }

    async fn slack(&self, url: &SecretString, notice: &Notice) -> Result<(), Undelivered> {
        let text = format!("*{}*\n{}", of_slack(&notice.title), of_slack(&notice.text));
        self.post(url, json!({ "text": text }).to_string(), &[]).await
    }

    async fn webhook(
        &self,
        url: &SecretString,
        secret: &SigningSecret,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Undelivered> {
        let (id, time, body) = (format!("msg_{}", notice.id.simple()), now.as_second(), notice.payload().to_string());
        let signature = secret.sign(&id, time, body.as_bytes());
        let headers = [("webhook-id", id), ("webhook-timestamp", time.to_string()), ("webhook-signature", signature)];
        self.post(url, body, &headers).await
    }

    async fn post(&self, url: &SecretString, body: String, headers: &[(&str, String)]) -> Result<(), Undelivered> {
        let refused = |_| Undelivered { reason: "address_refused".into(), may_be_repeated: false };
        let request = self.outbound.request(Method::POST, url.expose_secret(), &[]).map_err(refused)?;
        let mut request = request.timeout(WITHIN).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|error| Undelivered::from(SendFault::from(error)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let gone = status.is_redirection() || matches!(status.as_u16(), 400 | 401 | 403 | 404 | 405 | 410);
        Err(Undelivered { reason: format!("status_{}", status.as_u16()), may_be_repeated: !gone })
    }

    async fn email(&self, to: &[String], notice: &Notice, now: Timestamp) -> Result<(), Undelivered> {
        // Somebody may name a mail server any time.
        let no_server = || Undelivered { reason: "no_mail_server".into(), may_be_repeated: true };
        let mailer = self.mailer.as_ref().ok_or_else(no_server)?;
        let mail = Outgoing {
            message_id: format!("alert-{}", notice.id.simple()),
            to: to.to_vec(),
            to_name: None,
            from_name: None,
            reply_to: None,
            subject: notice.title.clone(),
            text: notice.text.clone(),
            invitation: None,
            written_at: now,
        };
        mailer.send(&mail).await.map_err(Undelivered::from)
    }
}

impl From<SendFault> for Undelivered {
    fn from(fault: SendFault) -> Self {
        let (reason, may_be_repeated) = match fault {
            SendFault::AddressRefused => ("address_refused", false),
            SendFault::Unwritable => ("unwritable", false),
            SendFault::NotConnected => ("not_connected", true),
            SendFault::TimedOut => ("timed_out", true),
            SendFault::Cut => ("cut", true),
            SendFault::TooLarge => ("too_large", true),
        };
        Self { reason: reason.into(), may_be_repeated }
    }
}

impl From<MailFault> for Undelivered {
    fn from(fault: MailFault) -> Self {
        Self { may_be_repeated: fault.lasting == Lasting::Passing, reason: fault.reason }
    }
}

/// The three characters that Slack reads as its own.
fn of_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
