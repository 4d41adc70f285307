//! Asking whoever leads projections for something, and waiting until it is done; where nobody leads, it is done here.

use super::projector::{Projector, ProjectorError};
use ringbuch_projections::engine::{Control, control};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks at whether it is done.
const ASK: Duration = Duration::from_millis(50);

impl Projector {
    /// Builds projections anew beside their rows and swaps them in. Queries go on meanwhile.
    pub async fn rebuild(&self, names: &[&str], told: impl Fn(u64)) -> Result<(), ProjectorError> {
        let asked: Vec<_> = names.iter().map(|name| control::rebuild(name)).collect();
        self.rows.execute(&asked).await?;
        self.until_done(names, |it| it.rebuild, told).await
    }

    /// Tries again what projections have set aside.
    pub async fn retry_set_aside(&self, names: &[&str]) -> Result<(), ProjectorError> {
        let asked: Vec<_> = names.iter().map(|name| control::retry(name)).collect();
        self.rows.execute(&asked).await?;
        self.until_done(names, |it| it.retry, |_| ()).await
    }

    /// Works along until what was asked of the named projections is done, here or wherever they are led. `told` hears how
    /// far a build has come.
    async fn until_done(
        &self,
        names: &[&str],
        asked: impl Fn(&Control) -> bool,
        told: impl Fn(u64),
    ) -> Result<(), ProjectorError> {
        let done = CancellationToken::new();
        let watch = async {
            let _ended = done.clone().drop_guard();
            loop {
                let controls = control::all(&*self.rows).await?;
                let pending = || names.iter().filter_map(|name| controls.get(*name)).filter(|it| asked(it));
                if pending().next().is_none() {
                    return Ok(());
                }
                told(pending().map(|it| it.built.unwrap_or_default()).min().unwrap_or_default());
                tokio::time::sleep(ASK).await;
            }
        };
        tokio::join!(self.run(done.clone()), watch).1
    }
}
