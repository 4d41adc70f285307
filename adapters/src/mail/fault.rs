//! Why a mail did not go out, without a word of what the mail server said.

use lettre::transport::smtp::Error;
use thiserror::Error as Told;

/// Whether asking again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    Passing,
    /// This mail will never be taken.
    Final,
}

/// A stable word that may be kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Told)]
#[error("the mail was not taken: {reason}")]
pub struct MailFault {
    pub reason: String,
    pub lasting: Lasting,
}

/// The login or its protection is at fault and not the mail (RFC 4954); somebody will put it right.
const LOGIN: [u16; 4] = [530, 534, 535, 538];

impl MailFault {
    pub fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), lasting: Lasting::Passing }
    }

    pub fn is_final(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), lasting: Lasting::Final }
    }
}

impl From<Error> for MailFault {
    fn from(error: Error) -> Self {
        let code = error.status().map(u16::from);
        match code {
            Some(code) if LOGIN.contains(&code) => Self::passing(format!("login_refused_{code}")),
            Some(code) if error.is_permanent() => Self::is_final(format!("status_{code}")),
            Some(code) => Self::passing(format!("status_{code}")),
            None if error.is_timeout() => Self::passing("timed_out"),
            None if error.is_tls() => Self::passing("tls_failed"),
            // Without encryption no password is sent, and no mail.
            None if error.is_client() => Self::passing("login_or_encryption_not_offered"),
            None => Self::passing("not_connected"),
        }
    }
}
