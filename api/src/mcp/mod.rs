//! The five servers of the Model Context Protocol at `/mcp/{server}`. A request passes its guard (a bearer key and its
//! scopes), a tool checks its arguments and becomes one or a few requests of the REST interface within this process, and
//! every call is noted in the log (`audit`).

mod acts;
mod answer;
mod arguments;
mod audit;
mod copies;
mod guard;
mod json;
mod metadata;
pub mod mount;
mod outlet;
mod parts;
mod prompts;
mod reach;
mod resources;
mod rest;
mod schema;
pub mod scope;
mod server;
mod tool;
mod turn;

#[cfg(test)]
mod tests;

pub use reach::{PublicUrl, Reach};

use crate::app::App;
use crate::desk::Desk;
use crate::http::Routes;
use crate::http::auth::Gate;
use audit::Audit;
use copies::Copies;
use guard::KeyGuard;
use mount::{Guard, Mount};
use parts::PARTS;
use server::Server;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What all servers work with.
pub struct Mcp {
    app: App,
    desk: Arc<Desk>,
    /// The addresses that tools ask.
    routes: Routes,
    audit: Audit,
    copies: Copies,
}

impl Mcp {
    /// `routes` are those of the REST interface and of the webhooks.
    pub fn new(app: &App, desk: &Arc<Desk>, routes: Routes) -> Arc<Self> {
        let audit = Audit::new(Arc::clone(&app.journal));
        Arc::new(Self { app: app.clone(), desk: Arc::clone(desk), routes, audit, copies: Copies::default() })
    }

    /// Writes down which tools are called, until told to stop.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.audit.run(shutdown).await;
    }

    /// Every server with the metadata of each.
    pub fn addresses(self: &Arc<Self>, gate: &Gate, reach: &Reach) -> Routes {
        let mount = Mount { reach: reach.clone() };
        let mut routes = metadata::routes(reach);
        for part in PARTS {
            let guard = KeyGuard { gate: gate.clone(), server: part.name, reach: reach.clone() };
            let guard: Arc<dyn Guard> = Arc::new(guard);
            let server = Server::new(part, Arc::clone(self));
            routes = routes.and(mount.at(part.address, guard, server));
        }
        routes
    }
}
