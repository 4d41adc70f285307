//! The time of day, as something that is handed in: production reads the system's, tests set it.

use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
    /// Returns once `now()` has reached the time.
    async fn sleep_until(&self, time: Timestamp);
}
