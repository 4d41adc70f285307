//! Stand-ins for Retell and Cal.com: real HTTP servers on loopback that follow the providers' documented shapes,
//! errors, limits and races, with faults to order.
//!
//! They serve the demo, the tests and a user's first hour, and keep books of their own, by which the demo is judged.
//! Nothing in production refers to this module.

pub mod calcom;
mod faults;
mod operation;
pub mod retell;
mod signature;
#[cfg(test)]
mod tests;
mod wire;

use std::{io, net::SocketAddr, sync::Arc};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::{
    calcom::Calcom,
    faults::{Burst, Fault, FaultPlan, FaultRates, Faults, Outage},
    operation::Operation,
    retell::Retell,
    signature::{sign, sign_body},
    wire::RateLimit,
};
use crate::outbound::{Loopback, Outbound, OutboundSettings};

/// The business time of both providers: notice, past, expiry and rate windows are read from it. Faults wait in
/// real time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

pub struct SandboxOptions {
    pub clock: Clock,
    /// Fixes every random choice of the sandbox, so that a run can be repeated.
    pub seed: u64,
    /// 0 takes any free port.
    pub calcom_port: u16,
    /// 0 takes any free port.
    pub retell_port: u16,
}

/// Both stand-ins, running until this value is dropped or [`Sandbox::shutdown`] is called. The system under test may
/// come and go meanwhile.
pub struct Sandbox {
    calcom: Calcom,
    retell: Retell,
    calcom_address: SocketAddr,
    retell_address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Fails when a wanted port is taken.
    pub async fn start(options: SandboxOptions) -> io::Result<Self> {
        let (calcom_listener, calcom_address) = bind("Cal.com", options.calcom_port).await?;
        let (retell_listener, retell_address) = bind("Retell", options.retell_port).await?;
        let outbound = OutboundSettings { loopback: Loopback::Allowed, ..OutboundSettings::default() };
        let outbound = Outbound::new(outbound).map_err(io::Error::other)?;
        let calcom = Calcom::new(options.clock.clone(), options.seed);
        let retell = Retell::new(options.clock);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(wire::serve(calcom_listener, calcom.provider(), stop.clone(), tasks.clone()));
        tasks.spawn(calcom::deliver(calcom.provider(), outbound, stop.clone()));
        tasks.spawn(wire::serve(retell_listener, retell.provider(), stop.clone(), tasks.clone()));
        Ok(Self { calcom, retell, calcom_address, retell_address, stop, tasks })
    }

    /// Without a path: the adapter appends `/v2/…`.
    pub fn calcom_url(&self) -> String {
        format!("http://{}", self.calcom_address)
    }

    pub fn retell_url(&self) -> String {
        format!("http://{}", self.retell_address)
    }

    pub fn calcom(&self) -> Calcom {
        self.calcom.clone()
    }

    pub fn retell(&self) -> Retell {
        self.retell.clone()
    }

    /// Closes every connection and waits until nothing of the sandbox runs any more. The books stay readable through
    /// handles taken before.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn bind(provider: &str, port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let refused = |error: io::Error| {
        let hint = format!("the sandbox {provider} cannot listen on 127.0.0.1:{port}: {error}; choose another port");
        io::Error::new(error.kind(), hint)
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(refused)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
