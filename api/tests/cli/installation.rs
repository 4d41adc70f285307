//! A folder with a database of its own, and the program run on it.

use serde_json::Value;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// Nothing here should take a tenth of this, even on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const MASTER_KEY: &str = "main:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

pub struct Installation {
    pub folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What one run of the program came to.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Installation {
    /// Nothing is there yet but the settings.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite:{}", folder.path().join("ringbuch.db").display());
        let settings = [
            ("RINGBUCH_DATABASE_URL", database.as_str()),
            ("RINGBUCH_MASTER_KEY", MASTER_KEY),
            ("RINGBUCH_LISTEN", "127.0.0.1:0"),
        ];
        let environment = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { folder, environment }
    }

    pub async fn migrated() -> Self {
        let installation = Self::new();
        installation.done("migrate").await;
        installation
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A line as it is typed; `~` stands for a space inside a word.
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringbuch"));
        command.args(line.split_whitespace().map(|word| word.replace('~', " ")));
        command.current_dir(self.folder.path()).env_clear().envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, line: &str) -> Run {
        self.run_with(line, "").await
    }

    /// As `run`, with something on stdin.
    pub async fn run_with(&self, line: &str, input: &str) -> Run {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read what it is given may be gone already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        Run::of(ended.unwrap_or_else(|_| panic!("`{line}` did not end")).unwrap())
    }

    /// What a command says that must succeed.
    pub async fn done(&self, line: &str) -> String {
        let run = self.run(line).await;
        assert_eq!(run.code, 0, "`{line}`: {}", run.stderr);
        run.stdout
    }

    /// What a command answers as JSON.
    pub async fn json(&self, line: &str) -> Value {
        let text = self.done(&format!("{line} --json")).await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{line}`: {error}: {text}"))
    }

    /// What a command says that must fail, with its exit code.
    pub async fn fails(&self, line: &str) -> (i32, String) {
        let run = self.run(line).await;
        assert_ne!(run.code, 0, "`{line}` succeeded: {}", run.stdout);
        assert_eq!(run.stdout, "", "`{line}`");
        (run.code, run.stderr)
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&self) -> Serving {
        let mut command = self.command("serve");
        let mut child = command.env("RINGBUCH_LOG_FORMAT", "json").stdout(Stdio::null()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = tokio::time::timeout(PATIENCE, address(&mut log)).await.unwrap();
        Serving { child, log, url: format!("http://{address}") }
    }
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A server at work.
pub struct Serving {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    pub url: String,
}

async fn address(log: &mut Lines<BufReader<ChildStderr>>) -> String {
    while let Some(line) = log.next_line().await.unwrap() {
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server says: {line}"));
        if let Some(address) = line["address"].as_str() {
            return address.to_owned();
        }
    }
    panic!("the server ended before it was ready");
}

impl Serving {
    /// Sends a signal by its name.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().await.unwrap().success());
    }

    /// Waits for a line of the log that says this.
    pub async fn says(&mut self, text: &str) {
        let heard = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                if line.contains(text) {
                    return;
                }
            }
            panic!("the server never said '{text}'");
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap();
    }

    /// Everything that it says from now until it has ended.
    pub async fn last_words(mut self) -> String {
        let mut said = String::new();
        let heard = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                said.push_str(&line);
                said.push('\n');
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap();
        said
    }

    /// Its exit code once it has ended.
    pub async fn ended(mut self) -> i32 {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        status.unwrap().unwrap().code().unwrap()
    }
}
