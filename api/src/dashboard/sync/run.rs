//! One run, started from its page: what is read is shown as it is read, and then what came of it. The browser is sent one
//! page piece by piece, so that it needs no script and no node has to remember anything.

use super::Shown;
use crate::dashboard::form::Form;
use crate::dashboard::html::{HERE, html_by_pieces, rendered};
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::sync::{Progress, Stage, SyncError, Synced, Wanted, sync_company};
use askama::Template;
use ringbuch_domain::company::{SyncKind, SyncScope};
use tokio::sync::mpsc::{self, UnboundedSender};
use warp::reply::Response;

#[derive(Template)]
#[template(path = "sync_run.html")]
struct Run {
    page: Page,
}

#[derive(Template)]
#[template(path = "sync_stage.html")]
struct Reading<'a> {
    page: &'a Page,
    stage: Stage,
    /// It is the first that is told of its kind.
    begins: bool,
}

#[derive(Template)]
#[template(path = "sync_result.html")]
struct Outcome<'a> {
    page: &'a Page,
    scope: &'static str,
    dry_run: bool,
    part: Result<Synced, String>,
}

/// A run goes on where whoever started it does not wait for its end; it is listed then.
pub async fn go_over(visit: Visit, form: Form) -> Result<Response, Problem> {
    let (scope, word) = match form.needed("scope")? {
        "calcom" => (SyncScope::Calcom, "calcom"),
        "retell" => (SyncScope::Retell, "retell"),
        "all" => (SyncScope::All, "all"),
        _ => return Err(Problem::body("The field 'scope' takes calcom, retell or all.")),
    };
    let wanted = Wanted::new(scope, visit.caller.name(), form.text("dry_run").is_some());
    let page = visit.page("sync.run");
    let (sender, pieces) = mpsc::unbounded_channel();
    tokio::spawn(written(visit, wanted, word, sender));
    html_by_pieces(&Run { page }, pieces)
}

/// Writes the page's middle while the run goes on.
async fn written(visit: Visit, wanted: Wanted, scope: &'static str, pieces: UnboundedSender<String>) {
    let (told, mut stages) = mpsc::unbounded_channel();
    let progress = Progress::told_to(told);
    let run = async {
        // Taken in, so that the stages end with the run.
        let progress = progress;
        let part = sync_company(&visit.app, visit.company().clone(), &wanted, &progress).await;
        visit.shown().await;
        part
    };
    let listening = async {
        let mut kind: Option<SyncKind> = None;
        while let Some(stage) = stages.recv().await {
            let begins = kind.replace(stage.kind) != Some(stage.kind);
            say(&pieces, &Reading { page: &visit.page, stage, begins });
        }
    };
    let (part, ()) = tokio::join!(run, listening);
    let part = part.map_err(|error: SyncError| {
        let problem = Problem::from(error);
        visit.page.refusal(problem.detail.as_deref().unwrap_or_default())
    });
    say(&pieces, &Outcome { page: &visit.page, scope, dry_run: wanted.dry_run, part });
}

/// Nobody may be listening any more.
fn say(pieces: &UnboundedSender<String>, template: &impl Template) {
    if let Ok(piece) = rendered(template) {
        let _ = pieces.send(piece);
    }
}
