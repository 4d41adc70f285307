//! Stands between a store and its PostgreSQL server and, when armed, lets one COMMIT through and swallows the answer.

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

    /// Cuts off the answer to the next COMMIT.
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
    let swallow = AtomicBool::new(false);
    tokio::select! {
        () = ask(client_read, server_write, &trap, &swallow) => {}
        () = answer(server_read, client_write, &swallow) => {}
    }
}

async fn ask(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, trap: &Trap, swallow: &AtomicBool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut buffer).await {
        let commits = buffer[..count].windows(7).any(|word| word == b"COMMIT\0");
        if commits && trap.armed.swap(false, Ordering::SeqCst) {
            trap.sprung.fetch_add(1, Ordering::SeqCst);
            swallow.store(true, Ordering::SeqCst);
        }
        if server.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

async fn answer(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, swallow: &AtomicBool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut buffer).await {
        if swallow.load(Ordering::SeqCst) {
            // The tag of a COMMIT that was carried out ends the answer.
            if buffer[..count].windows(7).any(|word| word == b"COMMIT\0") {
                return;
            }
        } else if client.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
