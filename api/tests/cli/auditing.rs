//! The log is checked with the program and without it, with the database and without it.

use crate::installation::Installation;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

async fn with_some_history() -> Installation {
    let salon = Installation::migrated().await;
    for line in [
        "account add main",
        "company add salon --account main --name Salon --placeholder-domain anruf.example.com",
        "--company salon staff add anna --name Anna~Berg --hours Mon-Fri~09:00-18:00",
        "--company salon event-type add 1 --title Haarschnitt --minutes 30 --staff anna",
        "--company salon branch add mitte --name Mitte --default-event-type 1",
        "--company salon number assign +493023125001 --branch mitte",
        "--company salon appointments book --branch mitte --start 2099-12-01T11:00 --name Erika~Musterfrau",
    ] {
        salon.done(line).await;
    }
    salon
}

fn python(arguments: &[&Path]) -> Output {
    Command::new("python3").args(arguments).output().unwrap()
}

#[tokio::test]
async fn a_log_that_nobody_touched_holds_and_is_signed() {
    let salon = with_some_history().await;
    let report = salon.json("audit verify").await;
    assert_eq!((&report["holds"], &report["broken"]), (&Value::Bool(true), &Value::Null));
    assert!(report["events"].as_u64().unwrap() >= 7);

    let key = salon.done("audit key").await.trim().to_owned();
    salon.done("audit checkpoint --out then.json").await;
    salon.done("--company salon event-type add 2 --title Farbe --minutes 60 --staff anna").await;
    let told = salon.done(&format!("audit verify --checkpoint then.json --key {key}")).await;
    assert!(told.contains("the chain holds") && told.contains("1 checkpoints"), "{told}");
    let (code, told) = salon.fails("audit checkpoint --out then.json").await;
    assert!(code == 1 && told.contains("does not exist yet"), "{told}");
    let (code, told) = salon.fails("audit verify --checkpoint then.json --key 00").await;
    assert!(code == 1 && told.contains("not with 00"), "{told}");
    let path = salon.folder.path().join("then.json");
    let forged = std::fs::read_to_string(&path).unwrap().replace("\"position\": ", "\"position\": 1");
    std::fs::write(&path, forged).unwrap();
    let (code, told) = salon.fails("audit verify --checkpoint then.json").await;
    assert!(code == 1 && told.contains("it was changed"), "{told}");
}

#[tokio::test]
async fn a_bundle_is_checked_without_the_database_and_names_nobody() {
    let salon = with_some_history().await;
    salon.done("audit export --out bundle").await;
    let events = salon.folder.path().join("bundle/events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    assert!(text.contains("\"sha256\"") && !text.contains("Erika"), "what belongs to persons stays here");
    let auditor = Installation::new().with("RINGBUCH_DATABASE_URL", "sqlite:/nowhere/at/all.db");
    let folder = salon.folder.path().join("bundle");
    let verify = format!("audit verify --bundle {}", folder.display());
    assert!(auditor.done(&verify).await.contains("the chain holds"));

    std::fs::write(&events, text.replacen("Salon", "Salbn", 1)).unwrap();
    let run = auditor.run(&format!("{verify} --json")).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &report["holds"]), (3, &Value::Bool(false)));
    assert_eq!(report["broken"]["position"].as_u64().unwrap(), report["events"].as_u64().unwrap() + 1);

    let cut: Vec<&str> = text.lines().collect();
    std::fs::write(&events, cut[..cut.len() - 1].join("\n")).unwrap();
    let run = auditor.run(&verify).await;
    assert!(run.code == 3 && run.stdout.contains("was cut off"), "{}", run.stdout);
}

#[tokio::test]
#[ignore = "needs python3, which tests/run sees to"]
async fn an_independent_verifier_comes_to_the_same() {
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audit/verify_bundle.py");
    let salon = with_some_history().await;
    salon.done("audit export --out bundle").await;
    let folder = salon.folder.path().join("bundle");
    let key = salon.done("audit key").await.trim().to_owned();
    let whole = python(&[&verifier, &folder, Path::new("--key"), Path::new(&key)]);
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    let other = python(&[&verifier, &folder, Path::new("--key"), Path::new(&"00".repeat(32))]);
    assert_eq!(other.status.code(), Some(3), "{other:?}");

    let checkpoint = folder.join("checkpoint.json");
    let signed = std::fs::read_to_string(&checkpoint).unwrap();
    std::fs::write(&checkpoint, signed.replacen("\"time\": \"2", "\"time\": \"1", 1)).unwrap();
    assert_eq!(python(&[&verifier, &folder]).status.code(), Some(3));
    std::fs::write(&checkpoint, signed).unwrap();
    let events = folder.join("events.jsonl");
    let text = std::fs::read_to_string(&events).unwrap();
    std::fs::write(&events, text.replacen("Salon", "Salbn", 1)).unwrap();
    let changed = python(&[&verifier, &folder]);
    assert_eq!(changed.status.code(), Some(3), "{changed:?}");
}

#[tokio::test]
#[ignore = "needs python3, which tests/run sees to"]
async fn a_row_that_was_changed_in_the_database_is_named() {
    let salon = with_some_history().await;
    let tamper = salon.folder.path().join("tamper.py");
    let script = "import sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1])\n\
        c.execute('DROP TRIGGER IF EXISTS events_are_not_updated')\n\
        c.execute(sys.argv[2])\n\
        c.commit()\n";
    std::fs::write(&tamper, script).unwrap();
    let database = salon.folder.path().join("ringbuch.db");
    let changes = [
        ("UPDATE events SET kind = 'Nothing' WHERE position = 3", "position 3"),
        ("UPDATE events SET company = 'no company!' WHERE position = 2", "position 2"),
    ];
    for (change, named) in changes {
        let done = python(&[&tamper, &database, Path::new(change)]);
        assert!(done.status.success(), "{done:?}");
        let run = salon.run("audit verify").await;
        assert!(run.code == 3 && run.stdout.contains(named), "{}{}", run.stdout, run.stderr);
    }
}
