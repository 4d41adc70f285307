//! One function a page, or a thing that is done on pages.

pub mod agents;
pub mod alerts;
pub mod callbacks;
pub mod entrance;
pub mod help;
pub mod keys;
pub mod logs;
pub mod numbers;
pub mod overview;
pub mod services;
pub mod staff;
pub mod users;
