//! Writers in processes of their own, one of them killed while it writes: the log is whole, holds what was acknowledged
//! once, and nothing in part.

use super::database::Database;
use super::follow::{follow, whole};
use super::write::{append, several};
use ringbuch_adapters::chain::Verifier;
use ringbuch_domain::ports::{AppendError, Expected};
use ringbuch_domain::recorded::Envelope;
use std::collections::HashMap;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use uuid::Uuid;

/// Appends of each task of a process.
const APPENDS: &str = "60";
/// Acknowledgements after which one process is killed, in the midst of its work.
const KILLED_AFTER: usize = 100;

/// What a process has told.
#[derive(Default)]
struct Told {
    /// Stream and number of events, by command.
    asked: HashMap<Uuid, (String, usize)>,
    /// Revision and position of the last event.
    acknowledged: HashMap<Uuid, (u64, u64)>,
    refused: Vec<Uuid>,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["ask", stream, command, events, _] => {
                self.asked.insert(command.parse().unwrap(), (stream.to_owned(), events.parse().unwrap()));
            }
            ["ack", command, revision, position, "false"] => {
                let place = (revision.parse().unwrap(), position.parse().unwrap());
                self.acknowledged.insert(command.parse().unwrap(), place);
            }
            ["conflict", command] => self.refused.push(command.parse().unwrap()),
            _ => panic!("{line}"),
        }
    }

    /// Asked for, and the answer never came.
    fn doubtful(&self) -> impl Iterator<Item = (&Uuid, &(String, usize))> {
        let open = |command: &Uuid| !self.acknowledged.contains_key(command) && !self.refused.contains(command);
        self.asked.iter().filter(move |(command, _)| open(command))
    }
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    told: Told,
}

impl Process {
    fn start(database: &Database) -> Self {
        let tests = std::env::current_exe().unwrap();
        let program = tests.parent().and_then(|deps| deps.parent()).unwrap().join("appender");
        let build = "`cargo build -p ringbuch-tests --bin appender` makes it";
        assert!(program.exists(), "{} is missing; {build}", program.display());
        let mut command = Command::new(program);
        command.args([&database.url, APPENDS]).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, told: Told::default() }
    }

    /// Listens until it ends by itself.
    async fn ends(mut self) -> Told {
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.told.hear(&line);
        }
        assert!(self.child.wait().await.unwrap().success());
        assert_eq!(self.told.doubtful().count(), 0, "every append is answered");
        self.told
    }

    /// Kills it with SIGKILL in the midst of its work, and listens to what it had still said.
    async fn dies(mut self) -> Told {
        while self.told.acknowledged.len() < KILLED_AFTER {
            let line = self.lines.next_line().await.unwrap().expect("it goes on");
            self.told.hear(&line);
        }
        self.child.kill().await.unwrap();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.told.hear(&line);
        }
        self.told
    }
}

pub async fn three_processes_write_and_one_is_killed(database: &Database) {
    let store = database.store().await;
    let processes = [Process::start(database), Process::start(database), Process::start(database)];
    let [first, second, killed] = processes;
    let (first, second, killed) = tokio::join!(first.ends(), second.ends(), killed.dies());
    assert!(killed.doubtful().count() > 0, "it was killed while it waited for answers");
    assert!(first.refused.len() + second.refused.len() > 0, "they were in each other's way");

    // Whoever takes its work over asks again with the same commands; what was stored is found, and the rest stored now.
    let mut stored =
        [first.acknowledged, second.acknowledged, killed.acknowledged.clone()].map(Vec::from_iter).concat();
    for (command, (stream, events)) in killed.doubtful() {
        let kinds = vec!["Noted"; *events];
        match append(&store, several(stream, Expected::Any, *command, &kinds)).await {
            Ok(place) => stored.push((*command, (place.revision, place.position))),
            Err(AppendError::CommandReused { .. }) => panic!("a killed append was stored in part or otherwise"),
            Err(other) => panic!("{other}"),
        }
    }
    let asked: HashMap<Uuid, usize> = [&first.asked, &second.asked, &killed.asked]
        .into_iter()
        .flatten()
        .map(|(command, (_, events))| (*command, *events))
        .collect();
    let log = whole(&store).await;
    assert_eq!(log, follow(&database.store().await, log.len() as u64).await);
    let mut chain = Verifier::default();
    log.iter().try_for_each(|event| chain.take(event)).expect("the chain holds whoever was killed");
    let mut left: HashMap<Uuid, Vec<&Envelope>> = HashMap::new();
    for event in &log {
        left.entry(event.cause.command).or_default().push(event);
    }
    for (command, (revision, position)) in stored {
        let own = left.remove(&command).unwrap_or_default();
        assert_eq!(own.len(), asked[&command], "all of an append or nothing");
        let last = own.last().map(|event| (event.revision, event.position));
        assert_eq!(last, Some((revision, position)), "it stands where it was said to stand");
    }
    assert!(left.is_empty(), "what was refused is not in the log: {left:?}");
}
