//! Pages as a reader comes upon them: by links from the overview on, and by keys alone.

use crate::browser::Stage;
use ringbuch_api::serve::{ServeOptions, routes};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Where a page's links lead, and what its forms ask for.
const LINKS: &str = "
    return [...document.querySelectorAll('a[href]:not([download])')].map(it => it.href)
        .concat([...document.querySelectorAll('form:not([method=post])')].map(it => it.action))
        .filter(it => it.startsWith(location.origin)).map(it => it.slice(location.origin.length).split('#')[0]);";

/// What no link leads to in this morning's company, which has neither a draft of an agent, nor a version to go back to,
/// nor a run with something to undo; each has a test of its own.
const UNLINKED: [&str; 3] =
    ["/c/{company}/agents/{id}/publish", "/c/{company}/agents/{id}/rollback", "/c/{company}/sync/runs/{id}"];

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

/// Patterns of a company's pages, those that are told to the letter first.
fn patterns(stage: &Stage) -> Vec<&'static str> {
    let table = routes(stage.app.app(), &ServeOptions::plain(Duration::ZERO), &CancellationToken::new());
    let pages = table.list().filter(|(method, pattern)| *method == "GET" && pattern.starts_with("/c/{company}"));
    let mut patterns: Vec<&str> = pages.map(|(_, pattern)| pattern).collect();
    patterns.sort_by_key(|pattern| pattern.matches('{').count());
    patterns
}

pub async fn every_page_is_found_by_links_and_nothing_keeps_anybody_out(stage: &Stage) {
    let patterns = patterns(stage);
    let (mut waiting, mut seen) = (VecDeque::from([stage.of_the_salon("")]), BTreeMap::new());
    while let Some(address) = waiting.pop_front() {
        let path = address.split('?').next().unwrap_or_default();
        let Some(pattern) = patterns.iter().find(|pattern| matches(pattern, path)) else { continue };
        if seen.contains_key(pattern) {
            continue;
        }
        stage.is_sound(&address).await;
        let links = stage.asks(LINKS).await;
        waiting.extend(links.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned));
        seen.insert(*pattern, address);
    }
    let missed: Vec<_> = patterns.iter().filter(|it| !seen.contains_key(*it) && !UNLINKED.contains(*it)).collect();
    assert!(missed.is_empty(), "no link leads to {missed:?}; there are {seen:#?}");
}

/// In German and as broad as a telephone, from the top of the page to what is to be done.
pub async fn a_callback_is_done_by_keys_alone(stage: &Stage) {
    stage.looks_like_a_telephone_in_german().await;
    stage.goes_to(&stage.of_the_salon("/callbacks")).await;
    stage.tabs_to(".skip").await;
    stage.presses_enter().await;
    let before = stage.asks("return document.querySelectorAll('tbody tr').length").await.as_u64().unwrap();
    stage.tabs_to("tbody form button").await;
    stage.presses_enter().await;
    stage.has_events("CallbackDone", 1).await;
    stage.reads("Der Rückruf ist erledigt.").await;
    assert_eq!(stage.asks("return document.querySelectorAll('tbody tr').length").await, before - 1);
    let complaints = stage.chromium.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}
