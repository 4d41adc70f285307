//! The port by which a projection is built anew beside its rows, and the copy put in their place.

use crate::projection::Projection;
use crate::rows::{Row, RowsError, Step};
use async_trait::async_trait;

/// Tables beside those that are read. Nobody sees them until they take the others' place.
#[async_trait]
pub trait Builds: Send + Sync {
    /// Makes them, empty; what is left of a build that broke off goes.
    async fn begin(&self, projection: &Projection) -> Result<(), RowsError>;

    /// Puts rows into one of them, every column in the order of its table.
    async fn load(&self, projection: &Projection, table: &str, rows: Vec<Row>) -> Result<(), RowsError>;

    /// Makes their indexes.
    async fn index(&self, projection: &Projection) -> Result<(), RowsError>;

    /// Takes away what is left of a build that broke off.
    async fn discard(&self, projection: &Projection) -> Result<(), RowsError>;

    /// In one transaction: carries out the step on them, puts them in the place of those that are read, whatever version
    /// these had, and sets the checkpoint to where the step ends. Queries before it see the old rows, queries after it the
    /// new ones. A step without a valid fence fails with `TakenOver`.
    async fn swap(&self, projection: &Projection, step: &Step) -> Result<(), RowsError>;
}
