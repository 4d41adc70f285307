//! A side that is a process of its own: another node of ours, or a peer that cannot live in our graph of dependencies. An
//! order goes in as one line of JSON, what was done comes out as another; the process ends when its input does.

use super::turns::{Order, Side, Turn};
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use std::ffi::OsStr;
use std::io::Write;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

pub struct Process {
    name: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Process {
    /// Starts it and waits until it is ready, which it says with an empty turn. It is not killed: it may have a server of its
    /// own to end.
    pub async fn start(program: impl AsRef<OsStr>, words: &[&str]) -> Result<Self> {
        let name = format!("{} {}", program.as_ref().display(), words.first().unwrap_or(&""));
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} does not start"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let input = input.context("its input")?;
        let output = BufReader::new(output.context("its output")?).lines();
        let mut process = Self { name, input, output, _child: child };
        process.answer().await?;
        Ok(process)
    }

    async fn answer(&mut self) -> Result<Turn> {
        let line = self.output.next_line().await?.with_context(|| format!("{} has ended", self.name))?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Side for Process {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let mut line = serde_json::to_string(&order)?;
        line.push('\n');
        self.input.write_all(line.as_bytes()).await?;
        self.answer().await
    }
}

/// Several processes at once, the senders shared out among them.
pub struct Processes(pub Vec<Process>);

impl Side for Processes {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let senders = order.senders / self.0.len();
        ensure!(senders > 0, "more processes than senders");
        let turns = try_join_all(self.0.iter_mut().map(|process| process.turn(Order { senders, ..order }))).await?;
        Ok(turns.into_iter().fold(Turn::default(), |mut all, turn| {
            all.worked = all.worked.max(turn.worked);
            all.done += turn.done;
            all.took.extend(turn.took);
            all
        }))
    }
}

/// The other end: carries out what comes in until the input ends.
pub async fn obey(mut side: impl Side) -> Result<()> {
    answer(&Turn::default())?;
    // Nothing else is to run while an order is waited for.
    for line in std::io::stdin().lines() {
        answer(&side.turn(serde_json::from_str(&line?)?).await?)?;
    }
    Ok(())
}

fn answer(turn: &Turn) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", serde_json::to_string(turn)?)?;
    Ok(output.flush()?)
}
