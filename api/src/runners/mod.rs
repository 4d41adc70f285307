//! What runs beside the requests: the projector that turns events into rows, and the to-do lists that turn rows into
//! work.

mod projector;
mod rush;
mod todo;

pub use projector::{Projector, ProjectorError, Standing};
pub use rush::Rush;
pub use todo::{Done, Errands, Rest, TodoList};
