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
    entry("/calls", "nav.calls", "calls", &Permission::READ),
    entry("/appointments", "nav.appointments", "appointments", &Permission::READ),
    entry("/callbacks", "nav.callbacks", "callbacks", &Permission::READ),
    entry("/customers", "nav.customers", "customers", &Permission::READ),
    entry("/webhooks", "nav.webhooks", "webhooks", &Permission::READ),
    entry("/branches", "nav.branches", "branches", &Permission::READ),
    entry("/staff", "nav.staff", "staff", &Permission::READ),
    entry("/services", "nav.services", "services", &Permission::READ),
    entry("/alerts", "nav.alerts", "alerts", &Permission::READ),
    entry("/sync", "nav.sync", "sync", &Permission::READ),
    entry("/agents", "nav.agents", "agents", &Permission::READ),
    entry("/numbers", "nav.numbers", "numbers", &Permission::READ),
    entry("/history", "nav.history", "history", &Permission::AUDIT),
    entry("/logs", "nav.logs", "logs", &Permission::OWN),
    entry("/users", "nav.users", "customers", &Permission::ADMINISTER),
    entry("/keys", "nav.keys", "keys", &Permission::ADMINISTER),
];

/// What somebody may go to.
pub fn entries(caller: &Caller) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(|entry| caller.may(entry.permission))
}
