//! One function a page, or a thing that is done on pages.

pub mod agents;
pub mod alerts;
pub mod appointments;
pub mod branches;
pub mod callbacks;
pub mod calls;
pub mod customers;
pub mod entrance;
pub mod everywhere;
pub mod help;
pub mod history;
pub mod keys;
pub mod logs;
pub mod numbers;
pub mod overview;
pub mod services;
pub mod staff;
pub mod sync;
pub mod users;
pub mod webhooks;
