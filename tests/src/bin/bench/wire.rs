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

    /// Posts a signed body and returns the status of the answer, which has no body if all is well.
    pub async fn post(&self, sender: usize, path: &str, signature: &str, body: &[u8]) -> Result<u16> {
        let mut line = self.open.get(sender).context("more senders than lines")?.lock().await;
        let stream = match &mut *line {
            Some(stream) => stream,
            closed => {
                let stream = TcpStream::connect(self.server).await?;
                stream.set_nodelay(true)?;
                closed.insert(stream)
            }
        };
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nx-retell-signature: {signature}\r\n\
             content-length: {}\r\n\r\n",
            self.server,
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).await?;
        let mut answer = Vec::with_capacity(512);
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the server closed the connection");
        }
        let status = answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
        status.context("no answer of HTTP")?.parse().context("no status")
    }
}
