use super::*;
use crate::chain;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use ringbuch_domain::recorded::Subject;
use uuid::Uuid;

fn log(length: u64) -> Vec<Envelope> {
    let mut last = EventHash([0; 32]);
    let event = |position: u64| {
        let sealed = Sealed { subject: Subject::Person(CustomerId(Uuid::nil())), bytes: vec![0, 200, 7] };
        let mut event = Envelope {
            position,
            stream: StreamId::from_stored("customer-1"),
            revision: position,
            id: Uuid::from_u128(position.into()),
            cause: Cause::first(Uuid::nil()),
            company: (position != 2).then(|| CompanyId::new("salon").unwrap()),
            time: Timestamp::from_microsecond(1_751_360_400_000_000).unwrap(),
            kind: "CustomerChanged".into(),
            version: 1,
            public: br#"{"says":"Gr\u00fc\u00df"}"#.to_vec(),
            private: (position != 3).then_some(sealed),
            hash: last,
        };
        event.hash = chain::hash(&last, &event);
        last = event.hash;
        event
    };
    (1..=length).map(event).collect()
}

fn written(log: &[Envelope]) -> String {
    let mut backup = BackupWriter::begin(Vec::new(), Timestamp::UNIX_EPOCH).unwrap();
    for event in log {
        backup.add(event).unwrap();
    }
    String::from_utf8(backup.end().unwrap().1).unwrap()
}

fn read(text: &str) -> Result<Vec<Envelope>, BackupFault> {
    let mut backup = BackupReader::open(text.as_bytes())?;
    let mut events = Vec::new();
    while let Some(event) = backup.read()? {
        events.push(event);
    }
    assert!(backup.end().is_some() && backup.read()?.is_none());
    Ok(events)
}

#[test]
fn a_log_comes_back_as_it_was() {
    for length in [0, 1, 5] {
        assert_eq!(read(&written(&log(length))).unwrap(), log(length));
    }
}

#[test]
fn whatever_was_done_to_it_is_told() {
    let whole = written(&log(5));
    let lines: Vec<&str> = whole.lines().collect();
    let without = |at: usize| [&lines[..at], &lines[at + 1..]].concat().join("\n");
    let cut = lines[..4].join("\n");
    let cases: [(String, &str); 9] = [
        (without(0), "no backup"),
        (without(2), "comes position 3"),
        (without(6), "position 5 without saying so"),
        (cut, "position 3 without saying so"),
        (whole.replace("AMgH", "AMgI"), "position 1: the sealed part"),
        (whole.replacen("salon", "salom", 1), "position 1"),
        (format!("{whole}{}\n", lines[1]), "ends otherwise"),
        (whole.replace("\"form\":1", "\"form\":2"), "newer Ringbuch"),
        (whole.replacen("\"event\":{", "\"event\":{x", 1), "line 2"),
    ];
    for (text, word) in cases {
        let told = read(&text).unwrap_err().to_string();
        assert!(told.contains(word), "{told} should say {word}");
    }
}

#[test]
fn a_log_that_is_broken_is_not_backed_up_as_whole() {
    let mut backup = BackupWriter::begin(Vec::new(), Timestamp::UNIX_EPOCH).unwrap();
    let changed = Envelope { version: 9, ..log(1).remove(0) };
    assert!(matches!(backup.add(&changed), Err(BackupFault::Broken(_))));
}
