//! The demo as somebody starts it who wants to see it: the real binary in a folder of its own.

use crate::stories::crash::program::binary;
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub struct Demo {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
    /// What it said of itself once it was ready.
    pub ready: Value,
}

impl Demo {
    pub async fn start(arguments: &[&str], data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command.args(["demo", "--json", "--data"]).arg(data).args(arguments);
        command.env_clear().envs(settings.iter().copied()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = told.next_line().await.unwrap().expect("the demo says that it is ready");
        Self { child, told, ready: serde_json::from_str(&ready).unwrap() }
    }

    /// What it says once everything has come to rest.
    pub async fn summary(&mut self) -> Value {
        let line = self.told.next_line().await.unwrap().expect("the demo tells what came of it");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// With SIGINT, as whoever watches it ends it.
    pub async fn end(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
        self.child.wait().await.unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> bool {
        self.child.wait().await.unwrap().success()
    }
}
