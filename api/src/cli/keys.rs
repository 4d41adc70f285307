//! `ringbuch keys`: the keys that everything else is sealed under.

use super::args::KeysAction;
use super::{Exit, Failure, Output};
use crate::config::Config;
use crate::wiring;
use ringbuch_adapters::sealing::{self, Rotated};

pub async fn run(action: KeysAction, config: &Config, output: Output) -> Result<Exit, Failure> {
    match action {
        KeysAction::Rotate => {
            let master = wiring::master_keys(config)?;
            let store = wiring::store(config).await?;
            sealing::check(&*store.keys, &master).await?;
            let rotated = sealing::rotate(&*store.keys, &master).await?;
            store.close().await;
            output.value(&rotated, || told(&rotated))?;
        }
    }
    Ok(Exit::Done)
}

fn told(Rotated { master_key, sealed_anew, left }: &Rotated) -> String {
    let older = "once every node has it first in its list, and this was run again, older keys can be taken off";
    match sealed_anew {
        0 => format!("everything is sealed under '{master_key}' already ({left} rows)"),
        _ => format!("{sealed_anew} rows are sealed under '{master_key}' now; {older}"),
    }
}
