//! The catalogue against what pages say, read from the sources: a key is always written as a whole, `say("calls.title")`,
//! or as the beginning of keys that end in a stored word, `word("calls.outcome", …)`.

use super::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, found) } else { found.push(path) }
    }
}

/// Templates and the Rust of the pages.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![];
    files_under(&root.join("templates"), &mut files);
    files_under(&root.join("src/dashboard"), &mut files);
    let is_test = |file: &Path| {
        let below = file.strip_prefix(root).unwrap_or(file);
        below.ends_with("tests.rs") || below.components().any(|part| part.as_os_str() == "tests")
    };
    let ours = files.iter().filter(|file| !is_test(file));
    ours.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Everything between quotes that has the form of a key of a page that has texts.
fn keys_in(sources: &str) -> BTreeSet<String> {
    let pages: BTreeSet<&str> = CATALOGUE.keys().filter_map(|key| key.split_once('.')).map(|(page, _)| page).collect();
    let plain =
        |key: &str| key != "html" && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let is_key = |text: &str| text.split_once('.').is_some_and(|(page, key)| pages.contains(page) && plain(key));
    sources.split('"').filter(|text| is_key(text)).map(str::to_owned).collect()
}

/// The beginnings that are completed by a stored word.
fn groups_in(sources: &str) -> BTreeSet<String> {
    let calls = ["word(\"", "badge(\""].into_iter().flat_map(|call| sources.split(call).skip(1));
    calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn every_file_can_be_read() {
    assert!(read().unwrap().len() > 20);
}

#[test]
fn whatever_is_said_is_in_the_catalogue() {
    let sources = sources();
    let groups = groups_in(&sources);
    for key in keys_in(&sources) {
        let is_group = groups.contains(&key) && CATALOGUE.keys().any(|known| known.starts_with(&format!("{key}_")));
        assert!(CATALOGUE.contains_key(&key) || is_group, "{key} has no text");
    }
    let said = ["say(\"", "redirect_saying(\"", "visit.page(\"", "guest.page(\""];
    for rest in said.into_iter().flat_map(|call| sources.split(call).skip(1)) {
        // Of a redirection the address comes first, and its key is among those above.
        let key = rest.split('"').next().unwrap();
        assert!(key.starts_with('/') || CATALOGUE.contains_key(key), "{key} is said and has no text");
    }
}

#[test]
fn nothing_is_in_the_catalogue_that_nobody_says() {
    let sources = sources();
    let (keys, groups) = (keys_in(&sources), groups_in(&sources));
    for key in CATALOGUE.keys() {
        let in_group = groups.iter().any(|group| key.starts_with(&format!("{group}_")));
        assert!(keys.contains(key) || in_group, "{key} is said nowhere");
    }
}

#[test]
fn both_languages_say_something_with_the_same_places() {
    for (key, text) in CATALOGUE.iter() {
        assert!(!text.de.trim().is_empty() && !text.en.trim().is_empty(), "{key} is empty");
        assert_eq!(places(&text.de), places(&text.en), "{key}");
    }
}

#[test]
fn places_are_filled() {
    let sentence = Sentence("{count} von {all}".into()).with("count", 3).with("all", "7");
    assert_eq!(sentence.to_string(), "3 von 7");
}
