//! Every row of `docs/threats.md` names tests, and those tests exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Names of functions that are run as tests: marked as one, or listed by a suite.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<_> =
        ["domain", "projections", "adapters", "api", "tests"].map(|it| root().join(it).join("src")).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.extend(named_in(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

fn named_in(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let listed = lines.iter().filter_map(|line| line.strip_suffix([',', ';'])).filter(|name| is_name(name));
    // Some have further marks between the first and their name.
    let marked = lines.iter().enumerate().filter(|(_, line)| is_mark(line));
    let marked = marked.filter_map(|(at, _)| lines.iter().skip(at + 1).take(3).find_map(|line| function(line)));
    listed.chain(marked).map(str::to_owned).collect()
}

fn function(line: &str) -> Option<&str> {
    line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?.split('(').next()
}

fn is_mark(line: &str) -> bool {
    line.starts_with("#[test]") || line.starts_with("#[tokio::test")
}

fn is_name(text: &str) -> bool {
    text.len() > 8
        && text.contains('_')
        && text.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

#[test]
fn every_threat_names_tests_that_exist() {
    let page = std::fs::read_to_string(root().join("docs/threats.md")).unwrap();
    let known = tests();
    // A line in bold is a heading.
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| Threat") && !line.starts_with("| **");
    let rows: Vec<_> = page.lines().filter(is_row).collect();
    assert!(rows.len() > 20, "only {} rows were found", rows.len());
    for row in rows {
        let proof = row.trim_end_matches(" |").rsplit('|').next().unwrap();
        let named: Vec<_> = proof.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test stands behind: {row}");
        let missing: Vec<_> = named.iter().filter(|name| !known.contains(**name)).collect();
        assert!(missing.is_empty(), "{missing:?} do not exist: {row}");
    }
}
