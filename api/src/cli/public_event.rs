//! Events as a terminal shows them: those that the API shows too, without their private parts.

use super::local_time::LocalTime;
use super::output::{printable, table};
use crate::gist::gist;
use crate::http::v1::ShownEvent;

/// One line, for somebody who follows.
pub fn line(event: &ShownEvent, local: &LocalTime) -> String {
    let ShownEvent { position, kind, stream, data, .. } = event;
    printable(&format!("{position:>8}  {}  {kind:<24} {stream}  {data}", local.exact(event.time)))
}

/// A history under its headings.
pub fn history(events: &[ShownEvent], local: &LocalTime) -> String {
    let row = |event: &ShownEvent| vec![local.exact(event.time), event.kind.clone(), gist(&event.data)];
    table(&["Time", "What happened", ""], events.iter().map(row))
}
