//! What an operator sees of a server at work: figures, alerts, dashboards, traces, logs.

mod collector;
pub mod demo;
mod logs;
mod names;
mod prometheus;
mod tap;
mod traces;

use reqwest::Client;
use ringbuch_adapters::outbound::ToOperator;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn client() -> Client {
    // Whatever comes first chooses who encrypts, and without a choice no client can be made.
    ToOperator::new().unwrap();
    Client::builder().no_proxy().build().unwrap()
}
