//! A mail server on this machine that speaks SMTP by another's library, and keeps what it takes.

use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub const USER: &str = "ringbuch";
pub const PASSWORD: &str = "made-up-password";

#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    mails: Vec<Mail>,
    /// Answers to the next messages, in order.
    refusals: Vec<Response>,
}

#[derive(Debug, Clone)]
pub struct Mail {
    pub to: Vec<String>,
    /// As it came over the wire.
    pub text: String,
}

impl Mail {
    /// The value of a header, without its continuation.
    pub fn header(&self, name: &str) -> String {
        let line = self.text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    }

    /// With what its parts are encoded in undone as far as plain letters go.
    pub fn holds(&self, part: &str) -> bool {
        self.text.replace("=\r\n", "").replace("\r\n ", "").contains(part)
    }
}

impl Mailbox {
    /// Listens until the test ends; the port with what is kept.
    pub async fn open() -> (u16, Self) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (port, mailbox) = (listener.local_addr().unwrap().port(), Self::default());
        let kept = mailbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                tokio::spawn(serve(stream, peer, kept.clone()));
            }
        });
        (port, mailbox)
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().unwrap().mails.clone()
    }

    /// The next message is answered so.
    pub fn refuse_next(&self, code: u16, words: &str) {
        self.0.lock().unwrap().refusals.push(Response::custom(code, words.to_owned()));
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, kept: Mailbox) -> io::Result<()> {
    let receiver = Receiver { kept, to: Vec::new(), body: Vec::new() };
    let mut session = SessionBuilder::new("mail.example.com")
        .enable_auth(AuthMechanism::Plain)
        .insecure_enable_plaintext_auth()
        .build(peer.ip(), receiver);
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    write.write_all(&session.greeting().buffer()?).await?;
    loop {
        let mut line = Vec::new();
        if read.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer = session.process(&line);
        if !matches!(answer.action, Action::NoReply) {
            write.write_all(&answer.buffer()?).await?;
        }
        if matches!(answer.action, Action::Close) {
            return Ok(());
        }
    }
}

struct Receiver {
    kept: Mailbox,
    to: Vec<String>,
    body: Vec<u8>,
}

impl Handler for Receiver {
    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        if (user, password) == (USER, PASSWORD) { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, to: &[String]) -> Response {
        (self.to, self.body) = (to.to_vec(), Vec::new());
        response::OK
    }

    fn data(&mut self, part: &[u8]) -> io::Result<()> {
        self.body.extend_from_slice(part);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        self.kept.0.lock().unwrap().mails.push(Mail { to: std::mem::take(&mut self.to), text });
        response::OK
    }

    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        let refusals = &mut self.kept.0.lock().unwrap().refusals;
        if refusals.is_empty() { response::OK } else { refusals.remove(0) }
    }
}
