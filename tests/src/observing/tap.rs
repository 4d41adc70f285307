//! Stands between a client and a server and keeps what the client says.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

pub struct Tap {
    pub url: String,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// Before the server at that base address.
    pub async fn before(server: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let after_scheme = server.trim_start_matches("http://");
        let (host, path) = after_scheme.split_once('/').unwrap_or((after_scheme, ""));
        let url = format!("http://{}/{path}", listener.local_addr().unwrap()).trim_end_matches('/').to_owned();
        let (said, host) = (Arc::<Mutex<Vec<u8>>>::default(), host.to_owned());
        let kept = Arc::clone(&said);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&host).await.unwrap();
                tokio::spawn(relay(client, server, Arc::clone(&kept)));
            }
        });
        Self { url, said }
    }

    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }
}

async fn relay(client: TcpStream, server: TcpStream, said: Arc<Mutex<Vec<u8>>>) {
    let (mut client_read, mut client_write) = client.into_split();
    let (mut server_read, mut server_write) = server.into_split();
    let ask = async {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = client_read.read(&mut buffer).await {
            said.lock().unwrap().extend_from_slice(&buffer[..count]);
            if server_write.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = ask => {}
        _ = copy(&mut server_read, &mut client_write) => {}
    }
}
