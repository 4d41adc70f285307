//! Stands between a store and its PostgreSQL server and, when armed, lets one commit through and swallows the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Trap {
    armed: AtomicBool,
    sprung: AtomicUsize,
}

pub struct Proxy {
    pub host_and_port: String,
    trap: Arc<Trap>,
}

impl Proxy {
    pub async fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host_and_port = listener.local_addr().unwrap().to_string();
        let (trap, server) = (Arc::<Trap>::default(), server.to_owned());
        let watched = Arc::clone(&trap);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(relay(client, server, Arc::clone(&watched)));
            }
        });
        Self { host_and_port, trap }
    }

    /// Cuts off the answer to the next commit.
    pub fn arm(&self) {
        self.trap.armed.store(true, Ordering::SeqCst);
    }

    pub fn times_sprung(&self) -> usize {
        self.trap.sprung.load(Ordering::SeqCst)
    }
}

/// Ends both directions when one of them ends.
async fn relay(client: TcpStream, server: TcpStream, trap: Arc<Trap>) {
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::select! {
        () = ask(client_read, server_write) => {}
        () = answer(server_read, client_write, &trap) => {}
    }
}

async fn ask(mut client: OwnedReadHalf, mut server: OwnedWriteHalf) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut buffer).await {
        if server.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

async fn answer(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, trap: &Trap) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut buffer).await {
        if committed(&buffer[..count]) && trap.armed.swap(false, Ordering::SeqCst) {
            trap.sprung.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if client.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// The tag of a COMMIT, or of rows inserted by a statement that was a transaction of its own: behind it the server is idle.
fn committed(answer: &[u8]) -> bool {
    let says = |word: &[u8]| answer.windows(word.len()).any(|found| found == word);
    says(b"COMMIT\0") || (says(b"INSERT 0 ") && !says(b"INSERT 0 0\0") && answer.ends_with(b"Z\0\0\0\x05I"))
}
