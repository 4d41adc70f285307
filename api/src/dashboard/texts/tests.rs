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
        // Some are found by their words; below these are held against what says them.
        let by_words = [REFUSALS, FINDINGS, TROUBLES].iter().any(|texts| is_of(texts, key));
        assert!(keys.contains(key) || in_group || by_words, "{key} is said nowhere");
    }
}

#[test]
fn both_languages_say_something_with_the_same_places() {
    for (key, text) in CATALOGUE.iter() {
        assert!(!text.de.trim().is_empty() && !text.en.trim().is_empty(), "{key} is empty");
        assert_eq!(places(&text.de), places(&text.en), "{key}");
    }
}

/// Where sentences stand that pages show when something is refused.
const REFUSING: [&str; 28] = [
    "src/dashboard",
    "src/http/v1/users.rs",
    "src/http/v1/keys.rs",
    "src/http/v1/bookings.rs",
    "src/http/v1/pushes.rs",
    "src/http/v1/request.rs",
    "src/http/v1/failure.rs",
    "src/http/page.rs",
    "src/http/query.rs",
    "src/http/auth/session.rs",
    "src/appointments.rs",
    "src/users/mod.rs",
    "src/setup.rs",
    "src/pushing",
    "src/mail/settings.rs",
    "../adapters/src/alerts/destination.rs",
    "../adapters/src/alerts/signing.rs",
    "../domain/src/company/aggregate.rs",
    "../domain/src/company/sync/undo.rs",
    "../domain/src/access/aggregate.rs",
    "../domain/src/alerts/aggregate.rs",
    "../domain/src/alerts/rule.rs",
    "../domain/src/number/aggregate.rs",
    "../domain/src/call/aggregate.rs",
    "../domain/src/ports/calendar.rs",
    "../domain/src/mail/settings.rs",
    "../domain/src/user/aggregate.rs",
    "../domain/src/spoken/holidays.rs",
];

/// What no page ever shows: it is said of headers and bodies that forms do not send, it names what broke, which becomes a
/// page without details, or it is taken apart below.
const OF_PROGRAMS: [&str; 22] = [
    "A key that is limited to scopes",
    "The field 'scopes' names",
    "There is no scope ",
    "The header Idempotency-Key",
    "This Idempotency-Key",
    "Only an owner may ask with all=true.",
    "A write with a session takes the token",
    "The parameter '{}' cannot be '{}': {}.",
    "There is no parameter '{}' here. {}",
    "This address takes none.",
    "Allowed: {}.",
    "There is no account ",
    "The read models cannot be read",
    "This machine cannot do it",
    "This machine gives no randomness for a key",
    "The address of the channel cannot be used: {}.",
    "The company knows no such {}; a run of",
    "It was changed at the provider meanwhile",
    "'{}' is no address; write it like",
    "The provider does not answer in time.",
    "The calendar was not reached: ",
    "The outcome at the calendar is unknown: ",
];

/// Everything between quotes in what is no test.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let whole = lines.join("\n").replace("\\\"", "'");
    let literal = |text: &str| text.split("\\\n").map(str::trim_start).collect::<Vec<_>>().concat();
    whole.split('"').skip(1).step_by(2).map(literal).collect()
}

/// As it is told, with nothing in its places: what an error says of itself, and sentences of problems.
fn sentences(source: &str) -> BTreeSet<String> {
    let errors = source.split("#[error(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let errors = errors.filter(|text| text.contains(' ')).map(|text| crate::http::v1::sentence(&text));
    let is_sentence = |text: &String| text.starts_with(char::is_uppercase) && text.ends_with('.') && text.contains(' ');
    let problems = literals(source).into_iter().filter(is_sentence);
    errors.chain(problems).map(|text| without_names(&text)).collect()
}

/// Where a rule says no without an error of its own, its words begin small.
fn small_sentences(source: &str) -> BTreeSet<String> {
    let long = literals(source).into_iter().filter(|text| text.matches(' ').count() >= 4);
    long.map(|text| without_names(&crate::http::v1::sentence(&text))).collect()
}

fn without_names(text: &str) -> String {
    let parts = text.split(['{', '}']).enumerate();
    parts.map(|(nth, part)| if nth % 2 == 1 { "{}" } else { part }).collect()
}

/// The English of these texts, with nothing in their places.
fn known_in(texts: &str) -> BTreeSet<String> {
    let english = CATALOGUE.iter().filter(|(key, _)| is_of(texts, key)).map(|(_, text)| without_names(&text.en));
    english.collect()
}

#[test]
fn whatever_the_doctor_says_has_both_languages() {
    let mut files = vec![];
    files_under(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/doctor"), &mut files);
    // A first call is followed at the terminal alone.
    files.retain(|file| !file.to_string_lossy().contains("first_call"));
    let said = files.iter().flat_map(|file| literals(&std::fs::read_to_string(file).unwrap()));
    let said: BTreeSet<String> =
        said.filter(|text| text.trim().contains(' ')).map(|text| without_names(&text)).collect();
    let known = known_in(FINDINGS);
    let missing: Vec<&String> = said.difference(&known).collect();
    assert!(said.len() > 60 && missing.is_empty(), "no text in texts/findings.toml has this English: {missing:#?}");
    let found = translated(Language::German, FINDINGS, "'Färben' asks for title, which nobody is asked on the phone");
    assert_eq!(found.unwrap().to_string(), "„Färben“ verlangt title, wonach am Telefon niemand gefragt wird");
}

#[test]
fn every_refusal_that_a_page_can_show_has_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![];
    for place in REFUSING.map(|place| root.join(place)) {
        if place.is_dir() { files_under(&place, &mut files) } else { files.push(place) }
    }
    files.retain(|file| !file.ends_with("tests.rs") && !file.components().any(|part| part.as_os_str() == "tests"));
    let mut said = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        said.extend(sentences(&source));
        if ["src/pushing", "src/setup.rs", "src/mail"].iter().any(|place| file.starts_with(root.join(place))) {
            said.extend(small_sentences(&source));
        }
    }
    let known = known_in(REFUSALS);
    let missing: Vec<&String> = said
        .iter()
        .filter(|text| !known.contains(*text) && !OF_PROGRAMS.iter().any(|beginning| text.starts_with(beginning)))
        .collect();
    assert!(missing.is_empty(), "no text in texts/refusals.toml has this English: {missing:#?}");
}

