//! What an operator sees of a server at work: figures, alerts, dashboards, traces, logs.

mod collector;
mod demo;
mod logs;
mod names;
mod prometheus;
mod tap;
mod traces;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
