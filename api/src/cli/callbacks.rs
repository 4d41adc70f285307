//! `ringbuch callbacks`: whom staff should call back.

use super::args::CallbacksAction;
use super::desk::{Desk, first};
use super::output::or_dash;
use super::{Exit, Failure};
use crate::desk::callback_done;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::Paging;
use ringbuch_projections::callbacks::{self, Callback};

pub async fn run(desk: &Desk<'_>, action: CallbacksAction) -> Result<Exit, Failure> {
    match action {
        CallbacksAction::List { done, length } => {
            let page = async |paging: Paging| callbacks::list(desk.rows(), desk.scope(), done, paging).await;
            let found = first(length.limit, page).await?;
            desk.output.list(&found, &COLUMNS, |it| row(desk, it))?;
        }
        CallbacksAction::Done { id } => done(desk, &id).await?,
    }
    Ok(Exit::Done)
}

async fn done(desk: &Desk<'_>, call: &CallId) -> Result<(), Failure> {
    let unknown = || Failure::new(format!("nobody waits for a callback after call '{call}'"));
    let hint = "`ringbuch callbacks list` shows who does";
    let listed = callbacks::find(desk.rows(), desk.scope(), call).await?.ok_or_else(|| unknown().hint(hint))?;
    let changed = callback_done(&desk.app, &listed.company, call, super::desk::BY).await?;
    desk.app.catch_up().await?;
    let stands = callbacks::find(desk.rows(), desk.scope(), call).await?;
    desk.told(changed, &stands, &format!("the caller of '{call}' was called back"))
}

const COLUMNS: [&str; 8] = ["Company", "Call", "Since", "Status", "Why", "Name", "Number", "Note"];

fn row(desk: &Desk<'_>, it: &Callback) -> Vec<String> {
    vec![
        it.company.to_string(),
        it.call.to_string(),
        desk.local(Some(&it.company)).show(it.asked_at),
        it.status.to_string(),
        or_dash(it.reason.as_ref()),
        or_dash(it.name.as_ref()),
        or_dash(it.phone.as_ref()),
        or_dash(it.note.as_ref()),
    ]
}
