//! What the domain needs from outside, named by need. Adapters stand behind these; `api` wires them.

mod calendar;
mod calendar_set_up;
mod clock;
mod codec;
mod event_log;
mod leases;
mod people;
mod slots;
mod snapshots;
mod voice_agents;

pub use calendar::*;
pub use calendar_set_up::*;
pub use clock::Clock;
pub use codec::{Codec, CodecError, SealContext, Unlocked};
pub use event_log::*;
pub use leases::{Lease, LeaseError, Leases};
pub use people::{Caller, People, PeopleError};
pub use slots::*;
pub use snapshots::{KeptState, SnapshotStore};
pub use voice_agents::*;
