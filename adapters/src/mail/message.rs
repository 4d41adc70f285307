//! A letter as a message on the wire.

use super::fault::MailFault;
use super::html::html;
use super::invitation::Invitation;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use std::time::SystemTime;

/// What is to be written to whom.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The same however often it is sent, so that a receiver sees one mail. Without its domain.
    pub message_id: String,
    pub to: Vec<String>,
    /// How the one receiver of a customer's mail is called.
    pub to_name: Option<String>,
    /// Instead of the installation's own name.
    pub from_name: Option<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    /// Paragraphs with an empty line between them.
    pub text: String,
    pub invitation: Option<Invitation>,
    pub written_at: Timestamp,
}

impl Outgoing {
    /// Fails for good where an address cannot be one.
    pub(super) fn message(&self, from: &Mailbox) -> Result<Message, MailFault> {
        let unusable = |what: &str| MailFault::is_final(format!("{what}_unusable"));
        let name = self.from_name.as_deref().map(in_one_line).or_else(|| from.name.clone());
        let id = format!("<{}@{}>", self.message_id, from.email.domain());
        let mut message = Message::builder()
            .from(Mailbox::new(name, from.email.clone()))
            .message_id(Some(id))
            .date(SystemTime::from(self.written_at))
            .subject(in_one_line(&self.subject));
        for address in &self.to {
            let address = address.parse().map_err(|_| unusable("address"))?;
            message = message.to(Mailbox::new(self.to_name.as_deref().map(in_one_line), address));
        }
        if let Some(address) = &self.reply_to {
            let address = address.parse().map_err(|_| unusable("reply_to"))?;
            message = message.reply_to(Mailbox::new(None, address));
        }
        message.multipart(self.parts()?).map_err(|_| unusable("mail"))
    }

    /// Readers take the last form of the text that they understand; the file is for those that only take files.
    fn parts(&self) -> Result<MultiPart, MailFault> {
        let forms = MultiPart::alternative()
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(html(&self.text)));
        let Some(invitation) = &self.invitation else { return Ok(forms) };
        let attendee = self.to.first().map_or("", String::as_str);
        let file = invitation.file(attendee).map_err(|_| MailFault::is_final("invitation_unusable"))?;
        let kind = format!("text/calendar; charset=utf-8; method={}", invitation.method.as_str());
        let kind = ContentType::parse(&kind).map_err(|_| MailFault::is_final("invitation_unusable"))?;
        let inline = SinglePart::builder().header(kind.clone()).body(file.clone());
        let attached = Attachment::new("termin.ics".to_owned()).body(file, kind);
        Ok(MultiPart::mixed().multipart(forms.singlepart(inline)).singlepart(attached))
    }
}

/// Names come from callers and calendars. A line's end would begin another header, and the library gives up on it.
fn in_one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
