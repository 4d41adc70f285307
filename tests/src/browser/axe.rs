//! axe-core, which finds what keeps people out of a page. `tests/run` fetches it from npm at a pinned version.

use fantoccini::Client;
use serde_json::Value;
use std::sync::LazyLock;

const FILE: &str = "RINGBUCH_TEST_AXE";

static SOURCE: LazyLock<String> = LazyLock::new(|| {
    let file = std::env::var(FILE).unwrap_or_else(|_| panic!("{FILE} names axe.min.js; run tests/run browser"));
    std::fs::read_to_string(file).unwrap()
});

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        found => done(found.violations.map(it => `${it.id}: ${it.help}: ${it.nodes.map(node => node.html).join(' ')}`)),
        error => done([String(error)]));";

/// What it finds wrong with the page that is shown.
pub async fn violations(client: &Client) -> Vec<String> {
    client.execute(&SOURCE, vec![]).await.unwrap();
    let found = client.execute_async(RUN, vec![]).await.unwrap();
    let found = found.as_array().expect("axe-core answers").clone();
    found.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
