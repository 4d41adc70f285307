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
    assert!(auditor.done(&verify.replace("--bundle", "--from")).await.contains("the chain holds"));
    let (schema, aside) = (folder.join("schemas/CompanyRegistered.v1.json"), folder.join("aside"));
    std::fs::rename(&schema, &aside).unwrap();
    let run = auditor.run(&verify).await;
    assert!(run.code == 3 && run.stdout.contains("schemas/CompanyRegistered.v1.json"), "{}", run.stdout);
    std::fs::rename(&aside, &schema).unwrap();

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
async fn checkpoints_of_the_schedule_are_held_against_the_log() {
    let salon = with_some_history().await;
    let folder = salon.folder.path().join("kept");
    std::fs::create_dir(&folder).unwrap();
    let one = |name: &str| std::fs::read_to_string(salon.folder.path().join(name)).unwrap();
    salon.done("audit checkpoint --out first.json").await;
    salon.done("--company salon event-type add 2 --title Farbe --minutes 60 --staff anna").await;
    salon.done("audit checkpoint --out second.json").await;
    let line = |name: &str| serde_json::from_str::<Value>(&one(name)).unwrap().to_string();
    let (first, second) = (line("first.json"), line("second.json"));
    let file = folder.join("checkpoints-2026-03-01.jsonl");
    std::fs::write(&file, format!("{first}\n{{\"position\":\n{second}\n")).unwrap();
    for path in [&folder, &file] {
        let run = salon.run(&format!("audit verify --checkpoint {}", path.display())).await;
        assert!(run.code == 0 && run.stdout.contains("2 checkpoints"), "{}{}", run.stdout, run.stderr);
    }
    std::fs::write(&file, format!("{first}\n{}\n", second.replacen("\"hash\":\"", "\"hash\":\"0", 1))).unwrap();
    let (code, told) = salon.fails(&format!("audit verify --checkpoint {}", folder.display())).await;
    assert!(code == 1 && told.contains("cannot be believed"), "{told}");
    std::fs::write(&file, "{\n").unwrap();
    let (code, told) = salon.fails(&format!("audit verify --checkpoint {}", folder.display())).await;
    assert!(code == 1 && told.contains("line 1"), "{told}");
    std::fs::remove_file(&file).unwrap();
    let (code, told) = salon.fails(&format!("audit verify --checkpoint {}", folder.display())).await;
    assert!(code == 1 && told.contains("holds no checkpoints"), "{told}");
}

#[tokio::test]
async fn a_stream_is_shown_as_it_stood() {
    let salon = with_some_history().await;
    let now = salon.json("audit state company-salon").await;
    assert_eq!((&now["kind"], &now["state"]["branches"]["mitte"]["name"]), (&"company".into(), &"Mitte".into()));
    let revision = now["revision"].as_u64().unwrap();
    let before = now["position"].as_u64().unwrap() - 1;
    let then = salon.json(&format!("audit state company-salon --at {before}")).await;
    assert_eq!(then["revision"].as_u64().unwrap(), revision - 1);
    assert_eq!(then["state"]["branches"], serde_json::json!({}), "the branch was opened last");
    let at = then["time"].as_str().unwrap();
    let by_time = salon.json(&format!("audit state company-salon --at {at}")).await;
    assert_eq!(by_time["state"], then["state"]);

    let page = "audit state diary-salon-2099-12-01";
    let hidden = salon.json(page).await;
    assert_eq!(hidden["private"][0]["holds"], "hidden");
    let shown = salon.json(&format!("{page} --private")).await;
    assert_eq!(shown["private"][0]["holds"]["name"], "Erika Musterfrau");
    assert_eq!(shown["state"], hidden["state"], "the state itself names nobody");
    assert!(!hidden.to_string().contains("Erika"));

    for (line, why) in [
        ("audit state company-praxis", "no stream 'company-praxis'"),
        ("audit state company-salon --at 1", "it began at position 2"),
        ("audit state company-salon --at 2020-01-01T00:00:00Z", "did not exist then"),
    ] {
        let (code, told) = salon.fails(line).await;
        assert!(code == 1 && told.contains(why), "{line}: {told}");
    }
    let (code, told) = salon.fails("audit state company-salon --at yesterday").await;
    assert!(code == 2 && told.contains("a position such as 42"), "{told}");
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
    let schema = folder.join("schemas/BookingRequested.v1.json");
    let described = std::fs::read_to_string(&schema).unwrap();
    std::fs::write(&schema, described.replace("\"zone\"", "\"zones\"")).unwrap();
    let other = python(&[&verifier, &folder]);
    assert!(other.status.code() == Some(3) && String::from_utf8_lossy(&other.stdout).contains("'zone"), "{other:?}");
    std::fs::remove_file(&schema).unwrap();
    let undescribed = python(&[&verifier, &folder]);
    assert!(String::from_utf8_lossy(&undescribed.stdout).contains("holds no schema"), "{undescribed:?}");
    std::fs::write(&schema, described).unwrap();

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
