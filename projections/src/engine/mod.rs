//! What the engine that drives the projections keeps about them beside their checkpoints: what was asked of each, what
//! each has set aside, and how a copy that was built beside takes the place of the old one.

pub mod build;
pub mod control;
pub mod set_aside;
pub mod standing;

pub use build::Builds;
pub use control::Control;
pub use set_aside::SetAside;
pub use standing::Stored;
