//! The navigation: what there is to go to, and who sees it. A page that is not there yet is not listed.

use crate::http::auth::{Caller, Permission};

/// One entry. `path` is what follows `/c/{company}`, or a whole address where it is the same for all companies.
pub struct Entry {
    pub path: &'static str,
    pub text: &'static str,
    pub icon: &'static str,
    permission: &'static Permission,
}

const fn entry(path: &'static str, text: &'static str, icon: &'static str, permission: &'static Permission) -> Entry {
    Entry { path, text, icon, permission }
}

/// In the order in which they are shown.
#[rustfmt::skip]
static ENTRIES: &[Entry] = &[
    entry("", "nav.overview", "overview", &Permission::READ),
    entry("/callbacks", "nav.callbacks", "callbacks", &Permission::READ),
    entry("/users", "nav.users", "customers", &Permission::ADMINISTER),
    entry("/keys", "nav.keys", "keys", &Permission::ADMINISTER),
];

/// What somebody may go to.
pub fn entries(caller: &Caller) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(|entry| caller.may(entry.permission))
}
