//! The bundle for auditors as one file. It holds the whole installation's log, so it is for owners alone; that it was taken
//! is written down.

use crate::app::App;
use crate::bundle;
use crate::dashboard::form::Form;
use crate::dashboard::visit::Visit;
use crate::journal::JournalError;
use crate::problem::Problem;
use bytes::Bytes;
use futures_util::stream;
use http::header;
use ringbuch_adapters::chain::SigningKey;
use std::fs::File;
use std::io::{self, Seek};
use tokio::io::AsyncReadExt;
use warp::reply::{Reply, Response};

/// The folder inside of the file.
const FOLDER: &str = "ringbuch-audit";
const BLOCK: usize = 64 * 1024;

pub async fn download(visit: Visit, _: Form) -> Result<Response, Problem> {
    visit.viewed("log", "bundle").await?;
    let app = visit.app.clone();
    // Reading is asynchronous and writing is not: a thread of its own does both.
    let made = tokio::task::spawn_blocking(move || tokio::runtime::Handle::current().block_on(archive(&app)));
    let file = made.await.map_err(|_| Problem::internal())??;
    let day = visit.now().to_zoned(visit.page("history.title").zone()).date();
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{FOLDER}-{day}.tar\"")),
    ];
    let mut response = warp::reply::stream(blocks(file)).into_response();
    for (name, value) in headers {
        response.headers_mut().extend(value.parse().ok().map(|value| (name, value)));
    }
    Ok(response)
}

/// The bundle in a file that has no name and goes with its last reader.
async fn archive(app: &App) -> Result<File, Problem> {
    let broken = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the bundle for auditors could not be made");
        Problem::internal()
    };
    let key = SigningKey::of(&*app.store.keys, &app.master).await.map_err(|error| broken(&error))?;
    let place = tempfile::tempdir().map_err(|error| broken(&error))?;
    let folder = place.path().join(FOLDER);
    let written = bundle::write(&app.store, &key, &folder, app.clock.now(), |_| {}).await;
    let (_, ended) = written.map_err(|error| match error {
        bundle::BundleError::Log(error) => JournalError::from(error).into(),
        other => broken(&other),
    })?;
    ended
        .map_err(|at| Problem::rejected("chain_broken", format!("The chain is broken at position {}.", at.position)))?;
    packed(&folder).map_err(|error| broken(&error))
}

fn packed(folder: &std::path::Path) -> io::Result<File> {
    let mut archive = tar::Builder::new(tempfile::tempfile()?);
    archive.append_dir_all(FOLDER, folder)?;
    let mut file = archive.into_inner()?;
    file.rewind()?;
    Ok(file)
}

fn blocks(file: File) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut block = vec![0; BLOCK];
        let read = file.read(&mut block).await?;
        block.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(block), file)))
    })
}
