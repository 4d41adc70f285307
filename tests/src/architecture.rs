//! Which crate may know which, and what may stand where: the arrows of the design, read from the manifests and the
//! sources.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whom each of our crates may know of the others.
const ARROWS: [(&str, &[&str]); 5] = [
    ("ringbuch-domain", &[]),
    ("ringbuch-projections", &["ringbuch-domain"]),
    ("ringbuch-adapters", &["ringbuch-domain", "ringbuch-projections"]),
    ("ringbuch-api", &["ringbuch-domain", "ringbuch-projections", "ringbuch-adapters"]),
    ("ringbuch-tests", &["ringbuch-domain", "ringbuch-projections", "ringbuch-adapters", "ringbuch-api"]),
];

/// All that rules and read models need from elsewhere. What is not here does I/O, draws lots, encrypts, or is not needed.
const PURE: [(&str, &[&str]); 2] = [
    (
        "ringbuch-domain",
        &["async-trait", "cqrs-es", "jiff", "rlibphonenumber", "schemars", "serde", "serde_json", "thiserror", "uuid"],
    ),
    ("ringbuch-projections", &["async-trait", "jiff", "schemars", "serde", "serde_json", "thiserror", "uuid"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The crates that each of our crates names in its manifest, those for its own tests left out.
fn dependencies() -> Vec<(String, BTreeSet<String>)> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_package = |package: &Value| {
        let used = package["dependencies"].as_array().unwrap().iter().filter(|it| it["kind"] != "dev");
        (text(&package["name"]), used.map(|it| text(&it["name"])).collect())
    };
    told["packages"].as_array().unwrap().iter().map(of_package).collect()
}

fn allowed<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<BTreeSet<&'a str>> {
    table.iter().find(|(known, _)| *known == name).map(|(_, allowed)| allowed.iter().copied().collect())
}

#[test]
fn crates_know_of_each_other_in_one_direction() {
    let crates = dependencies();
    assert_eq!(crates.len(), ARROWS.len(), "a new crate needs a place among the arrows");
    for (name, used) in &crates {
        let allowed = allowed(&ARROWS, name).unwrap_or_else(|| panic!("{name} has no place among the arrows"));
        let ours = used.iter().map(String::as_str).filter(|used| used.starts_with("ringbuch"));
        let beyond: Vec<_> = ours.filter(|used| !allowed.contains(used)).collect();
        assert!(beyond.is_empty(), "{name} must not know {beyond:?}");
    }
}

#[test]
fn rules_and_read_models_do_nothing_but_think() {
    for (name, used) in dependencies() {
        let Some(allowed) = allowed(&PURE, &name) else { continue };
        let beyond: Vec<_> =
            used.iter().filter(|it| !it.starts_with("ringbuch") && !allowed.contains(it.as_str())).collect();
        assert!(beyond.is_empty(), "{name} must do without {beyond:?}, or the list here says why not");
    }
}

/// The lines of a crate's sources that hold one of the words, with where they stand; comments do not count.
fn lines_with(folder: &str, words: &[&str]) -> Vec<String> {
    let (root, mut found) = (root(), Vec::new());
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            let source = std::fs::read_to_string(&path).unwrap();
            let lines = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
            let hits = lines.filter(|line| words.iter().any(|word| line.contains(word)));
            found.extend(hits.map(|line| format!("{name}: {line}")));
        }
    }
    found
}

const CRATES: [&str; 4] = ["domain/src", "projections/src", "adapters/src", "api/src"];

#[test]
fn one_file_asks_the_machine_for_the_time() {
    let words = ["Timestamp::now", "Zoned::now", "SystemTime::now"];
    let asking: Vec<_> = CRATES.iter().flat_map(|folder| lines_with(folder, &words)).collect();
    let [clock] = &asking[..] else { panic!("the time comes from a clock that is passed in: {asking:?}") };
    assert!(clock.starts_with("api/src/clock.rs: "), "{clock}");
}

#[test]
fn nothing_in_production_knows_the_stand_ins() {
    let knowing = lines_with("api/src", &["sandbox::", "Sandbox"]);
    let elsewhere: Vec<_> = knowing.iter().filter(|line| !line.starts_with("api/src/demo/")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert!(!knowing.is_empty(), "the demo does");
    let beside = lines_with("adapters/src", &["sandbox::"]);
    let outside: Vec<_> = beside.iter().filter(|line| !line.starts_with("adapters/src/sandbox/")).collect();
    assert!(outside.is_empty(), "{outside:?}");
}

/// Without the lines of tests: theirs are what callers may send, such as a query of an assistant's.
fn beside_tests(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| !line.contains("/tests/") && !line.contains("/tests.rs: ")).collect()
}

#[test]
fn sql_stands_where_it_belongs() {
    let sql = ["SELECT ", "INSERT INTO", "DELETE FROM", "CREATE TABLE", "ALTER TABLE", "DROP TABLE"];
    for folder in ["domain/src", "api/src"] {
        let found = beside_tests(lines_with(folder, &sql));
        assert!(found.is_empty(), "SQL stands in projections and adapters: {found:?}");
    }
    assert!(!lines_with("projections/src", &sql).is_empty() && !lines_with("adapters/src", &sql).is_empty());
}

#[test]
fn tables_are_searched_by_keys_and_not_by_patterns() {
    let found: Vec<_> = ["projections/src", "adapters/src"].iter().flat_map(|it| lines_with(it, &[" LIKE "])).collect();
    let found = beside_tests(found);
    assert!(found.is_empty(), "the two engines do not agree on LIKE: {found:?}");
}
