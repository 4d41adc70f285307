//! The commands of an operator and of an auditor, by the real binary, on a log that is kept in an event store.

use super::crash::program::binary;
use crate::app::Prepared;
use crate::contract::database::Database;
use ringbuch_api::clock::SystemClock;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::process::Command;

struct Operator {
    folder: TempDir,
    environment: [(&'static str, String); 3],
}

impl Operator {
    /// The code with which a command ends, what it answers and what it says beside it.
    async fn ended(&self, line: &str) -> (i32, String, String) {
        let mut command = Command::new(binary());
        command.args(line.split_whitespace()).env_clear().envs(self.environment.clone());
        let ended = command.current_dir(self.folder.path()).kill_on_drop(true).output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
    }

    async fn run(&self, line: &str) -> (i32, String) {
        let (code, answer, beside) = self.ended(line).await;
        (code, answer + &beside)
    }

    /// The answer alone: a client of the store may log its disconnection beside it.
    async fn done(&self, line: &str) -> String {
        let (code, answer, beside) = self.ended(line).await;
        assert_eq!(code, 0, "{line}: {answer}{beside}");
        answer
    }

    async fn json(&self, line: &str) -> Value {
        let told = self.done(&format!("{line} --json")).await;
        serde_json::from_str(&told).unwrap_or_else(|_| panic!("{line}: {told}"))
    }
}

pub async fn commands_work_on_a_log_that_is_kept_elsewhere(database: Database) {
    let prepared = Prepared::on(&database, Arc::new(SystemClock)).await;
    let environment = [
        ("RINGBUCH_DATABASE_URL", database.url.clone()),
        ("RINGBUCH_EVENT_STORE_URL", database.server().url.clone()),
        ("RINGBUCH_MASTER_KEY", prepared.master_key.expose_secret().to_owned()),
    ];
    let operator = Operator { folder: TempDir::new().unwrap(), environment };
    let checked = operator.done("config check").await;
    assert!(checked.contains("the log is kept in a KurrentDB"), "{checked}");
    the_log_is_shown(&operator).await;
    nobody_takes_another_log_for_it(&operator).await;
    the_log_is_proven(&operator).await;
    the_auditor_needs_no_server(&operator).await;
    what_was_changed_is_named(&operator, &database).await;
    let (code, told) = operator.run("backup --out backup.jsonl").await;
    assert!(code == 1 && told.contains("by its own means"), "{told}");
}

/// An empty log that holds would be believed.
async fn nobody_takes_another_log_for_it(operator: &Operator) {
    let alone = operator.environment.clone().into_iter().filter(|(name, _)| *name != "RINGBUCH_EVENT_STORE_URL");
    let mut command = Command::new(binary());
    let ended = command.args(["audit", "verify"]).env_clear().envs(alone).output().await.unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.code() == Some(1) && told.contains("RINGBUCH_EVENT_STORE_URL"), "{told}");
}

async fn the_log_is_shown(operator: &Operator) {
    let exported = operator.done("events export").await;
    let all: Vec<&str> = exported.lines().collect();
    assert!(all.len() > 5, "{exported}");
    for wanted in [3, 500] {
        let tail = operator.done(&format!("events tail --no-follow --lines {wanted} --json")).await;
        assert_eq!(tail.lines().collect::<Vec<_>>(), all[all.len().saturating_sub(wanted)..]);
    }
    let standings = operator.json("projections status").await;
    let standings = standings.as_array().or_else(|| standings["items"].as_array()).unwrap();
    assert!(!standings.is_empty() && standings.iter().all(|it| it["lag"] == 0), "{standings:?}");
}

async fn the_log_is_proven(operator: &Operator) {
    let report = operator.json("audit verify").await;
    assert_eq!(report["holds"], true, "{report}");
    let events = report["events"].as_u64().unwrap();
    assert_eq!(events, operator.done("events export").await.lines().count() as u64);
    operator.done("audit checkpoint --out then.json").await;
    operator.done("account add later").await;
    let report = operator.json("audit verify --checkpoint then.json").await;
    assert_eq!((&report["holds"], report["events"].as_u64()), (&Value::Bool(true), Some(events + 1)));
}

async fn the_auditor_needs_no_server(operator: &Operator) {
    operator.done("audit export --out bundle").await;
    let told = operator.done("audit verify --bundle bundle --checkpoint then.json").await;
    assert!(told.contains("the chain holds"), "{told}");
    let bundle = operator.folder.path().join("bundle");
    let Some(whole) = independently(&bundle).await else { return };
    assert_eq!(whole, 0);
    let events = bundle.join("events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    std::fs::write(&events, text.replacen("AccountOpened", "AccountOpenef", 1)).unwrap();
    assert_eq!(independently(&bundle).await, Some(3));
    assert_eq!(operator.run("audit verify --bundle bundle").await.0, 3);
}

/// What the verifier in Python comes to; nothing on a machine without Python, which `tests/run` sees to.
async fn independently(bundle: &Path) -> Option<i32> {
    let verifier = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("audit/verify_bundle.py");
    let ended = Command::new("python3").args([&verifier, bundle]).output().await.ok()?;
    ended.status.code()
}

async fn what_was_changed_is_named(operator: &Operator, database: &Database) {
    let mut position = 0;
    database.server().tamper(|records| {
        let record = records.iter_mut().find(|record| record.stream.starts_with("company-")).unwrap();
        position = record.position;
        record.data = br#"{"name":"Somebody else"}"#.to_vec();
    });
    let (code, told) = operator.run("audit verify").await;
    assert!(code == 3 && told.contains(&format!("position {position}")), "{told}");
    let (code, told) = operator.run("audit checkpoint").await;
    assert!(code == 1 && told.contains("a broken log is not signed"), "{told}");
}
