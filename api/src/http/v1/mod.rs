//! The API for programs, version 1.

use crate::app::App;
use crate::http::Routes;
use crate::http::auth::Gate;

pub fn routes(_app: &App, _gate: &Gate) -> Routes {
    Routes::new()
}
