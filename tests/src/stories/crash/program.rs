//! The real binary, as an operator would run it, and its ends: the orderly one and the other.

use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub struct Program(Child);

impl Program {
    /// Starts the server and waits until it says that it is ready.
    pub async fn serve(database: &str, master: &SecretString, port: u16) -> Self {
        Self::serve_with(database, master, port, &[]).await
    }

    /// The same with settings of its own.
    pub async fn serve_with(database: &str, master: &SecretString, port: u16, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command
            .args(["serve", "--json"])
            .env_clear()
            .env("RINGBUCH_DATABASE_URL", database)
            .env("RINGBUCH_MASTER_KEY", master.expose_secret())
            .env("RINGBUCH_LISTEN", format!("127.0.0.1:{port}"))
            .env("RINGBUCH_ALLOW_LOOPBACK", "true")
            .env("RINGBUCH_CALCOM_RATE_PER_MINUTE", "10000")
            .env("RINGBUCH_BOOKING_TIMEOUT_MS", "3000")
            .env("RINGBUCH_RECONCILE_MINUTES", "0")
            .env("RINGBUCH_DRAIN_SECONDS", "0")
            .env("RINGBUCH_LOG", "error")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = told.next_line().await.unwrap();
        assert!(ready.is_some_and(|line| line.contains("\"ready\":true")), "the server did not start");
        Self(child)
    }

    /// At once, with SIGKILL.
    pub async fn kill(mut self) {
        self.0.kill().await.unwrap();
    }

    /// In an orderly way, with SIGTERM; it succeeds.
    pub async fn end(mut self) {
        let id = self.0.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        assert!(self.0.wait().await.unwrap().success());
    }
}

/// Beside the folder of the tests' own binary, where cargo puts it.
pub fn binary() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let binary = tests.parent().and_then(|deps| deps.parent()).unwrap().join("ringbuch");
    assert!(binary.exists(), "{} is missing; `cargo build -p ringbuch-api` makes it", binary.display());
    binary
}
