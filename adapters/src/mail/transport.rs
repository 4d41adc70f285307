//! The mail server: how it is reached, and handing it a message.

use super::fault::MailFault;
use super::message::Outgoing;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use thiserror::Error;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte, usually on port 465.
    Tls,
    /// Encrypted before anything is told, usually on port 587; a server that does not offer it is told nothing.
    StartTls,
    /// Not at all: for a server on this machine.
    None,
}

#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<(String, SecretString)>,
    /// Who writes: `Name <address>` or an address alone.
    pub from: String,
    /// For one whole mail, from connecting to the server's last word.
    pub timeout: Duration,
}

impl SmtpSettings {
    /// Whether mails can be made with these settings; nobody is connected to.
    pub fn check(&self) -> Result<(), MailerUnusable> {
        self.sender().map(|_| ())
    }

    fn sender(&self) -> Result<Mailbox, MailerUnusable> {
        self.from.parse().map_err(|_| MailerUnusable::From)
    }
}

#[derive(Debug, Error)]
pub enum MailerUnusable {
    #[error("the sender of mails is no address such as Salon <termine@example.com>")]
    From,
    #[error("no encrypted connection to the mail server can be prepared: {0}")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// Hands mails to one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
}

impl Mailer {
    /// Belongs to the runtime that it is made in, since it keeps connections open.
    pub fn new(settings: &SmtpSettings) -> Result<Self, MailerUnusable> {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from = settings.sender()?;
        let tls = || TlsParameters::new(settings.host.clone()).map_err(MailerUnusable::Tls);
        let tls = match settings.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout));
        if let Some((user, password)) = &settings.login {
            server = server.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { server: server.build(), from, timeout: settings.timeout })
    }

    /// The address that mails come from.
    pub fn sender(&self) -> String {
        self.from.email.to_string()
    }

    /// Returns once the server has taken it.
    pub async fn send(&self, mail: &Outgoing) -> Result<(), MailFault> {
        let message = mail.message(&self.from)?;
        // The library bounds connecting alone; a server that falls silent would be waited for for ever.
        match tokio::time::timeout(self.timeout, self.server.send(message)).await {
            Ok(sent) => sent.map(|_| ()).map_err(MailFault::from),
            Err(_) => Err(MailFault::passing("timed_out")),
        }
    }
}
