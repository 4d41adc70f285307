//! What runs beside the requests: the projector that turns events into rows, and the to-do lists that turn rows into
//! work.

mod asking;
mod building;
mod feed;
mod following;
mod leadership;
mod projector;
mod rebuild;
mod retry;
mod rush;
mod seat;
mod standing;
mod todo;
mod view;

pub use leadership::Leadership;
pub use projector::{Projector, ProjectorError};
pub use rush::Rush;
pub use standing::{Activity, Standing, standings};
pub use todo::{Done, Errands, Rest, TodoList};
