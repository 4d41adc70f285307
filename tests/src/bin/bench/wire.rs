//! Connections that send requests already written down, one for each sender and kept open: whoever measures a server must
//! not measure a client that costs as much.

use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

pub struct Lines {
    server: SocketAddr,
    open: Vec<Mutex<Option<TcpStream>>>,
}

impl Lines {
    pub fn to(server: SocketAddr, senders: usize) -> Self {
        Self { server, open: (0..senders).map(|_| Mutex::default()).collect() }
    }

    /// Posts a signed body and returns the status of the answer.
    pub async fn post(&self, sender: usize, path: &str, signature: &str, body: &[u8]) -> Result<u16> {
        Ok(self.ask(sender, path, signature, body).await?.0)
    }

    /// As `post`, with the body of the answer.
    pub async fn ask(&self, sender: usize, path: &str, signature: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nx-retell-signature: {signature}\r\n\
             content-length: {}\r\n\r\n",
            self.server,
            body.len()
        );
        self.send(sender, &[head.as_bytes(), body].concat()).await
    }

    /// Reads an address with a header of its own: a key, a cookie.
    pub async fn get(&self, sender: usize, path: &str, header: &str) -> Result<(u16, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{header}\r\n\r\n", self.server);
        self.send(sender, request.as_bytes()).await
    }

    /// Any request: its first line as far as the address, and headers of its own with line breaks between them.
    pub async fn request(&self, sender: usize, asks: &str, headers: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        let head = format!(
            "{asks} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n{headers}\r\ncontent-length: {}\r\n\r\n",
            self.server,
            body.len()
        );
        self.send(sender, &[head.as_bytes(), body].concat()).await
    }

    async fn send(&self, sender: usize, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        let mut line = self.open.get(sender).context("more senders than lines")?.lock().await;
        let stream = match &mut *line {
            Some(stream) => stream,
            closed => {
                let stream = TcpStream::connect(self.server).await?;
                stream.set_nodelay(true)?;
                closed.insert(stream)
            }
        };
        stream.write_all(request).await?;
        let mut answer = Vec::with_capacity(512);
        let head = loop {
            if let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            ensure!(stream.read_buf(&mut answer).await? > 0, "the server closed the connection");
        };
        let whole = head + length_of(answer.get(..head).unwrap_or_default());
        while answer.len() < whole {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the server closed the connection");
        }
        let status = answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
        let status = status.context("no answer of HTTP")?.parse().context("no status")?;
        Ok((status, answer.split_off(head)))
    }
}

/// The length of the body behind a head; nothing where it does not say.
fn length_of(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.and_then(|length| length.trim().parse().ok()).unwrap_or_default()
}
