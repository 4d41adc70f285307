//! One function a page, or a thing that is done on pages.

pub mod callbacks;
pub mod entrance;
pub mod help;
pub mod keys;
pub mod overview;
pub mod users;