/// Where sentences stand that are noted when something goes wrong, and shown later.
const NOTING: [&str; 9] = [
    "../adapters/src/chain/verifier.rs",
    "../domain/src/intake/reading.rs",
    "../domain/src/ports/voice_agents.rs",
    "src/intake/understanding.rs",
    "src/intake/calendar/mod.rs",
    "src/intake/calendar/held.rs",
    "src/reconcile/calls.rs",
    "src/reconcile/open_calls.rs",
    "src/reconcile/calendars.rs",
];

#[test]
fn whatever_is_noted_of_a_trouble_has_both_languages() {
    let known = known_in(TROUBLES);
    for file in NOTING {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        let noted = code.split("#[error(").chain(code.split("let detail =")).chain(code.split("Quarantine::new("));
        let noted = noted.chain(code.split("failures.push(")).chain(code.split(".then(|| "));
        let noted = noted.filter_map(|rest| literals(rest.split_once(')').map_or(rest, |(this, _)| this)).pop());
        let noted: BTreeSet<String> =
            noted.filter(|text| text.contains(' ')).map(|text| without_names(&text)).collect();
        let missing: Vec<&String> = noted.difference(&known).collect();
        assert!(
            !noted.is_empty() && missing.is_empty(),
            "no text in texts/troubles.toml is this of {file}: {missing:#?}"
        );
    }
    let cut = ringbuch_adapters::chain::Broken::CutOff { head: 7, known: 9 };
    let said = translated(Language::German, TROUBLES, &cut.to_string()).unwrap().to_string();
    assert!(said.starts_with("das Log endet an Position 7, obwohl 9 schon erreicht war"), "{said}");
}

#[test]
fn a_refusal_is_found_by_its_words_whatever_stands_in_its_places() {
    use ringbuch_adapters::alerts::DestinationUnusable;
    use ringbuch_adapters::outbound::AddressRefused as Address;
    use ringbuch_domain::{alerts, company};
    let german = |english: &dyn fmt::Display| {
        let said = translated(Language::German, REFUSALS, &crate::http::v1::sentence(&english));
        said.map(|text| text.to_string()).unwrap_or_default()
    };
    let taken = company::Rejection::NameTaken {
        name: "Schnitt; ab 5".into(),
        event_type: ringbuch_domain::ids::EventTypeId(7),
    };
    assert_eq!(german(&taken), "„Schnitt; ab 5“ meint schon die Terminart 7; geben Sie jeder Leistung eigene Namen.");
    let bounds = alerts::RuleUnusable::OutOfBounds { field: "threshold", from: 1, to: 10 };
    assert_eq!(german(&format!("drift: {bounds}")), "Drift: threshold nimmt 1 bis 10.");
    assert_eq!(german(&bounds), "Threshold nimmt 1 bis 10.");
    assert_eq!(german(&"Something that nobody has written down."), "");
    for address in [Address::NotAUrl, Address::NotHttps, Address::Credentials, Address::NotPublic] {
        assert_ne!(german(&DestinationUnusable::from(address.clone())), "", "{address}");
    }
}

#[test]
fn places_are_filled() {
    let sentence = Sentence("{count} von {all}".into()).with("count", 3).with("all", "7");
    assert_eq!(sentence.to_string(), "3 von 7");
}
